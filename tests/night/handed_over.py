"""Accounts for hand-overs: each offer ends once, and each take-over is in the time line once."""

from collections import Counter
from datetime import datetime

from bot.screens.handover import WORDS
from bot.screens.notices import words
from state.records import HANDED_OVER, Entry, StoredCase
from state.sqlite.store import SqliteStore
from state.topics.audit import Audited
from tests.faults.steps import REPEAT
from tests.night.crowd import Crowd
from tests.night.reminded import LATEST
from tests.night.stood import READ_LATE, Offered
from tests.night.ward import Ward
from tests.night.watch import Watch

READ_BEFORE = 2 * READ_LATE
ENDS = {"declined": "declined", "taken back": "withdrawn"}
"""What the audit says of an offer that is over, and what is said of it here."""


def account(
    counts: Counter[str],
    ward: Ward,
    crowd: Crowd,
    watch: Watch,
    store: SqliteStore,
    cases: list[StoredCase],
) -> None:
    """Check that each take-over that was confirmed is in a time line, once, and no other."""
    confirmed = _confirmed(crowd)
    counts["taken by a tap"] = sum(confirmed.values())
    with store.audit.trail() as trail:
        audited = [row for row in trail.rows if row.code]
    for case in cases:
        of_case = [row for row in audited if row.code == case.code]
        _account_owners(counts, ward, watch, confirmed, case)
        _account_read_back(counts, ward, case, watch, of_case)
        for offered in watch.stood.offers.values():
            if offered.code == case.code:
                _account_offer(counts, ward, watch, store, case, offered, of_case)


def _confirmed(crowd: Crowd) -> Counter[tuple[str, str]]:
    """Count who was told by a toast that a case is theirs now."""
    confirmed = Counter[tuple[str, str]]()
    for acted in crowd.acted:
        code, _, said = acted.tap.text.partition(" is yours")
        if said == ".":
            confirmed[code, str(acted.who)] += 1
    return confirmed


def _account_owners(
    counts: Counter[str],
    ward: Ward,
    watch: Watch,
    confirmed: Counter[tuple[str, str]],
    case: StoredCase,
) -> None:
    place = ward.place_of(int(watch.cases[case.code].begun_in))
    owner, noted = watch.cases[case.code].owners[0][1], Counter[str]()
    for entry in _taken(case):
        at = entry.at.timestamp()
        if place.was_lost_in(at - LATEST, at + READ_LATE):
            counts["fallen back to somebody"] += 1
        else:
            counts["hand-overs"] += 1
            if entry.who == owner:
                watch.tell(case.code, f"handed over twice to {ward.name_of(owner)} at {entry.at}")
        owner = entry.who
        noted[owner] += 1
    for (code, who), count in confirmed.items():
        if code == case.code and count > noted[who]:
            watch.tell(code, f"{ward.name_of(who)} took it {count} times, noted {noted[who]}")


def _account_read_back(
    counts: Counter[str], ward: Ward, case: StoredCase, watch: Watch, audited: list[Audited]
) -> None:
    """Check that what was read back is noted, audited and told to the giver once each."""
    place = ward.place_of(int(watch.cases[case.code].begun_in))
    accepted = [entry for entry in _taken(case) if entry.detail]
    counts["hand-overs accepted"] += len(accepted)
    in_audit = sum(row.what == "handed over" for row in audited)
    if in_audit != len(accepted):
        watch.tell(case.code, f"{len(accepted)} times accepted, in the audit {in_audit} times")
    told, marked = _told(ward, case.code)
    givers_there = sum(place.is_in(int(each.detail), each.at.timestamp()) for each in accepted)
    if not told <= len(accepted) or told + marked < givers_there:
        watch.tell(case.code, f"{len(accepted)} times accepted, and {told} givers told so")


def _account_offer(
    counts: Counter[str],
    ward: Ward,
    watch: Watch,
    store: SqliteStore,
    case: StoredCase,
    offered: Offered,
    audited: list[Audited],
) -> None:
    """Check what became of an offer."""
    counts["hand-overs offered"] += 1
    gone = offered.gone
    if gone is None:
        counts["hand-overs still open"] += 1
        return
    taken = [
        entry
        for entry in _taken(case)
        if (entry.detail, entry.who) == (offered.giver, offered.receiver)
        and offered.since <= entry.at.timestamp() <= gone
    ]
    if taken:
        return
    pseudonyms = {store.audit.pseudonym(who) for who in (offered.giver, offered.receiver)}
    for row in audited:
        in_time = gone - READ_BEFORE <= datetime.fromisoformat(row.at).timestamp() <= gone
        if in_time and row.what in ENDS and {row.who, row.about} == pseudonyms:
            counts[f"hand-overs {ENDS[row.what]}"] += 1
            return
    place = ward.place_of(int(watch.cases[case.code].begun_in))
    both = (offered.giver, offered.receiver)
    if (
        _told_ended(ward, offered, gone)
        or place.was_lost_in(gone - READ_BEFORE, gone)
        or not any(place.is_in(int(who), gone) for who in both)
    ):
        counts["hand-overs ended"] += 1
        return
    giver, receiver = map(ward.name_of, both)
    watch.tell(case.code, f"the offer of {giver} to {receiver} was lost", gone)


def _taken(case: StoredCase) -> list[Entry]:
    return [entry for entry in case.timeline if entry.kind == HANDED_OVER]


def _told(ward: Ward, code: str) -> tuple[int, int]:
    """Count how often a giver was told that a colleague has read a case back and owns it.

    The second figure is of those that are marked as repeats.
    """
    _, said = words("told", WORDS)["accepted"].format(code=code, name="|").split("|")
    told = marked = 0
    for chat in ward.server.world.chats.values():
        for message in chat.messages.values():
            text = message.versions[0].text
            if message.sender.is_bot and f"{code}: " in text and said in text:
                marked += REPEAT in text
                told += REPEAT not in text
    return told, marked


def _told_ended(ward: Ward, offered: Offered, gone: float) -> bool:
    """Return whether the giver or the receiver was told that a hand-over has ended."""
    said = words("told", WORDS)["ended"]
    pieces = said.format(code=offered.code, giver="|", name="|", why="|").split("|")
    return any(
        gone - READ_BEFORE <= version.date <= gone + LATEST
        and all(piece in version.text for piece in pieces[:-1])
        for who in (offered.giver, offered.receiver)
        for message in ward.server.world.chats[int(who)].messages.values()
        for version in message.versions
    )
