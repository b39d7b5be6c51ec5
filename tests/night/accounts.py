"""Accounts for a night at its end: reminders, alarms, hand-overs, what each case says, quotas."""

from collections import Counter
from dataclasses import dataclass, field

from bot.conversation import alarm
from bot.conversation.engine import Engine
from bot.conversation.standing import DOSE_WAITS
from bot.conversation.time_line import OVERRIDDEN
from bot.flows.triage import PLAN
from bot.guidance.card_lines import dose_waits
from bot.logic.assessment import assess
from bot.screens.notices import words
from bot.screens.team import WORDS
from state.groups import is_group
from state.records import HANDED_OVER, StoredCase
from state.sqlite.store import SqliteStore
from tests.night import alarms, asked, copies, handed_over, privacy, quiet, reminded
from tests.night.crowd import Crowd
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch

BOOKKEEPING = (HANDED_OVER, *alarm.KINDS)


@dataclass(slots=True)
class Accounts:
    """Counts of what was checked."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest_alarm: float = 0.0
    busiest_minutes: dict[str, int] = field(default_factory=dict)
    refused_for_quota: int = 0


def account(
    ward: Ward, crowd: Crowd, watch: Watch, program: Program, engine: Engine, store: SqliteStore
) -> Accounts:
    """Account for the night; what is amiss is told to the watch."""
    watch.read()
    found = Accounts()
    counts, known = found.counts, (store.cases.find(code) for code in watch.cases)
    cases = [each for each in known if each and is_group(watch.cases[each.code].begun_in)]
    for case in cases:
        _account_case(found, ward, watch, engine, case)
        reminded.account(counts, ward, watch, program, engine, case)
    found.slowest_alarm = alarms.account(counts, ward, crowd, watch, program, engine, cases)
    copies.account(counts, ward, watch, program)
    handed_over.account(counts, ward, crowd, watch, store, cases)
    asked.account(counts, ward, watch, program, cases)
    quiet.account(counts, ward, watch, engine, store)
    privacy.account(counts, ward, crowd, watch)
    _account_places(ward, watch)
    _account_quotas(found, ward, watch)
    if parked := store.inbox.parked_count():
        watch.tell("", f"{parked} updates were set aside")
    return found


def _account_case(
    found: Accounts, ward: Ward, watch: Watch, engine: Engine, case: StoredCase
) -> None:
    """Check what is stored of a case against a replay and an assessment of its answers."""
    trail = engine.machine.replay(case.latest, engine.policy)
    people = {answer.who for answer in case.given}
    found.counts["cases"] += 1
    found.counts["cases answered by several"] += len(people) > 1
    found.counts["answers"] += len(case.answers)
    found.counts["notes"] += sum(entry.kind not in BOOKKEEPING for entry in case.timeline)
    found.counts["notes that the plan differs"] += sum(
        entry.kind == OVERRIDDEN for entry in case.timeline
    )
    noted = {entry.who for entry in case.timeline}
    for who in {*people, *noted} & {str(ward.viewer.id), str(ward.stranger.id)}:
        watch.tell(case.code, f"answered or noted by {ward.name_of(who)}")
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


def _account_places(ward: Ward, watch: Watch) -> None:
    """Check that a group was told what the bot lacks as a plain member, each time."""
    lacks = words("places", WORDS)["plain_member"]
    for place in ward.places:
        messages = place.group.chat.messages.values()
        said = sum(lacks in message.versions[0].text for message in messages)
        if said != place.demoted:
            watch.tell("", f"{place.name} was told {said} times what the bot lacks")


def _account_quotas(found: Accounts, ward: Ward, watch: Watch) -> None:
    quota = ward.server.quota
    for place in ward.places:
        found.busiest_minutes[place.name] = max(map(quota.busiest_minute, place.chats))
    found.refused_for_quota = len(quota.refused)
    for refused in quota.refused:
        what = f"{refused.method} in {refused.chat_id} refused: its minute was full"
        watch.tell("", what, refused.time)
