"""Accounts for the alarms of a night: each sounds in its group within two seconds of its tap."""

import re
from collections import Counter

from bot.conversation.alarm import ALARMED
from state.groups import is_group
from state.records import Entry, StoredCase
from tests.botapi import Message
from tests.faults.steps import REPEAT
from tests.night.crowd import Crowd
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch

LONGEST_WAIT = 2.0  # real seconds
TAPPED_BEFORE = 120.0  # seconds of the clock
ROUNDED = 1.0
EMERGENCY = "EMERGENCY"


def account(
    counts: Counter[str],
    ward: Ward,
    crowd: Crowd,
    watch: Watch,
    program: Program,
    cases: list[StoredCase],
) -> float:
    """Account for every alarm; return the longest wait in real seconds."""
    slowest = 0.0
    for case in cases:
        if not is_group(case.chat):
            continue
        for entry in case.timeline:
            if entry.kind == ALARMED:
                counts["alarms"] += 1
                slowest = max(slowest, _account_one(ward, crowd, watch, program, case, entry))
    _account_copies(counts, ward, watch, program)
    return slowest


def _account_one(
    ward: Ward, crowd: Crowd, watch: Watch, program: Program, case: StoredCase, entry: Entry
) -> float:
    noted = entry.at.timestamp()
    taps = [
        acted.tap.time
        for acted in crowd.acted
        if str(acted.who) == entry.who and noted - TAPPED_BEFORE <= acted.tap.time <= noted + ROUNDED
    ]
    tapped = max(taps, default=noted)
    chats = watch.cases[case.code].chats_in(tapped, noted + TAPPED_BEFORE)
    sounded = [
        message.date
        for chat in chats
        for message in _sounding(ward, chat)
        if _is_of(message, case.code) and message.date >= int(noted)
    ]
    if not sounded:
        watch.tell(case.code, f"an alarm at {entry.at:%H:%M:%S} did not sound in its group")
        return 0.0
    first = min(sounded)
    waited = (first - tapped - program.seconds_down(tapped, first)) / ward.server.clock.speed
    if waited > LONGEST_WAIT:
        watch.tell(case.code, f"an alarm at {entry.at:%H:%M:%S} waited {waited:.1f} s")
    return waited


def _account_copies(counts: Counter[str], ward: Ward, watch: Watch, program: Program) -> None:
    """Check that nothing that sounds comes twice, unless after a kill and marked as a repeat."""
    for chat in ward.server.world.chats.values():
        seen = dict[str, Message]()
        for message in _sounding(ward, str(chat.id)):
            said = message.versions[0].text
            bare = re.sub(r" \([^()]*\) · ", " · ", said.removeprefix(REPEAT))
            before = seen.get(bare)
            if said.startswith(REPEAT):
                counts["repeats, marked"] += 1
                if not any(abs(kill - message.date) < TAPPED_BEFORE * 10 for kill in program.kills):
                    watch.tell("", f"a repeat in {chat.id} without a kill: {said[:60]!r}")
            elif before and message.date - before.date < TAPPED_BEFORE:
                watch.tell("", f"twice in {chat.id}, unmarked: {said[:80]!r}")
            seen[bare] = message


def _sounding(ward: Ward, chat: str) -> list[Message]:
    messages = ward.server.world.chats[int(chat)].messages.values()
    return [each for each in messages if each.sender.is_bot and not each.silent]


def _is_of(message: Message, code: str) -> bool:
    text = message.versions[0].text
    return EMERGENCY in text and code in text
