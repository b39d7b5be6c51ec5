"""The commands for what follows an answer: what was done, new signs, hand-over, outcome."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.commands.group_ways import may_close
from bot.commands.waiting_lines import waiting_in
from bot.conversation.events import Closed, Corrected, Event, NewSigns, Noted, Scanned
from bot.conversation.noting import is_unread, needs_outcome
from bot.conversation.reminders import CLOCKS, SNOOZE, SNOOZED, clock_of, wanted
from bot.conversation.replies import ShowCard
from bot.export.message import kind_buttons
from bot.incoming import Command
from bot.logic.case_input import shown_id
from bot.screens.case_row import CASE
from bot.screens.group_card import draw_group_card
from bot.screens.notices import words
from bot.screens.read_answers import WORDS as READ_LINE
from bot.screens.sbar import draw_sbar
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.time_line import WORDS, say_time
from bot.turn import Turn
from state.records import StoredCase

IN_ROW: Final = 2
UNREAD: Final = "unread"
NOT_READ: Final = "the MRI is done but not read"
SHORTEST_BEGINNING: Final = 3
_GO_ON: Final = Button("No, go on", "continue", typed="/continue")


def requested(turn: Turn, _: str) -> None:
    note(turn, "mri_requested")


def given(turn: Turn, _: str) -> None:
    note(turn, "steroid_given")


def begun(turn: Turn, _: str) -> None:
    note(turn, "treatment_begun")


def called(turn: Turn, whom: str) -> None:
    """Note a call; ask whom if that is not given. No names."""
    people = words("called", WORDS)
    case = open_case(turn)
    if case is None:
        return
    chosen = chosen_from(whom, people)
    if chosen:
        note(turn, "called", chosen)
        return
    if turn.in_group:
        turn.screens.append(draw_group_card(turn.view(case), turn.team(case), asks_whom=True))
        return
    wrong = f"{shown_id(whom, '/called')}: nobody on the list. " if whom else ""
    ask_from(turn, case, f"{wrong}Called whom? No names, please.", "called", people)


def scanned(turn: Turn, _: str) -> None:
    """Note that the MRI is done, and continue with its images."""
    _advance(turn, Scanned(turn.tapped))


def new_signs(turn: Turn, _: str) -> None:
    """Go back to the first question with the ticks so far."""
    _advance(turn, NewSigns())


def correct(turn: Turn, signs: str) -> None:
    """State the cord signs deliberately, even if that removes one.

    Where answers are tapped, typed text is confirmed first; the button then states it.
    """
    _advance(turn, Corrected(signs, ask_back=turn.touch and isinstance(turn.incoming.act, Command)))


def sbar(turn: Turn, _: str) -> None:
    """Show the hand-over text, and offer the files that say the same."""
    case = turn.load()
    if case is None:
        turn.say(words("fixed")["no_case"])
    else:
        view = turn.view(case)
        turn.screens.append(replace(draw_sbar(view), rows=kind_buttons()))
        turn.note_action("exported", case.code)
        if turn.touch:
            turn.screens += turn.draw(case, (ShowCard(),))


def snooze(turn: Turn, clock: str) -> None:
    """Postpone a reminder: of the named clock, else of the one that is running."""
    case = open_case(turn)
    if case is None:
        return
    running = wanted(case, turn.standing(case), turn.now, turn.group_of(case))
    can_wait = [each for each in running if each.kind.endswith(SNOOZED)]
    fits = [each for each in can_wait if clock not in CLOCKS or clock_of(each.kind) == clock]
    chosen = next(iter(fits), None)
    if chosen is None:
        turn.say(f"{case.code}: nothing is left to be reminded of.")
        return
    until = turn.now + SNOOZE
    turn.store.reminders.put_off(case.code, chosen.kind, chosen.deadline, until)
    turn.note_action("noted", case.code)
    again = say_time(until, turn.now, turn.setting.engine.zone)
    turn.say(f"{case.code}: reminded again at {again}.")


def outcome(turn: Turn, _: str) -> None:
    """Ask how a case ended before closing it."""
    case = open_case(turn)
    if case is None or not may_close(turn, case):
        return
    unread = is_unread(turn.standing(case))
    first = f"{case.code}: {NOT_READ}. " if unread else ""
    if waiting_in(turn, case):
        first += f"{words('said', READ_LINE)['drops']} "
    how = f"{first}Close {case.code}: how did it end? Its answers are kept."
    closes = _buttons("close", words("outcomes", WORDS), f" {UNREAD}" if unread else "")
    _ask(turn, case, how, [*closes, _GO_ON])


def close(turn: Turn, how: str) -> None:
    """Close a case: without an outcome only in the terminal, and only if it needs none.

    One whose MRI is done but not read is closed only after confirming that it is unread.
    """
    case = open_case(turn)
    if case is None or not may_close(turn, case):
        return
    said = how.removesuffix(UNREAD).strip()
    chosen, standing = chosen_from(said, words("outcomes", WORDS)), turn.standing(case)
    asked = turn.touch and isinstance(turn.incoming.act, Command)
    waits = waiting_in(turn, case) is not None
    asked = asked or waits
    if not chosen and (said or asked or needs_outcome(standing)):
        outcome(turn, "")
    elif is_unread(standing) and not how.endswith(UNREAD):
        _ask_unread(turn, case, chosen)
    else:
        if waits:
            turn.said_first = words("said", READ_LINE)["dropped"]
        turn.advance(Closed(chosen))


def _ask_unread(turn: Turn, case: StoredCase, chosen: str) -> None:
    """Ask for confirmation before closing a case whose MRI nobody has read."""
    closes = f"close {chosen} {UNREAD}"
    yes = Button("Close it unread", closes, typed=f"/{closes}", style="danger")
    _ask(turn, case, f"{case.code}: {NOT_READ}. Close it all the same?", [yes, _GO_ON])


def note(turn: Turn, kind: str, detail: str = "") -> None:
    """Note something in the time line of the chat's case."""
    _advance(turn, Noted(kind, detail, turn.tapped))


