"""Draws a case for its group: one card, below it the question if it is answered there."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.conversation.undoing import undoable
from bot.flows.button_rows import in_one_row
from bot.flows.grammar import Choice, Question
from bot.screens.alarm_state import say_alarm
from bot.screens.answered_by import answered_by, owned_by
from bot.screens.card import button_for, every_kind
from bot.screens.case_row import CASE
from bot.screens.do_now import (
    coordinator,
    says_whom_to_call,
    steps_with_rules,
    with_cauda_equina,
)
from bot.screens.drawn_lines import room_for
from bot.screens.handover import hand_over_button
from bot.screens.more import UNDO
from bot.screens.notices import words
from bot.screens.overriding import overrides
from bot.screens.pages import LONGEST_OF_TWO
from bot.screens.question import draw_question
from bot.screens.screen import Block, Button, Rows, Screen, in_rows, shortened, text
from bot.screens.still_open import say_still_open
from bot.screens.taken_back import buttons_of
from bot.screens.team import WORDS, Team
from bot.screens.time_line import HEADING, MOST_LINES, Newest, say_entry, say_time
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.groups import Asks

MOST_STEPS: Final = 3
YES_AND_NO: Final = {True, False}
NOTES: Final = (
    "mri_requested", "mri_done", "steroid_given", "treatment_begun", "new_signs", "called",
)  # fmt: skip
MOST_ROWS: Final = 2
IN_ROW: Final = 2
LONGEST_UNDO_ALONE: Final = 20
MOST_IN_ONE_ROW: Final = 3
LONGEST_OF_THREE: Final = 12
MOST_CHARACTERS: Final = 300  # of the time line


class _Room(NamedTuple):
    """What a card has room for: how many lines of the time line, first steps, and rows of notes.

    Whether it says who has `answered`, who is `asked` a question that stands on the card, and,
    below an alarm that gives it too, the `number` to call that no step gives.
    """

    lines: int
    steps: int
    rows: int
    answered: bool = True
    asked: bool = True
    number: bool = True


ROOMS: Final = (
    _Room(MOST_LINES, MOST_STEPS, MOST_ROWS),
    _Room(MOST_LINES, 2, MOST_ROWS),
    _Room(1, MOST_STEPS, MOST_ROWS),
    _Room(1, 2, MOST_ROWS),
    _Room(0, 2, MOST_ROWS),
    _Room(0, 2, MOST_ROWS, number=False),
    _Room(1, 2, 1, number=False),
    _Room(0, 2, 0, number=False),
    _Room(0, 1, 0, number=False),
    _Room(0, 1, 0, number=False, answered=False),
    _Room(0, 0, 0, number=False, answered=False),
    _Room(0, 0, 0, number=False, answered=False, asked=False),
)
"""From the most to the least: the first that fits a phone is drawn."""


def draw_group_card(view: View, team: Team, *, asks_whom: bool = False) -> Screen:
    """Draw the card of a case as it stands in its group, with the notes that fit now.

    What has no room on a phone is left out: of the time line, steps and notes, then who has
    answered and who is asked. With `asks_whom` it asks whom somebody has called.
    """
    head = urgency_line(view)
    title = "" if head else view.case.code
    back = None if asks_whom else team.asked_back
    question = None if asks_whom or back else asked_here(view, team)
    asked = (text(words("card", WORDS)["called"]),) if asks_whom else ()
    below = (*asked, *(question.blocks if question else ()))
    options = (buttons_of(view, back.value),) if back else _options(question)
    notes, steps, here = _notes(view), _steps(view), question is not None
    newest = Newest.of(view).fitting(MOST_CHARACTERS)
    for room in ROOMS:
        above = tuple(_blocks(view, team, steps[: room.steps], room, here=here))
        noted = _time_line(newest, room.lines)
        done = _whom() if asks_whom else notes[: room.rows]
        buttons = (*options, *done, *_last_rows(view))
        drawn = Screen("card", title, (*above, *noted, *below), buttons, head=head)
        if room_for(0, drawn):
            break
    return drawn


def _blocks(
    view: View, team: Team, steps: list[str], room: _Room, *, here: bool
) -> Iterator[Block]:
    said = words("card", WORDS)
    if view.case.status == "closed":
        yield text(said["closed"])
        return
    yield text(*owned_by(view), view.patient[:1].upper() + view.patient[1:])
    if steps:
        yield text(*steps, look="list")
    if departed := overrides(view):
        yield text(*departed)
    state = say_alarm(view, team)
    if state:
        yield text(state)
    given = any(says_whom_to_call(view, each) for each in (*steps, state))
    if not given and (room.number or not state):
        yield text(coordinator(view))
    if team.offered:
        since = say_time(team.offered.offered_at, view.now, view.zone)
        yield text(said["offered"].format(name=team.name(team.offered.receiver), since=since))
    answered = [f"{each}." for each in answered_by(view)] if room.answered else []
    still_open = say_still_open(view, team, here=here) if room.asked or not here else ""
    if said_of := [*filter(None, (*answered, still_open))]:
        yield text(" ".join(said_of))


def _steps(view: View) -> list[str]:
    """Say the first steps, and the MRI deadline of a suspected cauda equina among them."""
    if not view.standing.settled:
        return []
    return [line for _, line in with_cauda_equina(view, steps_with_rules(view))]


def _time_line(lines: list[str], most: int) -> tuple[Block, ...]:
    """Say the newest lines of the time line, by whom each; one alone stands unfolded."""
    if not lines or not most:
        return ()
    return (text(lines[-1]),) if most == 1 else (text(*lines, heading=HEADING, look="fold"),)


def _notes(view: View) -> Rows:
    """Offer what can now be noted, and the newest note back; nothing before the first answer."""
    if view.case.status == "closed" or not view.case.given:
        return ()
    fits = every_kind(view)
    kinds = [each for each in NOTES if each in fits]
    if "mri_requested" in kinds:
        kinds.remove("mri_done")
    buttons = [button_for(view, kind) for kind in kinds]
    long = [each for each in buttons if len(each.label) > LONGEST_OF_THREE][:IN_ROW]
    short = [each for each in buttons if len(each.label) <= LONGEST_OF_THREE]
    if noted := undoable(view.case, view.now):
        beside = len(long) < IN_ROW
        label = words("buttons", TIME_LINE)["undo"].format(detail=say_entry(view, noted))
        most = LONGEST_OF_TWO if long else LONGEST_UNDO_ALONE
        short_label = shortened(label, most).removesuffix(": …")
        label = short_label if beside else UNDO.label
        undo = Button(label, f"undo {noted.kind}", typed=UNDO.typed)
        (long if beside else short).append(undo)
    return tuple(tuple(row) for row in (long, short[:MOST_IN_ONE_ROW]) if row)


def _whom() -> Rows:
    """Offer whom somebody has called, and the way back."""
    people = words("called", TIME_LINE).items()
    buttons = [Button(label, f"called {key}", typed=f"/called {key}") for key, label in people]
    return in_rows([*buttons, CASE], IN_ROW)


def asked_here(view: View, team: Team) -> Screen | None:
    """Return the open question if its group answers it: as a rule the cord signs, and yes or no."""
    key = view.standing.asked
    question = view.flow.question(key)
    ended = view.case.status == "closed" or view.standing.at_end
    if question is None or ended or not _is_for_groups(view, question, team.asks):
        return None
    drawn = draw_question(view, key)
    return drawn if _options(drawn) else None


def _is_for_groups(view: View, question: Question, asks: Asks) -> bool:
    if asks != "signs":
        return asks == "all"
    if question.id == view.flow.landmarks.cord_signs:
        return True
    return isinstance(question, Choice) and {each.value for each in question.options} == YES_AND_NO


def _options(question: Screen | None) -> Rows:
    """Return the buttons that answer a question, without those that lead elsewhere."""
    if question is None:
        return ()
    answers = ("answer", "tick", "untick", "done")
    rows = [
        [each for each in row if each.does.partition(" ")[0] in answers] for row in question.rows
    ]
    flat = [each for row in rows for each in row]
    if len(flat) <= MOST_IN_ONE_ROW:
        return in_rows(flat, in_one_row([len(each.label) for each in flat]))
    return tuple(tuple(row) for row in rows if row)


def _last_rows(view: View) -> Rows:
    labels, code = words("buttons", WORDS), view.case.code
    if view.case.status == "closed":
        return ()
    opens = Button(labels["open"], f"open {code}", typed=f"/open {code}", style="primary")
    have = Button(labels["have"], f"have {code}", typed=f"/have {code}")
    return ((opens, have, hand_over_button(code)),)
