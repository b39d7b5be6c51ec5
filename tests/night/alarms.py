"""Accounts for the alarms of a night: each sounds in its group within two seconds of its tap."""

from collections import Counter
from datetime import UTC, datetime

from bot.conversation.alarm import ALARMED, UNANSWERED
from bot.conversation.engine import Engine
from bot.screens.notices import words
from bot.screens.team import WORDS as TEAM
from state.groups import is_group
from state.records import Entry, StoredCase
from tests.botapi import Message
from tests.botapi.chats import Chat
from tests.faults.steps import REPEAT
from tests.night.crowd import Crowd
from tests.night.reminded import REMINDER, states
from tests.night.stood import READ_LATE, values_in
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch

LONGEST_WAIT = 2.0  # real seconds
TAPPED_BEFORE = 120.0  # seconds of the clock
ROUNDED = 1.0
EMERGENCY = "EMERGENCY"
OFFERED = words("departed", TEAM)["offered"].split("{name}")[1].split("{codes}")[0]


def account(
    counts: Counter[str],
    ward: Ward,
    crowd: Crowd,
    watch: Watch,
    program: Program,
    engine: Engine,
    cases: list[StoredCase],
) -> float:
    """Account for every alarm; return the longest wait in real seconds."""
    slowest = 0.0
    for case in cases:
        for entry in case.timeline:
            if entry.kind == ALARMED:
                counts["alarms"] += 1
                waited = _account_one(counts, ward, crowd, watch, program, case, entry)
                slowest = max(slowest, waited)
        _account_copies(counts, ward, watch, engine, case)
    return slowest


def _account_one(
    counts: Counter[str],
    ward: Ward,
    crowd: Crowd,
    watch: Watch,
    program: Program,
    case: StoredCase,
    entry: Entry,
) -> float:
    noted = entry.at.timestamp()
    taps = [
        acted.tap.time
        for acted in crowd.acted
        if str(acted.who) == entry.who
        and noted - TAPPED_BEFORE <= acted.tap.time <= noted + ROUNDED
    ]
    tapped = max(taps, default=noted)
    chats = watch.cases[case.code].groups_in(tapped, noted + TAPPED_BEFORE)
    sounded = [
        message
        for chat in chats
        for message in _sounding(ward.server.world.chats[int(chat)])
        if _is_of(message, case.code) and message.date >= int(noted)
    ]
    if not chats:
        return 0.0
    if not sounded:
        watch.tell(case.code, f"an alarm at {entry.at:%H:%M:%S} did not sound in its group", noted)
        return 0.0
    alarm = min(sounded, key=lambda message: message.date)
    first = alarm.date
    _account_called(counts, ward, watch, case.code, alarm)
    waited = (first - tapped - program.seconds_down(tapped, first)) / ward.server.clock.speed
    if waited > LONGEST_WAIT:
        watch.tell(case.code, f"an alarm at {entry.at:%H:%M:%S} waited {waited:.1f} s", noted)
    return waited


def _account_called(
    counts: Counter[str], ward: Ward, watch: Watch, code: str, alarm: Message
) -> None:
    """Check that an alarm calls whoever was on call in its group all the while."""
    chat, at = alarm.chat.id, alarm.date
    place = ward.place_of(chat)
    for (where, role), kept in watch.stood.duties.items():
        held = values_in(kept, at - TAPPED_BEFORE, at + READ_LATE)
        long = where == str(chat) and len(held) == 1 and kept[0][0] <= at - TAPPED_BEFORE
        who = int(next(iter(held)) or 0) if long else 0
        if who and place.is_in(who, at):
            counts["on call, and called"] += 1
            if who not in alarm.mentioned:
                named, said = ward.name_of(str(who)), alarm.versions[0].text
                watch.tell(code, f"an alarm did not call {named}, {role}: {said!r}", at)


def _account_copies(
    counts: Counter[str],
    ward: Ward,
    watch: Watch,
    engine: Engine,
    case: StoredCase,
) -> None:
    """Check that a group is called once for each change, unless marked as a repeat after a kill."""
    changes = changes_of(engine, case)
    chats = {chat for _, chat in watch.cases[case.code].chats if is_group(chat)}
    every = ward.server.world.chats
    calls = [call for chat in chats for call in calls_in(every[int(chat)], case.code)]
    marked = [message for message in calls if message.versions[0].text.startswith(REPEAT)]
    counts["calls of groups"] += len(calls)
    counts["calls repeated, and marked so"] += len(marked)
    unmarked = [message for message in calls if message not in marked]
    if len(unmarked) > len(changes):
        sounded = [datetime.fromtimestamp(message.date, UTC) for message in calls]
        called, changed = (
            ", ".join(f"{at:%H:%M:%S}" for at in sorted(times)) for times in (sounded, changes)
        )
        needless = [each.date for each in unmarked if not _follows(each, changes)]
        at = min(needless, default=None)
        watch.tell(case.code, f"called its group at {called}; changed at {changed}", at)


def changes_of(engine: Engine, case: StoredCase) -> list[datetime]:
    """Return when a group is called: at each change of an emergency, and if nobody has answered."""
    changes, told, pressed = list[datetime](), None, False
    for state in states(case):
        standing = engine.stand(state, state.touched_at)
        result = standing.assessment
        now = (standing.told, result.due, result.treatment_due) if standing.settled else None
        if now != told and (pressed or standing.emergency):
            changes.append(state.touched_at)
        told, pressed = now, standing.emergency
    return [*changes, *(entry.at for entry in case.timeline if entry.kind == UNANSWERED)]


def calls_in(chat: Chat, code: str) -> list[Message]:
    """Return the messages that have called a group about a case."""
    return [
        message
        for message in _sounding(chat)
        if _is_of(message, code) and _calls(message.versions[0].text)
    ]


def _calls(text: str) -> bool:
    """Return whether a group is called; it is also reminded, and offered what somebody leaves."""
    return REMINDER not in text and OFFERED not in text


def _follows(call: Message, changes: list[datetime]) -> bool:
    return any(0 <= call.date - each.timestamp() + ROUNDED <= TAPPED_BEFORE for each in changes)


def _sounding(chat: Chat) -> list[Message]:
    return [each for each in chat.messages.values() if each.sender.is_bot and not each.silent]


def _is_of(message: Message, code: str) -> bool:
    text = message.versions[0].text
    return EMERGENCY in text and code in text
