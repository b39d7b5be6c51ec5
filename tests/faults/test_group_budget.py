"""A group gets no more than Telegram allows, its emergencies at once, and the newest state."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.access import Access
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox.group_budget import SECONDS
from bot.adapters.telegram.outbox.group_order import BOARD_EVERY
from bot.screens.screen import Button, Screen, dump, text
from bot.service.service import Service
from state.groups import Group as EnrolledGroup
from state.records import SCREEN, Card, Priority, Told
from state.store import Store
from tests.adapters.telegram.test_conversation import running
from tests.botapi import BotApi, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import NOON
from tests.faults.steps import all_is_sent, until
from tests.state.contract.values import a_case

COUNTED = ("sendMessage", "editMessageText")
AT_ONCE = 2.0
A_WHILE = 0.6


class Jumping:
    """A clock of seconds that runs as the event loop's does, and that a test can set forward."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def __call__(self) -> float:
        return asyncio.get_running_loop().time() + self.skipped


class Ward:
    """An enrolled group whose cases have cards there; its rows are queued straight to the store."""

    def __init__(self, server: BotApi, bot: TelegramBot, store: Store, group: Group) -> None:
        self.group = group
        self.clock = Jumping()
        self._server = server
        self._bot = bot
        self._store = store
        budgets = bot._sender._pace.groups
        budgets.now = self.clock
        budgets.seconds_to_wait(self.key, Priority.CARD)
        self.clock.skipped += SECONDS

    @property
    def key(self) -> str:
        return str(self.group.chat.id)

    async def shares(self, code: str, hours: int | None = None, level: str = "urgent") -> None:
        """Store a case whose card stands in the group, and what was last said of it."""
        posted = await self._bot._api.call("sendMessage", chat_id=int(self.key), text=code)
        with self._store.turn() as store:
            store.cases.add(replace(a_case(code, self.key), told=Told(level, hours, "none")))
            store.cards.keep(Card(code, SCREEN, self.key, posted["message_id"], NOON))
        self._server.calls.clear()
        self._server.clock.advance(SECONDS)

    def queue(
        self, priority: Priority, code: str | None, *screens: Screen, tapped: int | None = None
    ) -> None:
        with self._store.turn() as store:
            store.outbox.enqueue(
                chat=self.key, code=code, screens=[dump(each) for each in screens], token=None,
                query=None, tapped=tapped, anew=False, priority=priority, at=NOON,
            )  # fmt: skip
        self._bot._sender.wake(self.key)

    def redraws(self, code: str, said: str, priority: Priority = Priority.CARD) -> None:
        self.queue(priority, code, Screen("card", code, (text(said),)))

    def alerts(self, code: str) -> None:
        alert = Screen("alert", f"EMERGENCY {code}", alert=True)
        self.queue(Priority.EMERGENCY, code, alert, Screen("card", code, (text("emergency"),)))

    def skip(self, seconds: float) -> None:
        """Let seconds pass for the group."""
        self.clock.skipped += seconds
        self._server.clock.advance(seconds)
        self._bot._sender.wake(self.key)

    def calls(self) -> list[str]:
        """Return the first line of what the group was sent or had edited, in order."""
        calls = [call for call in self._server.calls.accepted if call.method in COUNTED]
        here = [call for call in calls if str(call.params.values["chat_id"]) == self.key]
        return [call.params.text("text") for call in here]

    def says(self, said: str) -> bool:
        return any(said in message.text for message in self.group.messages)

    async def seconds_until(self, said: str) -> float:
        begun = time.monotonic()
        await self._server.until(lambda: self.says(said), 10)
        return time.monotonic() - begun


@pytest.fixture
async def ward(server: BotApi, service: Service) -> AsyncIterator[Ward]:
    group = server.group_chat("Spine on call")
    group.joins(1001)
    with service.store.turn() as store:
        store.groups.enrol(EnrolledGroup(str(group.chat.id), "1001", NOON))
    access = Access(owners=frozenset({"1001"}), groups=service.store.groups)
    async with running(server, replace(service, access=access)) as bot:
        yield Ward(server, bot, service.store, group)


CASES = [f"KES-{n}" for n in range(10, 30)]


