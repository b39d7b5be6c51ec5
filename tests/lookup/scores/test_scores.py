"""The other calculators: ESCC, Tokuhashi, ASIA, ECOG, Karnofsky, calcium."""

from itertools import product

import pytest

from bot.flows.grammar import UNKNOWN
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.guidance.texts import STATUSES, sources
from bot.logic import tokuhashi as rule
from bot.logic.case import Case
from bot.lookup.scores.items import by_id, read_items, write_items
from bot.lookup.scores.remarks import remarks
from bot.lookup.scores.tokuhashi import tokuhashi_score
from tests.lookup.conftest import Person


def test_every_remark_cites_known_sources_and_has_a_status() -> None:
    for name, remark in remarks().items():
        assert remark.citations and set(remark.citations) <= set(sources()), name
        assert remark.status in STATUSES, name


@pytest.mark.parametrize("grade", ["0", "1a", "1b", "1c", "2", "3"])
def test_an_escc_grade_says_what_it_means_and_what_follows(ann: Person, grade: str) -> None:
    ann.types("/escc")
    (screen,) = ann.taps(grade)
    said = {block.heading: [line[0].text for line in block.lines] for block in screen.blocks}
    assert screen.blocks[0].lines[0][0].text == words_of(FLOW, "escc").meanings[grade]
    clock = "Definitive treatment: begin within 24 h of the first suspicion."
    without, signed = said["Without a cord sign"], said["With a cord sign"]
    assert any(clock in line for line in without) == (grade in "23")
    assert any(clock in line for line in signed) == (grade != "0")
    decided = {"0": ("D5", "D8"), "2": ("D1", "D1"), "3": ("D1", "D1")}.get(grade, ("D3", "D1"))
    for lines, expected in zip((without, signed), decided, strict=True):
        assert any(f"[{expected}: " in line for line in lines)
    assert "From L2 down there is no cord" in screen.plain()


@pytest.mark.slow
def test_tokuhashi_agrees_with_the_rule_for_every_exact_answer() -> None:
    score = tokuhashi_score()
    primaries = ("lung", "liver", "colon", "renal_cell", "rectum", "breast", UNKNOWN)
    for values in product(
        (10, 40, 50, 70, 80, 100, UNKNOWN), (0, 1, 2, 3, UNKNOWN), (1, 2, 3, UNKNOWN),
        ("unremovable", "removable", "none", UNKNOWN), primaries, ("A", "C", "E", UNKNOWN),
    ):  # fmt: skip
        given = by_id(score.items, values)
        expected = rule.score(Case.model_validate({"cancer": "known", **given}))
        assert expected is not None
        assert score.say_total(given).startswith(f"Revised Tokuhashi {expected.said} of 15: ")
        assert read_items(write_items(values), score.items) == values


@pytest.mark.parametrize(
    ("labels", "total"),
    [
        (("80–100", "0", "1", "None", "Breast, Prostate …", "E"), "15 of 15: a year or more"),
        (("10–40", "3", "3", "Not removable", "Lung, Osteosarc. …", "A–B"), "0 of 15: under 6"),
        (("50–70", "2", "2", "Removable", "Rectum", "C–D"), "9 of 15: 6 months or more"),
        (("50–70", "1", "2", "None", "Renal, Uterus", "C–D"), "9 of 15: 6 months or more"),
        (("80–100", "0", "1", "None", "All others", "E"), "12 of 15: a year or more"),
        (("80–100", "0", "1", "None", "Gallbladder, Liver …", "Not known"), "9–11 of 15: 6 months"),
    ],
)
def test_tokuhashi_in_six_taps(ann: Person, labels: tuple[str, ...], total: str) -> None:
    ann.types("/tokuhashi")
    for label in labels:
        ann.taps(label)
    assert ann.text.splitlines()[1].startswith(f"Revised Tokuhashi {total}")
    assert "About 60 % accurate: never a gate to treatment. Not validated on dialysis." in ann.text
    assert "Not for myeloma or lymphoma" in ann.text


