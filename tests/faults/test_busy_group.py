"""A busy quarter of an hour in a group, sixty times as fast: Telegram would refuse nothing."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.access import Access
from bot.adapters.telegram.outbox import sender
from bot.adapters.telegram.outbox.pace import nap
from bot.screens.screen import Screen, text
from bot.service.service import Service
from state.groups import Group
from state.records import Priority
from tests.adapters.telegram.test_conversation import running
from tests.botapi import BotApi
from tests.botapi.clock import Clock
from tests.conftest import NOON
from tests.faults.steps import all_is_sent
from tests.faults.test_group_budget import AT_ONCE, Ward

pytestmark = pytest.mark.slow

FASTER = 60.0
MINUTES = 15
CASES = [f"KES-{n}" for n in range(10, 16)]


@pytest.fixture
async def busy_ward(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Ward, BotApi]]:
    monkeypatch.setattr(sender, "nap", lambda woken, seconds: nap(woken, seconds / FASTER))
    async with BotApi(clock=Clock(speed=FASTER)) as server:
        group = server.group_chat("Spine on call")
        group.joins(1001)
        with service.store.turn() as store:
            store.groups.enrol(Group(str(group.chat.id), "1001", NOON))
        access = Access(owners=frozenset({"1001"}), groups=service.store.groups)
        async with running(server, replace(service, access=access)) as bot:
            ward = Ward(server, bot, service.store, group)
            bot._sender._pace.groups.now = server.clock.now
            yield ward, server


async def test_nothing_shown_is_a_minute_old_and_no_minute_holds_too_much(
    busy_ward: tuple[Ward, BotApi], service: Service
) -> None:
    ward, server = busy_ward
    chance = random.Random(15)
    for code in CASES:
        await ward.shares(code)
    since = dict[str, tuple[int, float]]()
    late = defaultdict[str, float](float)
    emergencies = list[float]()
    changes = answers = 0
    begun = server.clock.now()
    next_answer = next_emergency = begun + 60
    while server.clock.now() < begun + 60 * MINUTES:
        code = chance.choice(CASES)
        changes += 1
        ward.redraws(code, f"state {changes}.")
        since.setdefault(code, (changes, server.clock.now()))
        if server.clock.now() > next_answer:
            next_answer += 30
            answers += 1
            ward.queue(Priority.ANSWER, None, _said(f"answer {answers}"))
        if server.clock.now() > next_emergency:
            next_emergency += 120
            name = f"NEW-{len(emergencies)}"
            asked = time.monotonic()
            ward.queue(Priority.EMERGENCY, None, _said(f"EMERGENCY {name}."))
            await ward.seconds_until(f"EMERGENCY {name}.")
            emergencies.append(time.monotonic() - asked)
        await asyncio.sleep(0.05)
        for each, (state, at) in [*since.items()]:
            if _state(ward, each) >= state:
                late[each] = max(late[each], server.clock.now() - at)
                del since[each]
    await asyncio.wait_for(all_is_sent(service.store), 5)
    busiest = server.quota.busiest_minute(int(ward.key))
    refused = [call for call in server.calls if call.error_code == 429]
    assert busiest <= 18
    assert refused == []
    assert max(emergencies) < AT_ONCE
    assert max(late.values()) < 60
    assert ward.says(f"state {changes}.")


def _said(said: str) -> Screen:
    return Screen("info", "CordCall", (text(said),))


def _state(ward: Ward, code: str) -> int:
    """Return the number of the state that the card of a case shows."""
    shown = (m.text for m in ward.group.messages if m.text.startswith(f"{code}\nstate "))
    return max((int(each.rpartition(" ")[2].rstrip(".")) for each in shown), default=0)
