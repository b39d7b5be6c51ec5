"""The attack table is complete and fresh, and every test that it names exists and runs."""

import pytest

from tests import attacks
from tests.attacks import TOPICS, Attack
from tests.named import assert_collected, assert_runs

TABLE = attacks.attacks()
TESTS = sorted({test for each in TABLE for test in each.tests})


def test_the_page_is_fresh() -> None:
    assert attacks.PAGE.read_text("utf-8") == attacks.page()


def test_every_attack_has_an_id_and_a_sentence_of_its_own() -> None:
    assert len(TABLE) >= 60
    assert [each.id for each in TABLE] == [f"A{n:02}" for n in range(1, len(TABLE) + 1)]
    assert len({each.attack for each in TABLE}) == len(TABLE)
    assert {each.topic for each in TABLE} == set(TOPICS)


@pytest.mark.parametrize("attack", TABLE, ids=lambda each: each.id)
def test_an_attack_is_complete(attack: Attack) -> None:
    assert attack.attack.endswith(".") and attack.must.endswith(".")
    assert "|" not in attack.attack + attack.must
    assert attack.tests and len(set(attack.tests)) == len(attack.tests)


@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_the_table_names_is_there_and_is_not_skipped(test: str) -> None:
    assert_runs(test)


@pytest.mark.slow
def test_pytest_collects_every_test_that_the_table_names() -> None:
    assert_collected(TESTS)
