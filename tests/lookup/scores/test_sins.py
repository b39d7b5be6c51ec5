"""/sins: every combination agrees with the rule, in six taps or at most seven; words; bad input."""

from itertools import product

import pytest

from bot.flows.grammar import UNKNOWN
from bot.logic import sins as rule
from bot.logic.case import Lesion
from bot.lookup.scores.items import by_id, read_items, write_items
from bot.lookup.scores.sins import sins_score
from tests.conftest import NOON
from tests.dialogue import ask
from tests.limits import assert_fits
from tests.lookup.conftest import Person

LEVELS_BY_POINTS = {3: "T11", 2: "L3", 1: "T6", 0: "S3"}
VALUES = {
    "level": ("T11", "L3", "T6", "S3", UNKNOWN),
    "pain": ("mechanical", "non_mechanical", "none", UNKNOWN),
    "bone": ("lytic", "mixed", "blastic", UNKNOWN),
    "alignment": ("subluxation", "deformity", "normal", UNKNOWN),
    "collapse": ("ge50", "lt50", "none_gt50_involved", "none", UNKNOWN),
    "posterolateral": ("bilateral", "unilateral", "none", UNKNOWN),
}


def test_every_combination_agrees_with_the_rule() -> None:
    score = sins_score()
    for values in product(*VALUES.values()):
        assert read_items(write_items(values), score.items) == values
        given = by_id(score.items, values)
        expected = rule.score(Lesion.model_validate(dict(given)))
        said = score.say_total(given)
        assert said.startswith(f"SINS {expected.said} of 18: ")
        if expected.category:
            assert said.endswith(f": {expected.category.replace('_', ' ')}")
        else:
            assert " to " in said


def test_every_level_scores_as_the_rule_has_it() -> None:
    score = sins_score()
    for level, points in rule.POINTS["level"].items():
        assert list(score.lines((level,))) == [f"Level: {level} – {points}"]


def test_six_taps_give_the_total_and_the_range_runs_with_each(ann: Person) -> None:
    (first,) = ann.types("/sins")
    assert [len(row) for row in first.rows] == [6, 6, 6, 6, 6, 1]
    shown = []
    for label in ("T11", "Mechanical", "Lytic", "New deformity", "50 % or more", "One side"):
        ann.taps(label)
        shown.append(ann.text.splitlines()[1])
    assert shown == [
        "SINS 3–18 of 18: stable to unstable",
        "SINS 6–18 of 18: stable to unstable",
        "SINS 8–18 of 18: potentially unstable to unstable",
        "SINS 10–16 of 18: potentially unstable to unstable",
        "SINS 13–16 of 18: unstable",
        "SINS 14 of 18: unstable",
    ]
    for line in (
        "Level: T11 – 3",
        "Pain: Mechanical – 3",
        "Bone: Lytic – 2",
        "Alignment: New deformity – 2",
        "Collapse: 50 % or more – 3",
        "Posterolateral: One side – 1",
        "Spinal surgeon: urgent evaluation. [S3: ART, R70, R71; submitted]",
        "SINS ignores neurology and never lowers urgency",
        "κ 0.244",
        "R74 Journal of Clinical Oncology",
    ):
        assert line in ann.text


def test_not_known_everywhere_says_what_each_item_would_change(ann: Person) -> None:
    ann.types("/sins")
    for _ in range(6):
        ann.taps("Not known")
    assert "SINS 0–18 of 18: stable to unstable" in ann.text
    assert "Alignment: Subluxation → 4–18; New deformity → 2–16; Normal → 0–14" in ann.text
    ann.types("/sins T11,mechanical,lytic,normal,none,?")
    assert "SINS 8–11 of 18: potentially unstable" in ann.text
    assert "Posterolateral: Both sides → 11; One side → 9; None → 8" in ann.text
    ann.types("/sins T11,mechanical,lytic,deformity,lt50,?")
    assert "Both sides → 15, unstable; One side → 13, unstable; None → 12, potentially" in ann.text


def test_back_takes_one_item_back_and_start_again_all(ann: Person) -> None:
    ann.types("/sins T11 mechanical")
    ann.taps("Back")
    assert ask("pain") in ann.text
    ann.taps("Not mechanical")
    assert "SINS 4–16 of 18" in ann.text
    ann.taps("Start again")
    assert ask("level") in ann.text and "of 18" not in ann.text


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("/sins T11 mechanical lytic normal none bilateral", "11 of 18"),
        ("/sins t11, Mechanical, LYTIC, normal, 50 % or more, both sides", "14 of 18"),
        ("/sins T11 not mechanical mixed new deformity under 50 % one side", "10 of 18"),
        ("/sins T11 non mechanical mixed normal none none", "5 of 18"),
        ("/sins T11" + " " * 400 + "mechanical", "6–18 of 18"),
        ("/sins T11 mech lyt sublux", "12–18 of 18"),
        ("/sins C0", "3–18 of 18"),
        ("/sins ? not known unknown", "0–18 of 18"),
    ],
)
def test_typed_words_fill_the_items_in_order(ann: Person, line: str, total: str) -> None:
    assert f"SINS {total}" in ann.sees(line)


@pytest.mark.parametrize(
    "given",
    ["X9", "T11 banana", "T11 mechanical lytic normal none none more", "<b>&amp;", "🙂",
     "T11,,lytic", "\u202eT11", "9" * 4000, "T11 " * 1000,
     "T11,mechanical,lytic,normal,none,none into"],
)  # fmt: skip
def test_bad_input_gets_one_line_and_nothing_breaks(ann: Person, given: str) -> None:
    (screen,) = ann.types(f"/sins {given}")
    (line,) = screen.blocks[0].lines
    assert line[0].text.startswith("SINS ")
    assert "allowed: " in line[0].text
    assert len(line[0].text) < 160 and "\u202e" not in line[0].text


def test_the_fullest_card_keeps_telegrams_limits_and_nothing_is_stored(ann: Person) -> None:
    for screen in ann.types("/sins ?,?,?,?,?,?"):
        assert_fits(screen)
    assert ann.service.store.cases.active("chat") is None
    assert ann.service.store.cases.listed("chat", NOON) == []


def test_a_radiology_sentence_fills_the_items_and_what_it_does_not_say_stays_open(
    ann: Person,
) -> None:
    (screen,) = ann.types("/sins T9 lytic, 60 % collapse, both pedicles, ESCC 2")
    said = screen.plain()
    assert "SINS 9–16 of 18: potentially unstable to unstable" in said
    assert "Pain: not known" in said and "Alignment: not known" in said
    (two,) = ann.types("/sins T9 lytic, T11 blastic with collapse")
    assert "SINS" in two.plain() and "of 18" not in two.plain()
