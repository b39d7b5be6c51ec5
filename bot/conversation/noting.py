"""What follows the answer to a case: what was done, new signs, corrections, its end."""

from dataclasses import replace

from bot.conversation.answering import answer, pick
from bot.conversation.events import (
    Closed,
    Corrected,
    NewSigns,
    Noted,
    Noting,
    Scanned,
    SuspectedEarlier,
)
from bot.conversation.move import Advanced, Move
from bot.conversation.replies import Ask, AskBack, Notice, RenewAlert, SayNoted, ShowCard
from bot.conversation.standing import Standing
from bot.conversation.time_line import is_later, lately, missing, note, offered, unseen
from bot.conversation.typed_lines import take_typed


def note_down(move: Move, event: Noting) -> Advanced:
    """Apply an event that follows the answer to a case."""
    match event:
        case Noted():
            return note_done(move, event)
        case Scanned(tapped):
            return scan(move, tapped=tapped)
        case NewSigns():
            return ask_new_signs(move)
        case Corrected():
            return correct(move, event)
        case SuspectedEarlier(text):
            return move_clock(move, text)
        case Closed(outcome):
            return close(move, outcome)


def note_done(move: Move, done: Noted) -> Advanced:
    """Add an entry to the time line, and show the card with it.

    A button that the current card would no longer offer is an old one.
    """
    entry = move.entry(done.kind, done.detail)
    before, sent = lately(move.case, entry), unseen(move.case, entry, move.now)
    if before is None and sent is not None:
        return move.stay(SayNoted(sent, unseen=True), ShowCard())
    if before is None and done.tapped and done.kind not in offered(move.case, move.before):
        return move.refuse("old_button")
    noted = move.on(note(move.case, entry))
    said = SayNoted(before or entry, before=before is not None)
    shown = move.before.settled or move.case.told
    return noted.stay(*([RenewAlert()] if shown else []), said, ShowCard())


def scan(move: Move, *, tapped: bool) -> Advanced:
    """Note that the MRI is done, and continue with its images."""
    marks = move.flow.landmarks
    if not marks.mri:
        return move.refuse("old_button")
    if move.case.latest.get(marks.mri) == "done":
        return move.stay(Notice("mri_recorded"), ShowCard())
    if tapped and "mri_done" not in offered(move.case, move.before):
        return move.refuse("old_button")
    done = move.entry("mri_done")
    advanced = answer(move.on(note(move.case, done)), marks.mri, "done")
    if not tapped:
        advanced = replace(advanced, replies=(SayNoted(done), *advanced.replies))
    after = advanced.standing
    if after.trail.ended or after.trail.key == marks.lesions_seen:
        return advanced
    later = Notice("images_later", keys=(after.key,))
    return replace(advanced, replies=(later, *advanced.replies))


def ask_new_signs(move: Move) -> Advanced:
    """Ask for the cord signs again, with the ticks so far."""
    key = move.flow.landmarks.cord_signs
    if not key:
        return move.refuse("old_button")
    adding = move.turn_to(key, adding=key in move.case.latest)
    return adding.stay(Notice("new_signs"), Ask(key))


def move_clock(move: Move, text: str) -> Advanced:
    """Ask when it was first suspected, or use the time typed with the command.

    The command names its question: it is not confirmed even if the case has gone on since.
    """
    key = move.flow.landmarks.suspected_at
    if not key:
        return move.refuse("old_button")
    asked = replace(move.turn_to(key), overtaken=False)
    return take_typed(asked, text) if text else asked.stay(Ask(key))


def needs_outcome(standing: Standing) -> bool:
    """Return whether a case can only be closed with an outcome."""
    return standing.emergency or is_unread(standing)


def is_unread(standing: Standing) -> bool:
    """Return whether the MRI is done but nobody has said what it shows."""
    case = standing.assessment.case
    return case.mri_done and case.lesions is None


def close(move: Move, outcome: str) -> Advanced:
    """Close the case and show its card one last time; without an outcome if it needs none."""
    if not outcome and needs_outcome(move.before):
        return move.refuse("outcome_first")
    case = replace(note(move.case, move.entry("closed", outcome)), status="closed")
    return move.on(case).stay(RenewAlert(), Notice("closed"), ShowCard())


def correct(move: Move, stated: Corrected) -> Advanced:
    """Restate the cord signs and note what that changes; confirmed first if wanted."""
    key = move.flow.landmarks.cord_signs
    if not key:
        return move.refuse("old_button")
    advanced = pick(replace(move, case=replace(move.case, adding=False)), key, stated.text)
    if len(advanced.case.answers) == len(move.case.answers):
        return replace(advanced, case=move.case)
    old, new = move.case.latest.get(key), advanced.case.latest[key]
    if stated.ask_back and key in move.case.latest and takes_back(move, advanced):
        return move.stay(AskBack(new))
    if old == new:
        return advanced
    added, taken = missing(new, old), missing(old, new)
    kind, signs = ("new_signs", added) if added and not taken else ("corrected", taken)
    return replace(advanced, case=note(advanced.case, move.entry(kind, ",".join(signs))))


def follow(move: Move, advanced: Advanced) -> Advanced:
    """Note what new answers mean for the time line.

    An answer that takes a cord sign away does not count by itself: it is asked back. While signs
    are being added, so is one that makes a deadline later.
    """
    marks, case = move.flow.landmarks, advanced.case
    given = {each.question: each.value for each in case.answers[len(move.case.answers) :]}
    then = move.case.latest
    if marks.cord_signs in given and not move.case.adding and takes_sign(move, advanced):
        return move.stay(AskBack(given[marks.cord_signs]))
    if marks.mri not in given and not move.case.adding:
        return advanced
    if given.get(marks.mri) == "done" and then.get(marks.mri, "done") != "done":
        case = note(case, move.entry("mri_done"))
    if not move.case.adding or marks.cord_signs not in given:
        return replace(advanced, case=case)
    new = given[marks.cord_signs]
    if takes_back(move, advanced):
        return move.stay(AskBack(new))
    added = missing(new, then.get(marks.cord_signs))
    if not added:
        return replace(advanced, case=case)
    older = (Notice("mri_older"),) if then.get(marks.mri) == "done" else ()
    case = note(case, move.entry("new_signs", ",".join(added)))
    return replace(advanced, case=case, replies=(*older, *advanced.replies))


def takes_sign(move: Move, advanced: Advanced) -> bool:
    """Return whether a recorded sign is taken away, not merely unticked while nothing else is."""
    key = move.flow.landmarks.cord_signs
    gone = missing(move.case.latest.get(key), advanced.case.latest.get(key))
    still_ticking = advanced.case.revisiting == key and move.case.latest.keys() == {key}
    return bool(gone) and not still_ticking


def takes_back(move: Move, advanced: Advanced) -> bool:
    """Return whether a sign is removed or a deadline moves later."""
    key = move.flow.landmarks.cord_signs
    gone = missing(move.case.latest.get(key), advanced.case.latest.get(key))
    return bool(gone) or is_later(move.before, advanced.standing)
