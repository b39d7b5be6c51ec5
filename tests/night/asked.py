"""Accounts for the questions that colleagues were sent: each is answered, or comes back."""

from collections import Counter

from bot.commands.asking import ANSWERED_WITHIN
from bot.screens.asking import WORDS
from bot.screens.notices import words
from state.records import StoredCase
from tests.night.reminded import LATEST
from tests.night.stood import READ_LATE, Asked
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch

BACK = words("told", WORDS)["unanswered"].rpartition(". ")[2]


def account(
    counts: Counter[str], ward: Ward, watch: Watch, program: Program, cases: list[StoredCase]
) -> None:
    """Check what became of each question, and when."""
    for case in cases:
        for asked in watch.stood.asked.values():
            if asked.code == case.code:
                counts["questions sent"] += 1
                fate = _fate(ward, watch, program, case, asked)
                if fate:
                    counts[f"questions {fate}"] += 1
                else:
                    whom = ward.name_of(asked.whom)
                    what = f"what {whom} was asked, {asked.question}, was neither answered nor back"
                    watch.tell(case.code, what, asked.since)


def _fate(ward: Ward, watch: Watch, program: Program, case: StoredCase, asked: Asked) -> str:
    """Say what became of a question; "" if nothing that may."""
    followed = watch.cases[case.code]
    last = asked.since + ANSWERED_WITHIN.total_seconds() + LATEST
    last += program.seconds_down(asked.since, last)
    gone = asked.gone or watch.read_at
    if asked.gone is None:
        return "still open" if watch.read_at <= last else ""
    if gone > last + READ_LATE:
        return ""
    if any(
        given.question == asked.question and asked.since <= given.at.timestamp() <= gone
        for given in case.answers
    ):
        return "answered"
    if _came_back(ward, followed.owners_in(gone - READ_LATE, gone + LATEST), asked, last):
        return "come back"
    place, since = ward.place_of(int(followed.begun_in)), asked.since - READ_LATE
    ended = (
        followed.is_closed_in(since, gone + READ_LATE)
        or place.was_lost_in(since, gone)
        or not all(place.is_in(int(who), gone) for who in (asked.whom, asked.by))
    )
    return "ended" if ended else ""


def _came_back(ward: Ward, owners: set[str], asked: Asked, last: float) -> bool:
    """Return whether an owner was told that the question is theirs again."""
    for owner in owners:
        for message in ward.server.world.chats[int(owner)].messages.values():
            said = message.versions[0].text
            in_time = asked.since <= message.date <= last + LATEST
            if in_time and asked.code in said and BACK in said:
                return True
    return False
