"""Says what was doubtful in the words that found a row of /mri."""

from collections.abc import Iterator

from bot.lookup.mri.complaints import CORD, LONGER, LONGEST_READ, WITHIN, Complaint
from bot.lookup.mri.presentations import INFECTION, mri_words


def cautions_of(complaint: Complaint) -> Iterator[str]:
    """Say what was not read, one line each: it could name something more urgent."""
    said = mri_words()["said"]
    if complaint.cut:
        yield said["cut"].format(most=LONGEST_READ)
    if complaint.negated:
        yield said["negated"]
    if complaint.words_not_read:
        yield said["not_read"].format(count=complaint.words_not_read)


def readings_of(complaint: Complaint, row: str) -> Iterator[str]:
    """Say how the words were read, one line each: always as the most urgent they may mean."""
    said, rows = mri_words()["said"], mri_words()["rows"]
    told = {row, *([INFECTION] if complaint.infected else [])}
    told |= {WITHIN, LONGER} if complaint.deficit_on_both_sides else set()
    others = ", ".join(rows[each]["button"] for each in complaint.rows if each not in told)
    if complaint.infected:
        yield said["with_infection"]
    if complaint.deficit_on_both_sides:
        yield said["with_deficit"]
    if complaint.one_weak_limb:
        yield said["limb_weakness"]
    if may_be_one_root(complaint, row):
        yield said["one_root_only"].format(button=rows[WITHIN]["button"])
    if others:
        yield said["also"].format(rows=others)
    if complaint.days_alone:
        yield said["days_alone"]
    if complaint.days_assumed and row == WITHIN:
        yield said["days_assumed"]


def may_be_one_root(complaint: Complaint, row: str) -> bool:
    """Return whether a deficit of one root may be meant: one weak limb, or no words but the tap."""
    return complaint.one_weak_limb or (row == CORD and not complaint.rows)
