"""The clock, as a store remembers it."""

from datetime import timedelta

from state.records import Seen
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.conftest import Open


def test_what_the_clock_last_said_is_kept_over_a_restart(open_store: Open) -> None:
    store = open_store()
    assert store.clock.seen() is None
    later = NOON + timedelta(days=31)
    for seen in (Seen(NOON), Seen(later, later)):
        with store.turn():
            store.clock.keep(seen)
        assert open_store().clock.seen() == store.clock.seen() == seen


def test_a_turn_that_fails_keeps_no_jump(store: Store) -> None:
    try:
        with store.turn():
            store.clock.keep(Seen(NOON, NOON))
            raise ValueError
    except ValueError:
        pass
    assert store.clock.seen() is None