@pytest.mark.parametrize("primary", ["Myeloma", "Lymphoma"])
def test_tokuhashi_does_not_apply_to_blood_cancer(ann: Person, primary: str) -> None:
    ann.types("/tokuhashi 70 0 1 none")
    ann.taps(primary)
    assert "does not apply" in ann.text and "of 15" not in ann.text
    assert [button.label for button in ann.buttons] == ["Back", "Start again"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/asia", "E: Power and feeling normal."),
        ("/asia c", "more than half of the key muscles cannot lift against gravity.\n"),
        ("/asia E", "[U9: CC; submitted]"),
        ("/asia C", "[U1: ART, R02; submitted]"),
        ("/asia D", "A single root alone is also D, but then not a cord sign."),
        ("/asia ecog", "4: Needs full care; in bed or chair all day."),
        ("/asia ECOG 2", "Cares for self, no work"),
        ("/asia kps 70", "Cares for self, cannot work."),
        ("/asia F", "ASIA: “F” is not one of them; allowed: A, B, C, D, E, not known"),
        ("/asia kps 75", "KPS: “75” is not one of them; allowed: 100, 90"),
        ("/asia ecog 9", "ECOG: “9” is not one of them; allowed: 0, 1, 2, 3, 4"),
        ("/escc 4", "ESCC: “4” is not one of them; allowed: 3, 2, 1c, 1b, 1a, 0"),
        ("/escc 2 3", "“3” is one too many; allowed: ESCC"),
        ("/tokuhashi 75", "Tokuhashi KPS: “75” is not one of them; allowed: 80–100, 50–70, 10–40"),
        ("/tokuhashi " + "<b>" * 900, "Tokuhashi KPS: that is not one of them; allowed"),
    ],
)
def test_scales_are_defined_and_what_is_not_on_them_is_refused(
    ann: Person, line: str, said: str
) -> None:
    assert said in ann.sees(line)


def test_the_scales_lead_to_each_other(ann: Person) -> None:
    ann.types("/asia")
    ann.taps("ECOG")
    ann.taps("3")
    assert "ECOG 3" in ann.text
    ann.taps("KPS")
    ann.taps("60")
    assert "Needs help now and then." in ann.text
    ann.taps("ASIA")
    assert [button.label for button in ann.buttons] == ["A", "B", "C", "D", "E", "ECOG", "KPS"]


@pytest.mark.parametrize(
    ("line", "adjusted", "failing", "otherwise"),
    [
        ("/calcium 1.98 30", "2.18", "B3", ""),
        ("/calcium 1,98 30", "2.18", "B3", ""),
        ("/calcium 1.98, 30", "2.18", "B3", ""),
        ("/calcium 1,98,30", "2.18", "B3", ""),
        ("/calcium 1.98 mmol/L 30 g/L", "2.18", "B3", ""),
        ("/calcium 1.98" + " " * 400 + "30", "2.18", "B3", ""),
        ("/calcium 2,30", "2.30", "", ""),
        ("/calcium 1.98", "1.98", "B3", "B3"),
        ("/calcium 2.10 40", "2.10", "B3", ""),
        ("/calcium 2.09 40", "2.09", "B3", "B3"),
        ("/calcium 2.20 40", "2.20", "", ""),
        ("/calcium 2.19 40", "2.19", "B3", ""),
        ("/calcium 2.65", "2.65", "", ""),
        ("/calcium 2.66", "2.66", "B5", "B5"),
        ("/calcium 2.105 40", "2.11", "B3", ""),
        ("/calcium 2.005 40", "2.01", "B3", "B3"),
        ("/calcium 2.5 25", "2.80", "B5", "B5"),
        ("/calcium 2.20 49", "2.02", "B3", "B3"),
    ],
)
def test_calcium_is_adjusted_and_held_against_the_cuts(
    ann: Person, line: str, adjusted: str, failing: str, otherwise: str
) -> None:
    (screen,) = ann.types(line)
    said = {block.heading: block.lines[0][0].text for block in screen.blocks}
    alone = f"Calcium {float(adjusted):g} mmol/L. Albumin, in g/L?"
    measured = f"Adjusted calcium: {adjusted} mmol/L"
    headline = screen.blocks[0].lines[0][0].text
    assert headline == (measured if ", albumin " in screen.plain() else alone)
    told_apart = ("On dialysis", "Kidneys failing, no dialysis")
    kidneys = told_apart if told_apart[0] in said else ("Kidneys failing or dialysis",)
    for heading, rule_id in (*((each, failing) for each in kidneys), ("Otherwise", otherwise)):
        if rule_id:
            assert f"[{rule_id}: " in said[heading]
        else:
            assert "no rule on calcium fires" in said[heading]


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("1.98 71", "albumin 5 to 70 g/L"),
        ("30 1.98", "calcium 0.5 to 5 mmol/L"),
        ("1.98 30 5", "calcium 0.5 to 5 mmol/L, then albumin 5 to 70 g/L"),
        ("7.9 mg", "calcium 0.5 to 5 mmol/L, then albumin 5 to 70 g/L"),
        ("John Smithe 9434765919", "calcium 0.5 to 5 mmol/L, then albumin 5 to 70 g/L"),
        ("2.1 g/L", "calcium 0.5 to 5 mmol/L, then albumin 5 to 70 g/L"),
        ("-2", "calcium 0.5 to 5 mmol/L"),
        ("1e5", "calcium 0.5 to 5 mmol/L"),
        ("nan", "calcium 0.5 to 5 mmol/L"),
        ("٢٫١", "calcium 0.5 to 5 mmol/L"),
        ("<b>2</b>", "calcium 0.5 to 5 mmol/L"),
        ("2" * 4000, "calcium 0.5 to 5 mmol/L"),
        ("\u202e2.1", "calcium 0.5 to 5 mmol/L"),
    ],
)
def test_a_calcium_that_is_none_is_refused_in_one_line(
    ann: Person, given: str, allowed: str
) -> None:
    (screen,) = ann.types(f"/calcium {given}")
    (line,) = screen.blocks[0].lines
    assert line[0].text.startswith("/calcium: ")
    assert f"; allowed: {allowed}" in line[0].text
    assert "9434" not in line[0].text and "Smithe" not in line[0].text
    assert "\u202e" not in line[0].text and len(line[0].text) < 130


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("7.9", "7.9 looks like mg/dL; here mmol/L, 0.5 to 5 (7.9 mg/dL is 1.98 mmol/L)"),
        ("7,9 30", "7.9 looks like mg/dL; here mmol/L, 0.5 to 5 (7.9 mg/dL is 1.98 mmol/L)"),
        ("9 mg/dL", "9 looks like mg/dL; here mmol/L, 0.5 to 5 (9 mg/dL is 2.25 mmol/L)"),
        ("1.98 3.0", "3.0 looks like g/dL; here g/L (30)"),
        ("1.98 3.25", "3.25 looks like g/dL; here g/L (32.5)"),
        ("1.98 3 g/dL", "3 looks like g/dL; here g/L (30)"),
    ],
)
def test_a_figure_in_another_unit_is_recognised(ann: Person, given: str, said: str) -> None:
    (screen,) = ann.types(f"/calcium {given}")
    assert screen.plain().splitlines()[1:] == [f"/calcium: {said}"]


