"""What a store remembers of CordCall being out of use."""

from state.records import Switch
from state.store import Store
from tests.state.contract.conftest import Open


def test_by_default_it_is_in_use_and_nobody_was_told_otherwise(store: Store) -> None:
    assert store.out_of_use.kept() == Switch("", "")


def test_the_reason_and_what_was_told_are_kept_over_a_restart(open_store: Open) -> None:
    store = open_store()
    for switch in (Switch("wrong dose", ""), Switch("wrong dose", "wrong dose"), Switch()):
        with store.turn():
            store.out_of_use.keep(switch)
        assert open_store().out_of_use.kept() == store.out_of_use.kept() == switch
