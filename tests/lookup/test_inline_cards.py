"""The cards for any chat: static, complete, at most eight."""

import pytest

from bot.adapters.telegram.outbox.drawing import draw_html
from bot.logic.urgency import POLICIES, Policy
from bot.lookup.inline_cards import MOST_CARDS, inline_cards
from bot.lookup.mri.table import presentations
from bot.lookup.search.entries import entries


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("typed", ["", "  ", "mri", " MRI "])
def test_nothing_typed_gives_the_mri_table(typed: str, policy: Policy) -> None:
    cards = inline_cards(typed, policy)
    rows = list(presentations().values())
    assert [card.title for card in cards] == [f"MRI: {row.title}" for row in rows]
    for card, row in zip(cards, rows, strict=True):
        assert card.description == row.limit(policy)
        assert all(other in card.screen.plain() for other in row.others(policy))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sins", "SINS"),
        ("dex", "Dexamethasone: OK on haemodialysis"),
        ("denosumab 60 mg", "Denosumab 60 mg: AVOID on haemodialysis"),
        ("xgeva", "Denosumab 120 mg: CAUTION on haemodialysis"),
        ("prolia", "Denosumab 60 mg: AVOID on haemodialysis"),
        ("zometa", "Zoledronic acid 4 mg: AVOID on haemodialysis"),
        ("aclasta", "Zoledronic acid 5 mg: AVOID on haemodialysis"),
        ("mri cauda equina", "MRI: Cauda equina suspected"),
        ("67M prostate, legs weak 2/7", "MRI: Cord compression suspected"),
        ("numb bum, zxqv", "MRI: Cauda equina suspected"),
        ("oramorph", "Morphine: AVOID on haemodialysis"),
    ],
)
def test_words_give_the_best_card_first(typed: str, first: str) -> None:
    cards = inline_cards(typed, "stepwise")
    assert cards[0].title.startswith(first)
    assert 1 <= len(cards) <= MOST_CARDS
    assert len({card.id for card in cards}) == len(cards)


@pytest.mark.parametrize("typed", ["qwertz uiop", "😀", "\u202eqwertz", "x" * 4000, "<b>&"])
def test_nonsense_gives_no_card(typed: str) -> None:
    assert inline_cards(typed, "stepwise") == ()


def test_half_a_line_gives_no_long_limit_first() -> None:
    assert inline_cards("back pain", "stepwise")[0].id == "mri:back_pain"
    half = inline_cards("back pain zxqv wvut", "stepwise")
    assert [each.id for each in half][:1] != ["mri:back_pain"]


def test_every_card_stands_alone_and_fits() -> None:
    for entry in entries("stepwise").values():
        for card in inline_cards(entry.heading, "stepwise"):
            assert len(card.id.encode()) <= 64
            assert 0 < len(card.description) <= 100 and "\n" not in card.description
            assert not card.screen.rows
            assert len(draw_html(card.screen)) < 4000
            assert card.screen.plain().endswith("check local guidance.")


def test_rules_of_the_plan_and_sources_are_never_cards() -> None:
    kinds = {
        card.id.partition(":")[0]
        for entry in entries("stepwise").values()
        for card in inline_cards(entry.heading, "stepwise")
    }
    assert kinds == {"mri", "passage", "drug", "term"}
