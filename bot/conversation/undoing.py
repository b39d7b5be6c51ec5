"""Taking back a note or an answer; the time line keeps both the note and that it was taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from bot.conversation import alarm
from bot.conversation.changes import changes
from bot.conversation.events import Undone
from bot.conversation.move import Advanced, Move, here
from bot.conversation.replies import (
    Alert,
    Notice,
    RenewAlert,
    Reply,
    SayUndone,
    ShowCard,
    has_alert,
)
from bot.conversation.standing import Standing
from bot.conversation.time_line import OVERRIDDEN
from bot.flows.grammar import UNKNOWN, Landmarks
from state.records import HANDED_OVER, TAKEN_BACK, UNDONE, Answer, Entry, StoredCase

BY_TAP: Final = timedelta(minutes=10)
ANSWER: Final = "answer"
KINDS: Final = {
    "given": ("steroid_given",),
    "requested": ("mri_requested",),
    "called": ("called",),
    "begun": ("treatment_begun",),
    "scanned": ("mri_done",),
    "newsigns": ("new_signs", "corrected"),
    "differs": (OVERRIDDEN,),
    "closed": ("closed",),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What can be taken back: the newest note of some kinds, the last answer, or both in one.

    `words` are those that name it; `number` is that of its line in the time line, from 1.
    """

    words: tuple[str, ...]
    at: datetime
    answers: tuple[Answer, ...]
    entry: Entry | None = None
    number: int = 0


def undoable(case: StoredCase, now: datetime) -> Entry | None:
    """Return the newest note, as long as a button may take it back."""
    bookkeeping = (HANDED_OVER, *alarm.KINDS)
    newest = next((each for each in reversed(case.noted) if each.kind not in bookkeeping), None)
    return newest if newest and not is_late(newest.at, now) else None


def is_late(at: datetime, now: datetime) -> bool:
    """Return whether a button may no longer take back what was done at a time."""
    return now - at >= BY_TAP


def word_for(what: str) -> str | None:
    """Return the word for what is to be taken back, from itself or a kind; None if unknown."""
    said = what.strip().casefold()
    fits = (word for word, kinds in KINDS.items() if said in (word, *kinds))
    return said if said in ("", ANSWER) else next(fits, None)


def acts(case: StoredCase, marks: Landmarks) -> tuple[Act, ...]:
    """Return what can be taken back, newest first: of each kind the newest, and the last answer."""
    found = [act for word in KINDS for act in _newest(case, marks, word)]
    last = _last_answers(case)
    came_with = next((act for act in found if _came_together(act, last)), None)
    if came_with:
        found[found.index(came_with)] = replace(came_with, words=(*came_with.words, ANSWER))
    elif last:
        found.append(Act((ANSWER,), last[-1].at, last))
    return tuple(sorted(found, key=lambda act: (act.at, act.number), reverse=True))


def meant(case: StoredCase, marks: Landmarks, what: str) -> Act | None:
    """Return the newest act, or the newest that a word names; None if there is none."""
    return next((each for each in acts(case, marks) if not what or what in each.words), None)


def _came_together(act: Act, last: tuple[Answer, ...]) -> bool:
    """Return whether the last answers came with a note, neither before it nor after."""
    return any(each in act.answers and each.at == act.at for each in last)


def _newest(case: StoredCase, marks: Landmarks, word: str) -> Iterator[Act]:
    entry = next((each for each in reversed(case.noted) if each.kind in KINDS[word]), None)
    if entry:
        number = max(n for n, each in enumerate(case.timeline, 1) if each is entry)
        yield Act((word,), entry.at, tuple(_came_with(case, marks, entry)), entry, number)


def _came_with(case: StoredCase, marks: Landmarks, entry: Entry) -> Iterator[Answer]:
    """Yield the answers that a note came with, newest first, and what they became since."""

    def since(key: str) -> Iterator[Answer]:
        newest_first = (each for each in reversed(case.given) if each.question == key)
        return takewhile(lambda each: each.at >= entry.at, newest_first)

    if entry.kind in KINDS["newsigns"]:
        yield from since(marks.cord_signs)
    if entry.kind in KINDS["scanned"]:
        yield from takewhile(lambda each: each.value == "done", since(marks.mri))
        unread = [each for each in since(marks.lesions_seen) if each.at == entry.at]
        yield from (each for each in unread if each.value == UNKNOWN)


def _last_answers(case: StoredCase) -> tuple[Answer, ...]:
    """Return the last answer, newest first with those that came in with it."""
    if not case.given:
        return ()
    last = case.given[-1]
    together = takewhile(
        lambda each: (each.at, each.who) == (last.at, last.who), reversed(case.given)
    )
    return tuple(together)


def take_back(move: Move, event: Undone) -> Advanced:
    """Take back the newest act, or the newest that is named, and report what that changes."""
    act = meant(move.case, move.flow.landmarks, event.what)
    if act is None:
        return move.refuse("nothing_to_undo")
    if event.tapped and is_late(act.at, move.now):
        return move.stay(Notice("undo_late", act.words[0]), *here(move.before))
    case = _without(move, act)
    after, keys = move.stand(case), tuple(dict.fromkeys(each.question for each in act.answers))
    said = SayUndone(act.entry, () if act.entry else act.answers)
    shown = changes(move, after, keys) if keys else here(after)
    return Advanced(case, (said, *_with_card(shown, after, act)), after)


def _without(move: Move, act: Act) -> StoredCase:
    """Return the case with an act taken back; it stands at the question of a lost answer again."""
    case = move.case
    if act.entry:
        case = case.with_entry(move.entry(UNDONE, str(act.number)))
    signs = _signs_without(case, move.flow.landmarks.cord_signs, act)
    for each in () if signs is not None else act.answers:
        case = case.with_answer(each.question, TAKEN_BACK, move.who, move.at)
    if signs is not None:
        case = case.with_answer(move.flow.landmarks.cord_signs, signs, move.who, move.at)
    if act.entry is None:
        key = act.answers[-1].question
        again = key if key != move.flow.landmarks.suspected_at else None
        return replace(case, revisiting=again, adding=False)
    reopened = "open" if act.entry.kind == "closed" else case.status
    return replace(case, status=reopened)


def _signs_without(case: StoredCase, key: str, act: Act) -> list[str] | None:
    """Return the cord signs without a note's own, if others were changed after it; else None."""
    if act.entry is None or act.entry.kind not in KINDS["newsigns"]:
        return None
    present, own = case.latest.get(key), act.entry.detail.split(",")
    if not isinstance(present, list) or all(each.at == act.entry.at for each in act.answers):
        return None
    if act.entry.kind == "corrected":
        return [*present, *(sign for sign in own if sign not in present)]
    return [sign for sign in present if sign not in own]


def _with_card(shown: tuple[Reply, ...], after: Standing, act: Act) -> tuple[Reply, ...]:
    """Show the card, whose time line has changed, in place of another view."""
    if act.entry is None or not after.settled:
        return shown
    news = [each for each in shown if isinstance(each, Notice | Alert | RenewAlert)]
    renewal = () if has_alert(news) else (RenewAlert(),)
    return (*renewal, *news, ShowCard())
