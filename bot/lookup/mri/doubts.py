"""Says what was doubtful in the words that found a row of /mri."""

from collections.abc import Iterable, Iterator

from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.lookup.mri.presentations import INFECTION, mri_words
from bot.lookup.mri.understood import CORD, LONGER, WITHIN, Understood
from bot.screens.view import in_a_sentence


def cautions_of(understood: Understood) -> Iterator[str]:
    """Say what was not read, one line each: it could name something more urgent."""
    said = mri_words()["said"]
    if understood.denied:
        yield said["denied"].format(signs=say_denied(understood.denied))
    if understood.not_taken:
        yield said["asked"]
    if understood.sins_total:
        yield said["sins_total"]
    if understood.words_not_read:
        yield said["not_read"].format(count=understood.words_not_read)


def say_denied(denied: Iterable[str]) -> str:
    """Name what was denied, in the words of the questions."""
    signs = words_of(FLOW, FLOW.landmarks.cord_signs).options
    named = (signs.get(each) or words_of(FLOW, each).label for each in denied)
    return ", ".join(map(in_a_sentence, dict.fromkeys(named)))


def readings_of(understood: Understood, row: str) -> Iterator[str]:
    """Say how the words were read, one line each: always as the most urgent they may mean."""
    said, rows = mri_words()["said"], mri_words()["rows"]
    told = {row, *([INFECTION] if understood.infected else [])}
    told |= {WITHIN, LONGER} if understood.deficit_on_both_sides else set()
    others = ", ".join(rows[each]["button"] for each in understood.rows if each not in told)
    if understood.infected:
        yield said["with_infection"]
    if understood.deficit_on_both_sides:
        yield said["with_deficit"]
    if understood.one_weak_limb:
        yield said["limb_weakness"]
    if may_be_one_root(understood, row):
        yield said["one_root_only"].format(button=rows[WITHIN]["button"])
    if others:
        yield said["also"].format(rows=others)
    if understood.days_alone:
        yield said["days_alone"]
    if understood.days_assumed and row == WITHIN:
        yield said["days_assumed"]


def may_be_one_root(understood: Understood, row: str) -> bool:
    """Return whether a deficit of one root may be meant: one weak limb, or no words but the tap."""
    return understood.one_weak_limb or (row == CORD and understood.tapped)
