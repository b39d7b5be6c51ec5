"""Typed text is folded to plain words."""

import pytest

from bot.lookup.search.folding import LONGEST_TYPED, fold, fold_typed, squeeze
from bot.lookup.search.synonyms import concepts, normal


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Zométa,  ", "zometa"),
        ("CO-codamol", "co codamol"),
        ("Batson's plexus", "batsons plexus"),
        ("\u200fmorphine\u200e", "morphine"),
        ("zero\u200bwidth", "zerowidth"),
        ("<b>dex</b>", "b dex b"),
        ("\u202edex\u202c 😀", "dex"),
        ("ﬁrst", "first"),
        ("…!?", ""),
        ("6,5 or 6.5, 10–20", "6.5 or 6.5 10 20"),
    ],
)
def test_case_accents_marks_and_punctuation_do_not_count(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_only_the_beginning_of_a_long_line_is_looked_at() -> None:
    assert fold_typed("a" * 4000) == "a" * LONGEST_TYPED


def test_a_name_is_the_same_with_and_without_its_hyphen() -> None:
    assert {squeeze(fold(each)) for each in ("Co-codamol", "co codamol", "COCODAMOL")} == {
        "cocodamol"
    }


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haemodialysis", "hemodialysis"),
        ("tumour", "tumor"),
        ("oedema", "edema"),
        ("immobilisation", "immobilization"),
        ("stabilise", "stabilize"),
        ("sulphate", "sulfate"),
        ("fractions", "fraction"),
    ],
)
def test_both_spellings_are_one(british: str, american: str) -> None:
    assert normal(british) == normal(american)


def test_singulars_that_end_like_plurals_stay() -> None:
    assert [normal(each) for each in ("abscess", "plexus", "dialysis")] == [
        "abscess", "plexus", "dialysis",
    ]  # fmt: skip


def test_the_longest_phrase_wins() -> None:
    words = [normal(each) for each in ("metastatic", "spinal", "cord", "compression", "now")]
    assert [(place, length) for place, length, _ in concepts(words)] == [(0, 4)]
