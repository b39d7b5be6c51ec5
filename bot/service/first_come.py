"""Two people at once in one case: the first counts, and the other is told who, when and what."""

from bot.conversation.events import Looked
from bot.screens.notices import words
from bot.screens.team import WORDS
from bot.screens.time_line import say_time
from bot.service.ticking import unknown_ticks
from bot.turn import Turn
from state.groups import is_group
from state.records import Minted, StoredCase


def say_who_ticked(turn: Turn, case: StoredCase, minted: Minted, key: str) -> bool:
    """Say whose ticks somebody cannot have seen who taps Done, and show them.

    Return False if there are none, or the question is not asked any more.
    """
    changed = unknown_ticks(minted, case, key, turn.incoming.who)
    if not changed or turn.standing(case).asked != key or case.status == "closed":
        return False
    view, team, said = turn.view(case), turn.team(case), words("taken", WORDS)
    question, ticked = view.flow.question(key), case.latest.get(key)
    lines = [
        said["ticked" if isinstance(ticked, list) and option in ticked else "unticked"].format(
            name=team.name(answer.who), what=view.answer(question, [option]) if question else option
        )
        for option, answer in changed.items()
    ]
    turn.toast(f"{said['check']} {'; '.join(lines)}.")
    if turn.in_group:
        turn.case = case
        turn.screens += turn.draw(case, ())
    else:
        turn.take_up(case)
        turn.advance(Looked())
    return True


def say_who_was_first(turn: Turn, case: StoredCase, seen: int) -> bool:
    """Say who has answered a case since its version `seen`; return False if nobody else has.

    In private the case is shown as it is now.
    """
    newest = case.given[-1] if case.given else None
    if not is_group(case.chat) or newest is None or newest.who == turn.incoming.who:
        return False
    if case.version == seen or case.status == "closed":
        return False
    view, team = turn.view(case), turn.team(case)
    what = f"{view.label(newest.question)}: {view.latest(newest.question)}"
    since = say_time(newest.at, turn.now, turn.setting.engine.zone)
    signs = newest.question == view.flow.landmarks.cord_signs
    said = words("taken", WORDS)["first_signs" if signs and turn.in_group else "first"]
    turn.toast(said.format(name=team.name(newest.who), since=since, what=what))
    if not turn.in_group:
        turn.take_up(case)
        turn.advance(Looked())
    return True
