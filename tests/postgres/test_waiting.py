"""Workers wait for each other in line: nobody asks again and again, and everybody has a turn."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.database_address import Address
from state.postgres.database import ALONE_AT_ONCE
from state.postgres.store import PostgresStore
from state.store import StoreError
from tests.postgres.server import Server

TASKS = 4
SECONDS_HELD = 0.3
SOON = 3  # less than anybody waits for a lock


@pytest.fixture
def stores(postgres_url: str) -> Iterator[list[PostgresStore]]:
    """The stores of three workers."""
    with ExitStack() as stack:
        opened = [PostgresStore(Address.read(postgres_url)) for _ in range(3)]
        for store in opened:
            stack.callback(store.close)
        yield opened


async def activate(store: PostgresStore, chat: str) -> None:
    async with store.turn_beside():
        store.chats.activate(chat, None)


def chats(store: PostgresStore) -> int:
    (count,) = store.database.execute("SELECT count(*) FROM chats").fetchone() or (0,)
    return int(count)


async def test_who_waits_asks_once_and_everybody_has_a_turn(
    stores: list[PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, *waiting = stores
    tries = list[str]()
    for store in waiting:
        begin = store.database.connection.begin

        def note(*statements: str, begin: object = begin, given: object = ()) -> object:
            tries.extend(each for each in statements if each == ALONE_AT_ONCE)
            return begin(*statements, given=given)  # type: ignore[operator]

        monkeypatch.setattr(store.database.connection, "begin", note)
    async with holder.turn_beside():
        tasks = [
            asyncio.create_task(activate(store, f"{place} {number}"))
            for place, store in enumerate(waiting)
            for number in range(TASKS)
        ]
        await asyncio.sleep(SECONDS_HELD)
        assert len(tries) == len(waiting) and not any(task.done() for task in tasks)
    await asyncio.wait_for(asyncio.gather(*tasks), SOON)
    assert chats(holder) == len(tasks)
    assert len(tries) <= len(waiting) + 3 * len(tasks)


async def test_who_gives_up_lets_the_next_have_its_turn(stores: list[PostgresStore]) -> None:
    holder, first, second = stores
    async with holder.turn_beside():
        gives_up = asyncio.create_task(activate(first, "first"))
        await asyncio.sleep(SECONDS_HELD)
        waits = asyncio.create_task(activate(second, "second"))
        await asyncio.sleep(SECONDS_HELD)
        gives_up.cancel()
        await asyncio.gather(gives_up, return_exceptions=True)
    await asyncio.wait_for(waits, SOON)
    assert chats(holder) == 1


async def test_a_lost_place_in_the_line_is_taken_again(
    stores: list[PostgresStore], postgres_server: Server
) -> None:
    holder, waiting, _ = stores
    async with holder.turn_beside():
        task = asyncio.create_task(activate(waiting, "chat"))
        await asyncio.sleep(SECONDS_HELD)
        link = waiting.database._waiting._link
        assert link
        postgres_server.sql(f"SELECT pg_terminate_backend({link.pid}, 5000)")
        await asyncio.sleep(SECONDS_HELD)
        assert not task.done()
    await asyncio.wait_for(task, SOON)
    assert chats(holder) == 1


async def test_who_has_waited_too_long_is_told_and_holds_up_nobody(
    stores: list[PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.postgres.opening.LOCK_SECONDS", SECONDS_HELD)
    holder, waiting, other = stores
    async with holder.turn_beside():
        with pytest.raises(StoreError, match="another worker"):
            await activate(waiting, "chat")
    await asyncio.wait_for(activate(other, "other"), SOON)
    assert chats(holder) == 1
