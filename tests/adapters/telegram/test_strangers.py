"""People without access: told so once, and never delaying those who have it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.at_once import REMOVED_A_MINUTE
from bot.adapters.telegram.outbox.choosing import MOST_ROWS_READ
from bot.incoming import Command, Incoming, InGroup, Text
from bot.service.service import Service
from bot.service.strangers import MOST_REMEMBERED, OnceAnHour
from state.records import Priority
from state.sql.outbox import Outbox
from state.store import Store, StoreError
from tests.access import only
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat
from tests.conftest import NOON, Clock
from tests.dialogue import shown
from tests.faults.steps import all_is_sent, until

pytestmark = pytest.mark.usefixtures("hurry")

EVE = "6666"


@pytest.fixture
def closed(service: Service) -> Service:
    """A service that only person 1001 may use."""
    return replace(service, touch=True, access=only("1001"))


@pytest.fixture
async def guarded(server: BotApi, closed: Service) -> AsyncIterator[TelegramBot]:
    async with running(server, closed) as bot:
        yield bot


def put(store: Store, count: int, code: str | None = None, priority: int = 1) -> None:
    with store.turn():
        for _ in range(count):
            store.outbox.enqueue(
                chat="1001", code=code, screens=[], token=None, query=None, tapped=None, anew=True,
                priority=Priority(priority), at=NOON,
            )  # fmt: skip


async def test_a_stranger_who_types_on_and_on_is_refused_once(
    guarded: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    eve = server.private_chat(int(EVE), "Eve")
    for _ in range(100):
        eve.types("hi")
    card = await card_of(ann)
    await tap(ann, card, "Gait or balance")
    await ann.sees("EMERGENCY")
    await all_is_sent(service.store)
    assert [message.text for message in eve.bot_messages] == [
        "CordCall\nThis CordCall is not open to you yet. Ask a colleague who runs it for an "
        "invitation (/invite), and open its link or scan its picture. "
        f"Your Telegram id is {EVE}."
    ]


async def test_a_stranger_is_refused_again_after_an_hour_and_nothing_of_them_is_kept(
    guarded: TelegramBot, server: BotApi, ann: PersonInChat, closed: Service, clock: Clock
) -> None:
    eve = server.private_chat(int(EVE), "Eve")
    for minutes, refusals in ((0, 1), (0, 1), (59, 1), (2, 2), (59, 2)):
        clock.pass_by(minutes=minutes)
        eve.types("/start")
        await server.until(lambda: len(server.updates) == 0)
        await until(lambda expected=refusals: len(eve.bot_messages) == expected)  # type: ignore[misc]
    await card_of(ann)
    assert closed.store.outbox.queued(EVE) == []
    ids = [500_000_001 + n for n in range(5)]
    with closed.store.turn() as store:
        assert all(store.inbox.receive(each, None, NOON, again=False) == 1 for each in ids)


async def test_that_a_stranger_blocks_or_moves_a_group_is_not_stored(
    guarded: TelegramBot, server: BotApi, ann: PersonInChat, closed: Service, store: Store
) -> None:
    eve = server.private_chat(int(EVE), "Eve")
    eve.types("/start")
    await until(lambda: eve.bot_messages)
    eve.blocks()
    eve.unblocks()
    group = server.group_chat("Spine on call")
    group.joins(int(EVE), "Eve")
    group.migrates()
    await server.until(lambda: len(server.updates) == 0)
    await card_of(ann)
    (kept,) = store.database.execute("SELECT count(*) FROM inbox").fetchone()
    chats = [chat for (chat,) in store.database.execute("SELECT chat FROM chats")]
    assert (kept, chats) == (1, ["1001"])


def test_a_turn_of_somebody_without_access_does_nothing(closed: Service) -> None:
    for incoming in (
        Incoming(EVE, EVE, Text("hi")),
        Incoming(EVE, EVE, Command("triage")),
        Incoming("-7", "-7", InGroup()),
    ):
        closed.take(incoming)
        assert shown(closed, incoming.chat) == []
        assert closed.store.cases.active(incoming.chat) is None
    closed.take(Incoming("1001", "1001", Command("help")))
    closed.take(Incoming("1001", "1001", Command("help")))
    assert len(closed.store.outbox.queued("1001")) == 2


async def test_a_group_is_shown_the_way_once_an_hour(
    guarded: TelegramBot, server: BotApi, clock: Clock
) -> None:
    guarded._sender._pace.groups.now = lambda: clock.now.timestamp()
    group = server.group_chat("Ward").joins(1001)
    for minutes, shown_ways in ((0, 1), (10, 1), (40, 1), (11, 2)):
        clock.pass_by(minutes=minutes)
        group.types("/triage")
        await server.until(lambda: len(server.updates) == 0)
        await until(lambda expected=shown_ways: len(group.bot_messages) == expected)  # type: ignore[misc]
    assert "open a private chat" in group.bot_messages[0].text


async def test_the_tap_of_somebody_who_was_removed_is_answered_each_time(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        card = await card_of(ann)
    async with running(server, replace(service, access=only())):
        for _ in range(3):
            await tap(ann, card, "Gait or balance")
        await ann.sees("not open to you")
        await all_is_sent(service.store)
    assert sum("not open to you" in message.text for message in ann.bot_messages) == 1
    case = service.store.cases.active("1001")
    assert case is not None and case.answers == ()


async def test_whoever_was_removed_is_told_each_time_that_nothing_was_noted(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await all_is_sent(service.store)
    async with running(server, replace(service, access=only())):
        eve = server.private_chat(int(EVE), "Eve")
        for count, typed in enumerate(("/given", "/scanned", "gait"), 1):
            ann.types(typed)
            eve.types(typed)
            await until(lambda n=count: _told(ann, "Nothing was noted") == n)  # type: ignore[misc]
        assert _told(eve, "not open to you yet") == 1 == len(eve.bot_messages)
        pressed = ann.taps(next(m for m in ann.bot_messages if m.buttons), "Bladder")
        assert "Not taken" in await ann.gets_answer(pressed)
        for _ in range(REMOVED_A_MINUTE + 5):
            ann.types("/given")
        await server.until(lambda: len(server.updates) == 0)
    assert _told(ann, "Nothing was noted") <= REMOVED_A_MINUTE


def _told(person: PersonInChat, said: str) -> int:
    return sum(said in message.text for message in person.bot_messages)


def test_who_was_turned_away_is_remembered_within_bounds() -> None:
    refusals = OnceAnHour()
    assert all(refusals.is_due(str(n), NOON) for n in range(MOST_REMEMBERED + 1))
    assert not refusals.is_due(str(MOST_REMEMBERED), NOON + timedelta(minutes=59))
    assert refusals.is_due("0", NOON)
    assert refusals.is_due("0", NOON - timedelta(hours=1))


def test_of_a_long_queue_the_most_pressing_rows_are_read(store: Store) -> None:
    put(store, 10, priority=Priority.CARD)
    put(store, 1, code="KES-42", priority=Priority.CARD)
    put(store, 300)
    put(store, 1, code="KES-42", priority=Priority.EMERGENCY)
    read = store.outbox.pressing("1001", 64)
    assert len(read) == 65
    assert [row.id for row in read] == sorted(row.id for row in read)
    assert [row.priority for row in read if row.code] == [Priority.CARD, Priority.EMERGENCY]
    assert store.outbox.pressing("1002", 64) == []


async def test_a_queue_longer_than_one_reading_is_sent_whole_and_read_in_parts(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = replace(service, touch=True)
    for _ in range(MOST_ROWS_READ + 40):
        taken.take(Incoming("1001", "1001", Command("version")))
    read = list[int]()
    pressing = Outbox.pressing

    def counted(outbox: Outbox, chat: str, most: int) -> list[object]:
        rows = pressing(outbox, chat, most)
        read.append(len(rows))
        return rows  # type: ignore[return-value]

    monkeypatch.setattr(Outbox, "pressing", counted)
    async with running(server, service):
        await until(lambda: len(ann.bot_messages) == MOST_ROWS_READ + 40)
        await all_is_sent(service.store)
    assert read[0] == MOST_ROWS_READ


async def test_an_edited_message_is_not_read_and_that_is_said(
    guarded: TelegramBot, server: BotApi, ann: PersonInChat, closed: Service
) -> None:
    await card_of(ann)
    ann.types("gait")
    await ann.sees("Is that right?")
    first = ann.types("/help")
    await ann.sees("About CordCall: ")
    ann.edits(first, "none")
    await ann.sees("Edited messages are not read; send it again.")
    case = closed.store.cases.active("1001")
    assert case is not None and case.answers == ()
    eve, group = server.private_chat(int(EVE), "Eve"), server.group_chat("Ward").joins(1001)
    eve.edits(eve.types("hi"), "ho")
    group.edits(group.types("/triage"), "/start")
    moving = {each: kept for each, kept in first.as_json().items() if each != "text"}
    place = {"live_period": 60, "latitude": 1.0, "longitude": 1.0}
    server.updates.push_raw({"edited_message": {**moving, "location": place}})
    ann.types("/version")
    await ann.sees("Policy: stepwise")
    await all_is_sent(closed.store)
    assert sum("Edited messages are not read" in message.text for message in ann.bot_messages) == 1
    assert ["not open to you" in m.text for m in eve.bot_messages] == [True]
    await until(lambda: group.bot_messages)
    await asyncio.sleep(0.3)
    assert len(group.bot_messages) == 1
    assert closed.store.inbox.parked_count() == 0


def test_what_failed_for_a_stranger_gives_no_number_away(closed: Service) -> None:
    for chat, who, act in ((EVE, EVE, Text("hi")), ("-7", "-7", InGroup())):
        with closed.store.turn():
            closed.fail_safe(Incoming(chat, who, act))
        assert shown(closed, chat) == []
    with closed.store.turn():
        closed.fail_safe(Incoming("1001", "1001", Text("hi")))
    assert "020 7946 0000" in shown(closed, "1001")[0].plain()


async def test_of_a_stranger_nothing_is_stored_but_that_they_were_refused(
    guarded: TelegramBot, server: BotApi, service: Service
) -> None:
    eve = server.private_chat(int(EVE), "Eve")
    for _ in range(20):
        eve.types("Smythe-Oakley")
    await eve.sees("not open to you")
    await all_is_sent(service.store)
    with service.store.audit.trail() as trail:
        rows = [(row.who, row.code, row.what) for row in trail.rows]
    assert rows == [(service.store.audit.pseudonym(EVE), None, "refused")]


async def test_a_stranger_is_refused_even_if_that_cannot_be_written(
    guarded: TelegramBot, server: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("full")

    monkeypatch.setattr(Service, "note_refusal", fail)
    eve = server.private_chat(int(EVE), "Eve")
    eve.types("hi")
    await eve.sees("not open to you")
