"""Says what is still open in a case of a group, and who is asked."""

from bot.flows.grammar import UNKNOWN
from bot.screens.notices import words
from bot.screens.taken_back import say_gone
from bot.screens.team import WORDS, Team
from bot.screens.time_line import say_time
from bot.screens.view import View, in_a_sentence


def say_still_open(view: View, team: Team, *, here: bool) -> str:
    """Say in one line what the answers leave open, and who is asked.

    If the group is asked `here`, the question itself says so below. "" if nothing is open.
    """
    said, back = words("still_open", WORDS), team.asked_back
    if view.case.status == "closed":
        return ""
    if back:
        signs = say_gone(view, back.value)
        return said["asked_back"].format(what=signs, name=team.name(back.who))
    keys, standing = open_keys(view), view.standing
    provisional = view.result.urgency.provisional
    if not keys or (standing.at_end and standing.settled and not provisional):
        return ""
    kind = "provisional" if provisional else "question"
    kind = kind if standing.settled else "unsettled"
    line = said[kind].format(what=in_a_sentence(view.label(keys[0])))
    who = _who(view, team, keys[0], here=here)
    if here and kind == "question":
        return who
    return f"{line} {who}".rstrip()


def open_keys(view: View) -> list[str]:
    """Return the questions that have no answer: the one that is asked, then those not known."""
    unknown = [step.key for step in view.standing.trail.steps if step.value == UNKNOWN]
    asked = view.standing.asked
    first = [] if view.standing.at_end or view.flow.question(asked) is None else [asked]
    return list(dict.fromkeys((*first, *unknown)))


def _who(view: View, team: Team, key: str, *, here: bool) -> str:
    said = words("still_open", WORDS)
    request = next((each for each in team.requests if each.question == key), None)
    if request:
        since = say_time(request.asked_at, view.now, view.zone)
        return said["sent"].format(name=team.name(request.whom), since=since)
    if now := team.answering_now(view.now):
        since = say_time(now.at, view.now, view.zone)
        return words("card", WORDS)["answering"].format(name=team.name(now.who), since=since) + "."
    if view.standing.waits_for or view.standing.at_end:
        return ""
    return "" if here else said["nobody"]