def test_a_calcium_alone_asks_for_albumin_before_any_conclusion(ann: Person) -> None:
    said = ann.sees("/calcium 1.98")
    only_if = said.index(
        "If it is already adjusted:\n"
        "Kidneys failing or dialysis: low (under 2.20)\nOtherwise: low (under 2.10)"
    )
    assert said.index("Albumin, in g/L?") < only_if < said.index("[B3: ")


@pytest.mark.parametrize("line", ["/escc 2", "/sins T11 mechanical lytic normal none bilateral"])
def test_a_score_says_when_its_rules_hold(ann: Person, line: str) -> None:
    only = "Only with proven cancer and no infection suspected; otherwise /triage."
    assert only in ann.sees(line)


def test_tokuhashi_names_no_band_while_all_three_are_open(ann: Person) -> None:
    ann.types("/tokuhashi")
    heads = []
    for label in ("80–100", "0", "1", "None", "All others", "E"):
        ann.taps(label)
        heads.append(ann.text.splitlines()[1].partition(" of 15: "))
    assert [band for _, _, band in heads][:2] == ["no band yet", "no band yet"]
    assert heads[-1][2] == "a year or more"
    for head, _, band in heads:
        low, high = map(int, head.split()[-1].split("–")) if "–" in head else (12, 12)
        assert (band == "no band yet") == (low <= 8 and high >= 12), head


def test_what_is_no_item_is_not_said_again(ann: Person) -> None:
    for line in ("/sins Smithe", "/escc 9434765919", "/asia Smithe", "/tokuhashi Smithe"):
        said = ann.sees(line)
        assert "allowed: " in said and "Smithe" not in said and "9434" not in said
    assert "SMITHE" not in ann.sees("/asia C into smithe").upper()


def test_calcium_by_taps(ann: Person) -> None:
    ann.types("/calcium")
    assert "under 2.10 mmol/L, under 2.20 with failing kidneys" in ann.text
    ann.taps("2.1 mmol/L")
    assert "If it is already adjusted:" in ann.text
    ann.taps("30 g/L")
    assert "Adjusted calcium: 2.30 mmol/L" in ann.text
    ann.taps("Start again")
    assert "Total calcium, in mmol/L?" in ann.text
