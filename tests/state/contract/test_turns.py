"""A turn is all or nothing, a part can be rolled back alone, and two turns do not mix."""

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from state.records import StoredCase
from state.store import Conflict, Store, StoreError
from tests.conftest import NOON
from tests.state.contract.conftest import Open
from tests.state.contract.values import CHAT, a_case, add, put, screens

PATIENCE = 4.0


def test_a_turn_is_kept_and_another_process_sees_it(store: Store, open_store: Open) -> None:
    add(store, a_case())
    assert open_store().cases.active(CHAT) == a_case()


def test_a_turn_gives_its_store(store: Store) -> None:
    with store.turn() as given:
        assert given is store


def test_a_turn_that_does_not_last_is_kept(store: Store, open_store: Open) -> None:
    with store.turn(lasting=False):
        store.cases.add(a_case())
    assert open_store().cases.find("KES-42") == a_case()


def test_a_turn_is_undone_as_a_whole(store: Store) -> None:
    add(store, a_case())
    with pytest.raises(RuntimeError, match="power cut"), store.turn():
        store.cases.save(a_case().with_answer("ecog", 1, "ann", NOON), a_case())
        store.cases.add(a_case("KES-43"))
        store.cases.activate(CHAT, None)
        put(store, "1")
        store.inbox.receive(1, "tap", NOON, again=False)
        raise RuntimeError("power cut")
    assert store.cases.active(CHAT) == a_case()
    assert store.cases.find("KES-43") is None
    assert screens(store) == []
    assert store.inbox.left_taps() == []


def test_a_turn_can_follow_one_that_was_undone(store: Store) -> None:
    with pytest.raises(RuntimeError), store.turn():
        raise RuntimeError
    add(store, a_case())
    assert store.cases.find("KES-42") == a_case()


def test_a_turn_within_a_turn_is_refused_and_undoes_nothing(store: Store) -> None:
    with store.turn():
        store.cases.add(a_case())
        with pytest.raises(StoreError), store.turn():
            raise AssertionError("a turn was begun within another")
    assert store.cases.find("KES-42") == a_case()


def test_what_a_turn_does_is_seen_inside_it_and_elsewhere_only_at_its_end(
    store: Store, open_store: Open
) -> None:
    other = open_store()
    with store.turn():
        store.cases.add(a_case())
        assert store.cases.find("KES-42") == a_case()
        assert other.cases.find("KES-42") is None
    assert other.cases.find("KES-42") == a_case()


def test_a_part_that_fails_is_undone_alone(store: Store) -> None:
    with store.turn():
        store.cases.add(a_case("KES-42"))
        with pytest.raises(RuntimeError), store.part():
            store.cases.add(a_case("KES-43"))
            put(store, "1")
            raise RuntimeError
        with store.part():
            put(store, "2")
    assert store.cases.find("KES-42") is not None
    assert store.cases.find("KES-43") is None
    assert screens(store) == ["2"]


def test_after_a_first_part_that_fails_the_turn_goes_on(store: Store, open_store: Open) -> None:
    for _ in range(2):
        with store.turn():
            for _ in range(2):
                with pytest.raises(RuntimeError), store.part():
                    with suppress(ZeroDivisionError), store.part():
                        put(store, "1")
                        raise ZeroDivisionError
                    put(store, "2")
                    raise RuntimeError
            put(store, "3")
            with pytest.raises(RuntimeError), store.part():
                put(store, "4")
                raise RuntimeError
    assert screens(store) == screens(open_store()) == ["3", "3"]


def test_a_part_in_which_a_record_is_refused_is_undone_alone(store: Store) -> None:
    add(store, a_case())
    with store.turn():
        put(store, "1")
        with pytest.raises(Exception) as refused, store.part():
            put(store, "2")
            store.cases.add(a_case())
        assert not isinstance(refused.value, StoreError)
    assert screens(store) == ["1"]


def test_a_part_is_undone_with_its_turn(store: Store) -> None:
    with pytest.raises(RuntimeError), store.turn():
        with store.part():
            store.cases.add(a_case())
        raise RuntimeError
    assert store.cases.find("KES-42") is None


def test_a_case_that_is_there_already_is_refused_with_its_turn(store: Store) -> None:
    add(store, a_case())
    with pytest.raises(StoreError), store.turn():
        put(store, "1")
        store.cases.add(a_case())
    assert screens(store) == []


def test_a_second_turn_waits_for_the_first_and_a_save_of_what_it_read_before_is_refused(
    store: Store, open_store: Open
) -> None:
    add(store, a_case())
    other, done = open_store(), list[StoredCase | None]()
    before = other.cases.find("KES-42")
    assert before is not None
    about_to_begin = threading.Event()

    def second() -> None:
        about_to_begin.set()
        with pytest.raises(Conflict), other.turn():
            done.append(other.cases.find("KES-42"))
            other.cases.save(before.with_answer("ecog", 4, "bob", NOON), before)

    thread = threading.Thread(target=second)
    with store.turn():
        thread.start()
        assert about_to_begin.wait(PATIENCE)
        first = store.cases.save(before.with_answer("ecog", 1, "ann", NOON), before)
        thread.join(0.05)
        assert done == []
    thread.join(PATIENCE)
    assert done == [first]
    assert store.cases.find("KES-42") == first


async def test_of_two_turns_beside_each_other_the_second_sees_the_first(store: Store) -> None:
    add(store, a_case())
    refused = []

    async def answer(value: int) -> None:
        try:
            async with store.turn_beside():
                store.cases.save(a_case().with_answer("ecog", value, "ann", NOON), a_case())
        except Conflict:
            refused.append(value)

    await asyncio.gather(answer(1), answer(2))
    kept = store.cases.find("KES-42")
    assert kept is not None and kept.version == 1
    assert len(refused) == 1 and kept.latest["ecog"] == 3 - refused[0]


async def test_a_turn_beside_is_undone_as_a_whole(store: Store) -> None:
    with pytest.raises(RuntimeError):
        async with store.turn_beside() as given:
            assert given is store
            store.cases.add(a_case())
            raise RuntimeError
    assert store.cases.find("KES-42") is None


async def test_a_turn_beside_that_is_cancelled_at_its_commit_is_kept(
    store: Store, open_store: Open
) -> None:
    async def turn() -> None:
        async with store.turn_beside():
            store.cases.add(a_case())
            task.cancel()

    task = asyncio.create_task(turn())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert open_store().cases.find("KES-42") == a_case()


def test_a_save_of_a_case_that_was_changed_is_refused(store: Store) -> None:
    add(store, a_case())
    with store.turn():
        kept = store.cases.save(a_case().with_answer("ecog", 1, "ann", NOON), a_case())
    with pytest.raises(Conflict, match="KES-42"), store.turn():
        put(store, "1")
        store.cases.save(replace(a_case(), status="closed"), a_case())
    assert store.cases.find("KES-42") == kept
    assert screens(store) == []


def test_a_save_of_a_case_that_is_gone_is_refused(store: Store) -> None:
    with pytest.raises(Conflict, match="KES-42"), store.turn():
        store.cases.save(a_case(), a_case())


def test_whether_it_can_be_written_is_found_out_without_a_change(store: Store) -> None:
    add(store, a_case())
    before = store.cases.find("KES-42")
    store.require_writable()
    assert store.cases.find("KES-42") == before


async def test_another_process_that_writes_is_waited_for_beside_the_loop(
    store: Store, open_store: Open
) -> None:
    other = open_store()
    with other.turn():
        assert store.is_held()
        waiting = asyncio.create_task(store.wait_for_others())
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await waiting
    assert not store.is_held()
