"""Accounts for a night at its end: reminders, alarms, hand-overs, what each case says, quotas."""

from collections import Counter
from dataclasses import dataclass, field

from bot.conversation.engine import Engine
from bot.conversation.standing import DOSE_WAITS
from bot.flows.triage import PLAN
from bot.guidance.card_lines import dose_waits
from bot.logic.assessment import assess
from bot.screens.handover import WORDS
from bot.screens.notices import words
from state.groups import is_group
from state.records import HANDED_OVER, StoredCase
from state.sqlite.store import SqliteStore
from tests.faults.steps import REPEAT
from tests.night import alarms, privacy, reminded
from tests.night.crowd import Crowd
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch

MOST_A_MINUTE = 20


@dataclass(slots=True)
class Accounts:
    """Counts of what was checked."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest_alarm: float = 0.0
    busiest_minute: int = 0
    refused_for_quota: int = 0


def account(
    ward: Ward, crowd: Crowd, watch: Watch, program: Program, engine: Engine, store: SqliteStore
) -> Accounts:
    """Account for the night; what is amiss is told to the watch."""
    watch.read()
    found = Accounts()
    cases = [case for code in watch.cases if (case := store.cases.find(code))]
    for case in cases:
        if is_group(case.chat):
            _account_case(found, watch, engine, case)
            group = store.groups.find(case.chat)
            reminded.account(found.counts, ward, watch, program, engine, case, group)
    found.slowest_alarm = alarms.account(found.counts, ward, crowd, watch, program, engine, cases)
    _account_hand_overs(found, ward, crowd, watch, cases)
    privacy.account(found.counts, ward, crowd, watch)
    _account_quotas(found, ward, watch)
    if parked := store.inbox.parked_count():
        watch.tell("", f"{parked} updates were set aside")
    return found


def _account_case(found: Accounts, watch: Watch, engine: Engine, case: StoredCase) -> None:
    """Check what is stored of a case against a replay and an assessment of its answers."""
    trail = engine.machine.replay(case.latest, engine.policy)
    people = {answer.who for answer in case.given}
    found.counts["cases"] += 1
    found.counts["cases answered by several"] += len(people) > 1
    found.counts["answers"] += len(case.answers)
    if case.position != trail.key or trail.misfits:
        watch.tell(case.code, f"stands at {case.position}, its answers at {trail.key}")
    waits = trail.ended and trail.key != PLAN
    if case.status not in ("closed", "waiting" if waits else "open"):
        watch.tell(case.code, f"is {case.status}; its answers leave it at {trail.key}")
    standing = engine.stand(case, case.touched_at)
    if not standing.settled or case.told is None or case.status == "closed":
        return
    clinical = trail.facts.case
    if clinical.opened_at is None:
        clinical = clinical.model_copy(update={"opened_at": case.begun_at})
    result = assess(clinical, engine.policy, case.touched_at)
    found.counts["cases assessed"] += 1
    steroid = DOSE_WAITS if dose_waits(result) else result.steroid.decision
    expected = (result.urgency.level, result.urgency.hours, steroid)
    said = (case.told.level, case.told.hours, case.told.steroid)
    if said != expected:
        watch.tell(case.code, f"was said to be {said}; its answers give {expected}")


def _account_hand_overs(
    found: Accounts, ward: Ward, crowd: Crowd, watch: Watch, cases: list[StoredCase]
) -> None:
    """Check that each take-over that was confirmed is in a time line, once, and no other."""
    confirmed = Counter[tuple[str, str]]()
    for acted in crowd.acted:
        code, _, said = acted.tap.text.partition(" is yours")
        if said == ".":
            confirmed[code, str(acted.who)] += 1
    found.counts["taken by a tap"] = sum(confirmed.values())
    for case in cases:
        taken = [entry for entry in case.timeline if entry.kind == HANDED_OVER]
        found.counts["hand-overs"] += len(taken)
        owner = watch.cases[case.code].owners[0][1]
        for entry in taken:
            if entry.who == owner:
                watch.tell(case.code, f"handed over twice to {ward.name_of(owner)} at {entry.at}")
            owner = entry.who
        told = _told_read_back(ward, case.code)
        read_back = sum(bool(entry.detail) for entry in taken)
        found.counts["read back and accepted"] += read_back
        if told > read_back:
            watch.tell(case.code, f"{told} times said to be read back and owned, noted {read_back}")
        noted = Counter(entry.who for entry in taken)
        for (code, who), count in confirmed.items():
            if code == case.code and count > noted[who]:
                watch.tell(code, f"{ward.name_of(who)} took it {count} times, noted {noted[who]}")


def _told_read_back(ward: Ward, code: str) -> int:
    """Count how often a giver was told that a colleague has read a case back and owns it."""
    _, said = words("told", WORDS)["accepted"].format(code=code, name="|").split("|")
    messages = (
        each for chat in ward.server.world.chats.values() for each in chat.messages.values()
    )
    first = (message.versions[0].text for message in messages if message.sender.is_bot)
    return sum(f"{code}: " in text and said in text and REPEAT not in text for text in first)


def _account_quotas(found: Accounts, ward: Ward, watch: Watch) -> None:
    quota = ward.server.quota
    for place in ward.places:
        for chat in place.chats:
            found.busiest_minute = max(found.busiest_minute, quota.busiest_minute(chat))
    refused = [call for call in ward.server.calls.refused if call.error_code == 429]
    found.refused_for_quota = len(refused)
    if found.busiest_minute > MOST_A_MINUTE:
        watch.tell("", f"{found.busiest_minute} calls in a minute of a group")
    if refused:
        watch.tell("", f"{len(refused)} calls refused since a group's minute was full")
