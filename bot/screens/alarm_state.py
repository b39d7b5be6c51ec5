"""Says who has answered the alarm of a group's case; never that somebody was reached."""

from bot.conversation.alarm import COMING, SEEN, alarm, answers, was_repeated
from bot.screens.notices import say_call, words
from bot.screens.team import WORDS, Team
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.time_line import say_time
from bot.screens.view import View
from state.records import HANDED_OVER


def say_alarm(view: View, team: Team) -> str:
    """Say who has answered the alarm, each by the most they do, or that nobody has.

    "" if none was raised.
    """
    raised, said, kinds = alarm(view.case), words("alarm", WORDS), words("kinds", TIME_LINE)
    if raised is None:
        return ""
    found = answers(view.case)
    if not found:
        number = say_call(view.call)
        return said["nobody" if was_repeated(view.case) else "nobody_yet"].format(call=number)
    listed, lines = set[str](), []
    for kind in (COMING, SEEN, HANDED_OVER):
        by = [each for each in found if each.kind == kind and each.who not in listed]
        listed |= {each.who for each in by}
        names = ", ".join(
            f"{team.name(each.who)} {say_time(each.at, view.now, view.zone)}" for each in by
        )
        lines += [f"{kinds[kind]}: {names}"] if names else []
    return ". ".join(lines)