def _advance(turn: Turn, event: Event) -> None:
    if open_case(turn):
        turn.advance(event)


def open_case(turn: Turn) -> StoredCase | None:
    """Load the chat's case; if none is open, say so."""
    case = turn.load()
    if case is not None and case.status != "closed":
        return case
    turn.case = None
    if case is None:
        turn.say(words("fixed")["no_case"])
    else:
        turn.activate(None)
        turn.say(f"{case.code} is closed; /resume {case.code} reopens it.")
    return None


def chosen_from(typed: str, allowed: Mapping[str, str]) -> str:
    """Find what is meant by key, label or the start of either; empty if nothing matches.

    The start counts from three letters on, and only if it is unambiguous.
    """
    wanted = typed.strip().casefold()
    names = [(key, name) for key, label in allowed.items() for name in (key, label.casefold())]
    whole = {key for key, name in names if name == wanted}
    begun = {key for key, name in names if name.startswith(wanted)}
    found = whole or (begun if len(wanted) >= SHORTEST_BEGINNING else set())
    return found.pop() if len(found) == 1 else ""


def ask_from(
    turn: Turn, case: StoredCase, sentence: str, verb: str, labels: Mapping[str, str]
) -> None:
    """Ask something whose answers are a list, each a button that gives it to the command."""
    _ask(turn, case, sentence, [*_buttons(verb, labels), CASE])


def _buttons(verb: str, labels: Mapping[str, str], then: str = "") -> list[Button]:
    does = [(label, f"{verb} {key}{then}") for key, label in labels.items()]
    return [Button(label, done, typed=f"/{done}") for label, done in does]


def _ask(turn: Turn, case: StoredCase, sentence: str, buttons: list[Button]) -> None:
    rows = in_rows(buttons, IN_ROW)
    turn.screens.append(Screen("notice", case.code, (text(sentence),), rows))
