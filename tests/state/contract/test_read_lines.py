"""What was understood of a typed line, as a store keeps it until somebody confirms it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from state.boards import UNCONFIRMED, Summary
from state.read_lines import ReadLine
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import a_case, add

SOON = NOON + timedelta(minutes=5)
LINE = ReadLine(
    code="KES-42",
    mark="a1b2",
    at=NOON,
    version=3,
    fields={"cord_signs": ["gait"], "lesions": [{"level": "T9"}], "potassium": 6.4},
    denied=["bladder"],
    unread=2,
    doubts=["weak_limb"],
    left_out=["potassium"],
    remind_at=SOON,
    due_at=SOON,
)


def test_the_newest_line_of_a_case_waits_until_it_is_used_or_cancelled(store: Store) -> None:
    add(store, a_case(), a_case("NEM-99"))
    other = replace(LINE, code="NEM-99")
    newer = replace(LINE, mark="c3d4", fields={"asia": "C"}, remind_at=None)
    with store.turn():
        for each in (LINE, other, newer):
            store.read_lines.keep(each)
    assert store.read_lines.find("KES-42") == newer
    with store.turn():
        store.read_lines.end("KES-42")
    assert store.read_lines.find("KES-42") is None
    assert store.read_lines.find("NEM-99") == other
    assert store.read_lines.was_read("KES-42") and not store.read_lines.was_read("ZAZ-11")


def test_a_case_in_which_a_line_waits_is_under_way(store: Store) -> None:
    add(store, replace(a_case(), answers=(), timeline=()))
    chat = a_case().chat
    assert store.cases.codes_under_way(chat) == []
    with store.turn():
        store.read_lines.keep(LINE)
    assert store.cases.codes_under_way(chat) == ["KES-42"]
    with store.turn():
        store.read_lines.end("KES-42")
    assert store.cases.codes_under_way(chat) == []


@pytest.mark.parametrize("level", ["", "routine", "emergency"])
def test_a_board_gives_the_deadline_of_an_emergency_that_waits(store: Store, level: str) -> None:
    add(store, a_case())
    chat = a_case().chat
    with store.turn():
        store.boards.sum_up(Summary("KES-42", level, "mri", None, requested=False))
        store.read_lines.keep(LINE)
    (case,) = store.boards.cases(chat, 0, 0, 9)
    waits = level != "emergency"
    assert (case.level, case.about) == ("emergency", UNCONFIRMED if waits else "mri")
    assert case.due_at == (SOON if waits else None)
    assert store.boards.count(chat, 0, SOON + timedelta(seconds=1)) == (1, int(waits))


def test_a_line_is_reminded_of_once_in_its_own_chat(store: Store) -> None:
    add(store, a_case())
    chat = a_case().chat
    with store.turn():
        store.read_lines.keep(LINE)
    assert store.read_lines.first(only=chat) == LINE == store.read_lines.first()
    assert store.read_lines.first(besides=chat) is None is store.read_lines.first(only="other")
    with store.turn():
        store.read_lines.reminded("KES-42", SOON - timedelta(seconds=1))
    assert store.read_lines.first() == LINE
    with store.turn():
        store.read_lines.reminded("KES-42", SOON)
    assert store.read_lines.first() is None
    assert store.read_lines.find("KES-42") == replace(LINE, remind_at=None)


def test_a_line_goes_with_its_case(store: Store) -> None:
    add(store, replace(a_case(), status="closed"))
    with store.turn():
        store.read_lines.keep(LINE)
        assert store.cases.forget(NOON + timedelta(days=1), 50) == 1
    assert store.read_lines.find("KES-42") is None
