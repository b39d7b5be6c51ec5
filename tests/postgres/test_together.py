"""What several ask for at one time is done in one turn; each fails alone, or all are undone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from threading import Event

import pytest

from bot.database_address import Address
from state.postgres.failures import Failed
from state.postgres.store import PostgresStore
from state.sql.together import MOST_TOGETHER
from state.store import CommitUnknown, StoreError
from tests.postgres.server import Server
from tests.postgres.test_turns import ADD, end, owners


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(Address.read(postgres_url))) as opened:
        yield opened


def turns(store: PostgresStore) -> int:
    (count,) = store.database.execute("SELECT turns FROM engine").fetchone() or (0,)
    return int(count)


def add(store: PostgresStore, who: str) -> str:
    store.database.execute(ADD, (who,))
    return who


def fail(store: PostgresStore, who: str, error: Exception) -> None:
    add(store, who)
    raise error


async def ask(store: PostgresStore, *doing: Callable[[], object]) -> list[object]:
    asked = (store.beside(do) for do in doing)
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_what_is_asked_for_at_one_time_is_one_turn_in_order(store: PostgresStore) -> None:
    before, names = turns(store), [f"{number:02}" for number in range(MOST_TOGETHER + 1)]
    done = list[str]()
    doing = [partial(lambda who: done.append(add(store, who)), who) for who in names]
    await ask(store, *doing)
    assert owners(store) == done == names and turns(store) == before + 2


async def test_what_fails_is_undone_alone(store: PostgresStore) -> None:
    error, add_to = ZeroDivisionError(), partial(add, store)
    found = await ask(
        store, partial(add_to, "ann"), partial(fail, store, "bob", error), partial(add_to, "cy"),
    )  # fmt: skip
    assert found == ["ann", error, "cy"]
    assert owners(store) == ["ann", "cy"]
    assert await ask(store, partial(fail, store, "dan", error)) == [error]
    assert owners(store) == ["ann", "cy"]


@pytest.mark.parametrize("others", [[], ["cy"]])
async def test_a_value_that_is_refused_is_a_failure_of_the_store(
    store: PostgresStore, others: list[str]
) -> None:
    await store.beside(partial(add, store, "ann"))
    found = await ask(store, *(partial(add, store, who) for who in ["ann", *others]))
    assert isinstance(found[0], StoreError) and isinstance(found[0].__cause__, Failed)
    assert owners(store) == ["ann", *others]


async def test_when_the_database_fails_all_of_them_fail_and_the_next_is_done(
    store: PostgresStore, postgres_server: Server
) -> None:
    await store.beside(partial(add, store, "eve"))
    doing = partial(add, store, "ann"), partial(end, postgres_server, store), partial(
        add, store, "bob"
    )  # fmt: skip
    found = await ask(store, *doing)
    assert [type(each) for each in found] == [StoreError] * 3
    assert owners(store) == ["eve"]
    assert await store.beside(partial(add, store, "cy")) == "cy"


async def test_when_the_commit_is_lost_nobody_knows(
    store: PostgresStore, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store, partial(add, store, "eve"))
    link = store.database.connection
    run = link.run

    def run_and_lose(*statements: str) -> object:
        if "COMMIT" in statements:
            link._whole.close()
        return run(*statements)

    monkeypatch.setattr(link, "run", run_and_lose)
    found = await ask(store, partial(add, store, "ann"), partial(add, store, "bob"))
    assert [type(each) for each in found] == [CommitUnknown] * 2
    assert owners(store) == ["eve"]


async def test_what_nobody_waits_for_any_more_is_not_begun(store: PostgresStore) -> None:
    left = asyncio.create_task(store.beside(partial(add, store, "ann")))
    stays = asyncio.create_task(store.beside(partial(add, store, "bob")))
    await asyncio.sleep(0)
    left.cancel()
    assert await stays == "bob"
    assert owners(store) == ["bob"]


async def test_if_any_of_them_is_to_last_all_of_them_wait_for_the_disk(
    store: PostgresStore,
) -> None:
    disk = store.database.connected.disk
    await store.beside(partial(add, store, "first"), lasting=False)
    before = disk._committed
    await asyncio.gather(*(store.beside(partial(add, store, who), lasting=False) for who in "ab"))
    assert disk._committed == before
    await asyncio.gather(
        store.beside(partial(add, store, "c"), lasting=False),
        store.beside(partial(add, store, "d"), lasting=True),
    )
    assert disk._committed == before + 1


async def test_erasing_holds_up_only_who_has_asked_for_it(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, erasing = Event(), store.database.erasing
    monkeypatch.setattr(erasing, "scrub", lambda: may_end.wait(5))

    def erase() -> None:
        erasing.scrubs_next = True
        add(store, "gone")

    erased = asyncio.create_task(store.beside(erase))
    try:
        assert await store.beside(partial(add, store, "ann")) == "ann"
        assert await store.beside(partial(add, store, "bob")) == "bob"
        assert not erased.done()
    finally:
        may_end.set()
    await erased
    assert owners(store) == ["ann", "bob", "gone"]
