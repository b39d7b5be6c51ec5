"""Keeps what was read from a line until somebody says whether it counts, and shows it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.conversation.events import Answers, Looked, Opened, ReadFromLine, WentOn
from bot.screens.group_card import draw_group_card
from bot.screens.notices import words
from bot.screens.read_answers import WORDS, say_again
from bot.screens.read_line import Offered, draw_read_line, is_emergency
from bot.screens.screen import Screen, text
from bot.screens.view import View
from bot.turn import Turn
from state.read_lines import ReadLine
from state.records import StoredCase

REMIND_AFTER: Final = timedelta(minutes=5)  # of an emergency that nobody has confirmed


def waiting_in(turn: Turn, case: StoredCase | None) -> ReadLine | None:
    """Return what waits to be confirmed in an open case."""
    if case is None or case.status == "closed":
        return None
    return turn.store.read_lines.find(case.code)


def keep_and_show(turn: Turn, waiting: ReadLine, first: str = "") -> None:
    """Keep what was read, and show it; an emergency is to be reminded of, no later than before."""
    if show(turn, waiting, first):
        waiting = with_reminder(turn, waiting)
    keep(turn, waiting)


def keep(turn: Turn, waiting: ReadLine) -> None:
    """Keep what was read, with the deadline that boards give while it makes an emergency."""
    case = case_of(turn)
    view, then = turn.view(case), would_be(turn, case, waiting)
    due = then.result.due if is_emergency(view, then) else None
    turn.store.read_lines.keep(replace(waiting, due_at=due))
    turn.shown_in_group.append(case)


def with_reminder(turn: Turn, waiting: ReadLine) -> ReadLine:
    """Set the reminder of an emergency; one that is set stays."""
    return replace(waiting, remind_at=waiting.remind_at or turn.now + REMIND_AFTER)


def show(turn: Turn, waiting: ReadLine, first: str = "") -> bool:
    """Show what waits in place of the question; return whether it would be a new emergency."""
    offered = offered_by(turn, waiting)
    turn.screens[:] = [each for each in turn.screens if each.kind not in ("question", "card")]
    put(turn, draw_read_line(offered, first=first))
    return offered.is_emergency


def offered_by(turn: Turn, waiting: ReadLine) -> Offered:
    """Return what waits, with its case as it is and as it would be."""
    case = case_of(turn)
    after, whole = (would_be(turn, case, each) for each in (waiting, replace(waiting, left_out=[])))
    view = turn.view(case)
    withdrawn = is_emergency(view, whole) and not is_emergency(view, after)
    return Offered(view, after, waiting, answers(turn, waiting), withdrawn)


def say_already(turn: Turn, fresh: ReadLine) -> None:
    """Say that the case has all of a line already."""
    case = case_of(turn)
    unanswered = replace(case, answers=())
    has = answers_in(turn, unanswered, fresh.fields, [])
    said = say_again(replace(turn.view(case), case=unanswered), fresh, has)
    again = words("said", WORDS)["again"].format(answers=said)
    turn.screens.append(Screen("notice", case.code, (text(again, look="notice"),)))
    turn.advance(WentOn())


def show_again(turn: Turn, waiting: ReadLine) -> Screen:
    """Return the screen of a line that waits, as it would be shown now."""
    show(turn, waiting)
    return turn.screens.pop()


def draw_for_group(turn: Turn, case: StoredCase) -> Screen:
    """Return the card of a case in its group; while nothing is answered, what waits in it."""
    waiting = waiting_in(turn, case)
    if waiting and not case.given:
        return replace(show_again(turn, waiting), alert=False)
    return draw_group_card(turn.view(case), turn.team(case))


def show_what_waits(turn: Turn) -> None:
    """Show what waits in a case that is looked at; where its question is shown, say that it does.

    In a group it stands in the place of the card.
    """
    waiting = None if turn.in_group else waiting_in(turn, turn.case)
    kinds = {each.kind for each in turn.screens}
    if waiting is None or not kinds & {"question", "card"}:
        return
    if any(isinstance(event, Looked | Opened) for _, event, _ in turn.moves):
        show(turn, waiting)
    elif "question" in kinds:
        emergency = would_alarm(turn, case_of(turn), waiting)
        waits = words("said", WORDS)["waits_emergency" if emergency else "waits"]
        turn.said_first = f"{turn.said_first} {waits}".lstrip()


def say_waiting(turn: Turn, case: StoredCase) -> str:
    """Say for lists how urgent a case would be with what waits in it; "" if nothing waits."""
    waiting = waiting_in(turn, case)
    if waiting is None:
        return ""
    said, then = words("said", WORDS), would_be(turn, case, waiting)
    if not then.standing.settled:
        return said["in_list_unsettled"]
    return said["in_list"].format(level=words("levels")[then.result.urgency.level])


def put(turn: Turn, screen: Screen) -> None:
    """Show what was read; in a group it stands in the place of the case's card."""
    turn.screens.append(replace(screen, kind="card") if turn.in_group else screen)


def would_be(turn: Turn, case: StoredCase, waiting: ReadLine) -> View:
    """Return a case as it would be with what waits: its clock counts from when that was typed."""
    confirms = ReadFromLine(answers_in(turn, case, waiting.fields, waiting.left_out), waiting.at)
    engine, who = turn.setting.engine, turn.incoming.who
    return turn.view(engine.advance(case, confirms, who, turn.now).case)


def would_alarm(turn: Turn, case: StoredCase, waiting: ReadLine) -> bool:
    """Return whether a case that is no emergency yet would be one with what waits."""
    return is_emergency(turn.view(case), would_be(turn, case, waiting))


def answers(turn: Turn, waiting: ReadLine) -> Answers:
    return answers_in(turn, case_of(turn), waiting.fields, waiting.left_out)


def answers_in(
    turn: Turn, case: StoredCase, fields: dict[str, Any], left_out: list[str]
) -> Answers:
    """Return the answers that fields give in a case, without what was left out."""
    from bot.lookup.line_answers.answers import answers_of

    flow = turn.setting.engine.machine.flow
    return answers_of(fields, left_out, case, turn.standing(case).trail, flow)


def items_in(turn: Turn, waiting: ReadLine) -> list[str]:
    """Name each thing that a line says of its case, by which it can be left out."""
    from bot.lookup.line_answers.answers import items_of

    case, flow = case_of(turn), turn.setting.engine.machine.flow
    return items_of(waiting.fields, case, turn.standing(case).trail, flow)


def case_of(turn: Turn) -> StoredCase:
    assert turn.case is not None, "a case was begun or loaded before"
    return turn.case
