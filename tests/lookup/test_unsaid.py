"""No look-up repeats text that may name a person: only text in the form of an id or a grade."""

import pytest

from bot.logic.case_input import shown_id
from tests.lookup.conftest import Person

LOOKUPS = (
    "/mri", "/drug", "/ask", "/calcium", "/why", "/sources", "/sins", "/escc", "/tokuhashi",
    "/asia", "/asia kps", "/escc 2", "/asia C into", "/ask #", "/ask pizza recipe dialysis",
)  # fmt: skip
NAMES = ("Smythe-Oakley", "Qadir 12.03.1951", "J. Vandermeersch", "4711081507", "NHS 943 476 5919")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_name_is_not_said_again(ann: Person, lookup: str, name: str) -> None:
    said = ann.sees(f"{lookup} {name}").casefold()
    assert said
    assert not [part for part in name.casefold().split() if len(part) > 3 and part in said]


@pytest.mark.parametrize("typed", ["U99", "t-i9", "R999", "u3?", "4", "75", "1d", "NEM-99", "F"])
def test_an_id_is_said_again(typed: str) -> None:
    assert shown_id(typed, "that") == f"“{typed}”"


@pytest.mark.parametrize("typed", ["Ann", "Li", "ann b", "1951", "12345", "M12345", "<b>", "R٣"])
def test_what_may_be_a_name_or_a_number_is_not(typed: str) -> None:
    assert shown_id(typed, "that") == "that"


def test_an_unknown_rule_and_source_name_only_an_id(ann: Person) -> None:
    assert ann.sees("/why U99").splitlines()[-1].startswith("“U99”: no such rule;")
    assert ann.sees("/why Smythe").splitlines()[-1].startswith("/why: no such rule;")
    assert ann.sees("/sources R999").splitlines()[-1].startswith("“R999”: no such source;")
    assert ann.sees("/sources Smythe").splitlines()[-1].startswith("/sources: no such source;")