async def test_an_emergency_overtakes_13_edits_and_another_chats_429(
    ward: Ward, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    for code in CASES:
        await ward.shares(code)
    for code in CASES:
        ward.redraws(code, "changed")
    await server.until(lambda: len(ward.calls()) == 11, 5)
    ward.redraws(CASES[0], "answered", Priority.ANSWER)
    ward.redraws(CASES[1], "answered", Priority.ANSWER)
    await server.until(lambda: len(ward.calls()) == 13, 5)
    server.faults.flood(5, 1001, "sendMessage")
    ann.types("/help")
    await until(lambda: any(call.error_code == 429 for call in server.calls))
    for code in CASES[:5]:
        ward.alerts(code)
        assert await ward.seconds_until(f"EMERGENCY {code}") < AT_ONCE
    await asyncio.sleep(A_WHILE)
    assert len(ward.calls()) == 18
    ward.alerts(CASES[5])
    await asyncio.sleep(A_WHILE)
    assert len(ward.calls()) == 18


async def test_cards_go_together_the_most_urgent_first_and_only_their_newest_state(
    ward: Ward, server: BotApi, service: Service
) -> None:
    for code, hours in (("KES-10", 168), ("KES-11", None), ("KES-12", 24)):
        await ward.shares(code, hours)
    await ward.shares("KES-13", level="emergency")
    ward.redraws("KES-11", "state 0")
    await ward.seconds_until("state 0")
    for state in range(1, 31):
        for code in ("KES-10", "KES-11", "KES-12", "KES-13"):
            ward.redraws(code, f"state {state}")
    await asyncio.sleep(A_WHILE)
    assert len(ward.calls()) == 1
    waiting = service.store.outbox.queued(ward.key)
    assert len(waiting) <= 4
    ward.skip(10)
    await all_is_sent(service.store)
    newest = [f"<b>{code}</b>\nstate 30" for code in ("KES-13", "KES-12", "KES-10", "KES-11")]
    assert ward.calls()[1:] == newest
    assert server.refused_but() == []


async def test_the_board_is_one_message_that_is_edited_less_often(
    ward: Ward, server: BotApi, service: Service
) -> None:
    def draws(said: str, priority: Priority = Priority.BOARD) -> None:
        pinned = ward.group.messages[-1].id if ward.says("Board") else None
        rows = ((Button("Next page", "board"),),)
        board = Screen("info", "Board", (text(said),), rows)
        ward.queue(priority, None, board, tapped=pinned)

    draws("state 0")
    await all_is_sent(service.store)
    for state in range(1, 20):
        draws(f"state {state}")
    ward.skip(BOARD_EVERY - 5)
    await asyncio.sleep(A_WHILE)
    assert ward.says("state 0")
    ward.skip(5)
    await all_is_sent(service.store)
    assert ward.says("state 19")
    draws("an urgency has changed", Priority.CARD)
    await ward.seconds_until("an urgency has changed")
    assert [call.method for call in server.calls.accepted if call.method in COUNTED] == [
        "sendMessage", "editMessageText", "editMessageText",
    ]  # fmt: skip
    assert len([message for message in ward.group.messages if "Board" in message.text]) == 1


async def test_after_a_429_of_the_group_the_emergency_goes_first(
    ward: Ward, server: BotApi, service: Service
) -> None:
    for code in CASES[:3]:
        await ward.shares(code)
    server.faults.flood(2, int(ward.key))
    begun = time.monotonic()
    ward.redraws(CASES[0], "changed")
    await until(lambda: any(call.error_code == 429 for call in server.calls))
    ward.redraws(CASES[1], "answered", Priority.ANSWER)
    ward.alerts(CASES[2])
    await ward.seconds_until("EMERGENCY")
    assert 2 <= time.monotonic() - begun < 2 + AT_ONCE
    assert "EMERGENCY" in ward.calls()[0]
    await all_is_sent(service.store)
    assert sum(call.error_code == 429 for call in server.calls) == 1


async def test_a_group_that_is_not_enrolled_is_shown_nothing(
    ward: Ward, server: BotApi, service: Service
) -> None:
    other = server.group_chat("Elsewhere")
    with service.store.turn() as store:
        store.outbox.enqueue(
            chat=str(other.chat.id), code=None, screens=[dump(Screen("info", "Board"))],
            token=None, query=None, tapped=None, anew=False, priority=Priority.BOARD, at=NOON,
        )  # fmt: skip
    ward._bot._sender.wake(str(other.chat.id))
    await all_is_sent(service.store)
    assert server.calls.of("sendMessage") == []


async def test_a_refusal_that_a_group_has_to_wait_for_holds_up_no_other(
    ward: Ward, server: BotApi
) -> None:
    eve = server.private_chat(2002, "Eve")
    sender = ward._bot._sender
    for said in ("first", "second"):
        sender.refuse(ward.key, said, None)
    await ward.seconds_until("first")
    sender.refuse("2002", "third", None)
    await server.until(lambda: any("third" in message.text for message in eve.bot_messages), 2)
    assert not ward.says("second")
    ward.skip(SECONDS)
    await ward.seconds_until("second")
