"""What waits of a typed line, with its case as it would be, and where that is shown."""

from dataclasses import replace

from bot.conversation.events import ReadFromLine, WentOn
from bot.screens.notices import words
from bot.screens.read_answers import WORDS, say_again
from bot.screens.read_line import Offered, is_emergency
from bot.screens.screen import Screen, text
from bot.screens.view import View
from bot.turn import Turn
from state.read_lines import ReadLine
from state.records import StoredCase, Value


def offered_by(turn: Turn, waiting: ReadLine) -> Offered:
    """Return what waits, with its case as it would be."""
    view, answers = turn.view(case_of(turn)), answers_of_line(turn, waiting)
    after = _after(turn, answers)
    whole = _after(turn, answers_of_line(turn, replace(waiting, left_out=[])))
    withdrawn = is_emergency(view, whole) and not is_emergency(view, after)
    return Offered(view, after, waiting, answers, withdrawn)


def _after(turn: Turn, answers: tuple[tuple[str, Value], ...]) -> View:
    """Return the case as it would be with some answers."""
    engine, who = turn.setting.engine, turn.incoming.who
    return turn.view(engine.advance(case_of(turn), ReadFromLine(answers), who, turn.now).case)


def answers_of_line(
    turn: Turn, waiting: ReadLine, case: StoredCase | None = None
) -> tuple[tuple[str, Value], ...]:
    """Return the answers that a line gives its case; or, `case` being given, that as it is."""
    from bot.lookup.typed_line.answers import answers_of

    flow = turn.setting.engine.machine.flow
    trail = turn.standing(case_of(turn)).trail
    return answers_of(waiting.fields, waiting.left_out, case or case_of(turn), trail, flow)


def items_of_line(turn: Turn, waiting: ReadLine) -> list[str]:
    from bot.lookup.typed_line.answers import items_of

    case = case_of(turn)
    trail = turn.standing(case).trail
    return items_of(waiting.fields, case, trail, turn.setting.engine.machine.flow)


def what_waits(turn: Turn, case: StoredCase) -> tuple[Screen, ...]:
    """Say that a line waits to be confirmed, above what hides it."""
    waiting = None if turn.in_group else turn.store.read_lines.find(case.code)
    if waiting is None or case.status == "closed":
        return ()
    waits = "waits_emergency" if offered_by(turn, waiting).is_emergency else "waits"
    return (Screen("notice", case.code, (text(words("said", WORDS)[waits], look="notice"),)),)


def put(turn: Turn, screen: Screen) -> None:
    """Show what was read; in a group it stands in the place of the case's card."""
    turn.screens.append(replace(screen, kind="card") if turn.in_group else screen)


def say_already(turn: Turn, fresh: ReadLine) -> None:
    """Say that the case has all of a line already."""
    case = case_of(turn)
    view, unanswered = turn.view(case), replace(case, answers=())
    has = say_again(replace(view, case=unanswered), fresh, answers_of_line(turn, fresh, unanswered))
    again = words("said", WORDS)["again"].format(answers=has)
    turn.screens.append(Screen("notice", case.code, (text(again, look="notice"),)))
    turn.advance(WentOn())


def case_of(turn: Turn) -> StoredCase:
    assert turn.case is not None, "a case was begun or loaded before"
    return turn.case
