"""/calcium: what it queries, the dangerous levels, and the kidney function it was given."""

import pytest

from bot.lookup.scores.calcium_line import read_line
from bot.lookup.scores.items import NotRead
from tests.dialogue import asked
from tests.flows.test_implausible import line_for
from tests.lookup.conftest import CHAT, Person


def lead(ann: Person, line: str) -> str:
    (screen,) = ann.types(line)
    return "".join(part.text for part in screen.blocks[0].lines[0])


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        ("/calcium 1.2", "1.2 mmol/L: is that ionised calcium? Only total calcium is adjusted."),
        ("/calcium 1.2 mmol/L", "1.2 mmol/L: is that ionised calcium?"),
        ("/calcium 1.2 30", "1.2 mmol/L: is that ionised calcium?"),
        ("/calcium 1.59 30 dialysis", "1.59 mmol/L: is that ionised calcium?"),
        ("/calcium 4.6", "4.6: in mmol/L? It looks like mEq/L."),
        ("/calcium 3.81 40", "3.81: in mmol/L? It looks like mEq/L."),
        ("/calcium 4.6 5.1", "4.6: in mmol/L? It looks like mEq/L."),
        ("/calcium 5.2", "5.2: in mEq/L or mg/dL? Too high for mmol/L."),
        ("/calcium 2.3 5.1", "Albumin 5.1: in g/L? In g/dL it is 51 g/L."),
        ("/calcium 2.3 9.9", "Albumin 9.9: in g/L? In g/dL it is 99 g/L."),
    ],
)
def test_what_may_be_another_unit_or_ionised_is_asked_back(
    ann: Person, line: str, ask: str
) -> None:
    assert lead(ann, line).startswith(ask)
    assert "Adjusted calcium: " not in ann.text and "[B" not in ann.text


@pytest.mark.parametrize(
    "line",
    ["1.6", "1.6 30", "3.8", "3.8 40", "2.3 10", "1.2 total", "4.6 mmol/L", "2.3 5.1 g/L"],
)
def test_what_is_plain_or_was_confirmed_is_not_asked_back(ann: Person, line: str) -> None:
    assert lead(ann, f"/calcium {line}").startswith(("Adjusted calcium: ", "Calcium "))


@pytest.mark.parametrize("by", ["button", "typing"])
@pytest.mark.parametrize(
    ("line", "label", "types", "then"),
    [
        ("/calcium 1.2 40", "Total 1.2 mmol/L", "total", "Adjusted calcium: 1.20 mmol/L"),
        ("/calcium 1.2 40", "Ionised", "ionised", "Ionised calcium 1.2: not entered as total"),
        ("/calcium 4.6 40", "4.6 mmol/L", "mmol/l", "Adjusted calcium: 4.60 mmol/L"),
        ("/calcium 4.6", "Ionised", "iCa", "Ionised calcium 4.6: not entered as total"),
        ("/calcium 2.3 5.1", "5.1 g/L", "g/l", "Adjusted calcium: 3.00 mmol/L"),
    ],
)
def test_what_was_asked_back_is_answered_by_a_button_or_by_typing(
    ann: Person, line: str, label: str, types: str, then: str, by: str
) -> None:
    ann.types(line)
    (screen,) = ann.taps(label) if by == "button" else ann.types(types)
    assert "".join(part.text for part in screen.blocks[0].lines[0]).startswith(then)


def test_calcium_and_albumin_in_other_units_are_asked_one_after_the_other(ann: Person) -> None:
    ann.types("/calcium 4.6 5.1 dialysis")
    ann.taps("mEq/L: 2.30 mmol/L")
    ann.taps("51 g/L")
    assert "Adjusted calcium: 2.08 mmol/L" in ann.text
    assert "Lower figure 2.08, upper figure 2.30 mmol/L" in ann.text
    ann.types("/calcium 5.2")
    ann.taps("mg/dL: 1.30 mmol/L")
    assert "1.30 mmol/L: is that ionised calcium?" in ann.text


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("1.89 40", "B7 B3"),
        ("1.90 40", "B3"),
        ("2.99 40", "B5"),
        ("3.00 40", "B8 B5"),
        ("1.80 30 dialysis", "B7 B3"),
        ("1.80 30 normal kidneys", "B3"),
        ("2.80 30 dialysis", "B8 B5"),
        ("3.10 46 egfr 22", "B8 B5"),
        ("3.10 46", "B8 B5"),
    ],
)
def test_the_dangerous_levels_come_first(ann: Person, line: str, rules: str) -> None:
    (screen,) = ann.types(f"/calcium {line}")
    headed = [block for block in screen.blocks if block.heading and block.heading != "Sources"]
    said = [part[0].text.rpartition("[")[2].partition(":")[0] for part in headed[0].lines]
    assert [each for each in said if each.startswith("B")] == rules.split()


@pytest.mark.parametrize(
    ("kidneys", "heading", "said", "unsaid"),
    [
        ("dialysis", "Kidneys – Haemodialysis", "low-calcium dialysate", "Fluids IV"),
        ("PD", "Kidneys – Peritoneal dialysis", "low-calcium dialysate", "Fluids IV"),
        ("egfr 22", "Kidneys – eGFR 22", "Nephrology before any fluids", "Fluids IV"),
        ("ckd", "Kidneys – Chronic disease", "Nephrology before any fluids", "Fluids IV"),
        ("egfr 80", "Kidneys – eGFR 80", "Fluids IV", "Nephrology before any fluids"),
        ("normal kidneys", "Kidneys – Normal", "Fluids IV", "dialysate"),
    ],
)
def test_it_speaks_of_the_kidneys_that_were_typed_alone(
    ann: Person, kidneys: str, heading: str, said: str, unsaid: str
) -> None:
    shown = ann.sees(f"/calcium 3.1 40 {kidneys}")
    assert heading in shown
    assert said in shown and unsaid not in shown
    assert "Otherwise" not in shown


def test_without_kidneys_every_kind_is_said(ann: Person) -> None:
    shown = ann.sees("/calcium 3.1 40")
    for heading in ("On dialysis", "Kidneys failing, no dialysis", "Otherwise"):
        assert f"{heading}" in shown


def at_calcium(ann: Person, renal: str) -> str:
    """Take a case to its question for calcium; return its code."""
    ann.types("/triage")
    service = ann.service
    while (key := asked(service)) != "calcium":
        ann.types(renal if key == "renal" else line_for(key))
        if any(button.label == "Yes, that is it" for button in ann.buttons):
            ann.taps("Yes, that is it")
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case.code


def test_it_speaks_of_the_kidneys_of_the_open_case(ann: Person) -> None:
    code = at_calcium(ann, "Peritoneal dialysis")
    shown = ann.sees("/calcium 3.1 40")
    assert f"Kidneys – Peritoneal dialysis ({code})" in shown
    assert "low-calcium dialysate" in shown and "Fluids IV" not in shown
    assert "Kidneys – eGFR 80" in ann.sees("/calcium 3.1 40 egfr 80")


def test_a_confirmed_total_goes_into_the_case_and_an_ionised_one_does_not(ann: Person) -> None:
    code = at_calcium(ann, "Haemodialysis")
    ann.types("/calcium 1.2 30")
    ann.taps("Ionised")
    assert f"Put into {code}" not in [button.label for button in ann.buttons]
    ann.types("/calcium 1.2 30")
    ann.taps("Total 1.2 mmol/L")
    ann.taps(f"Put into {code}")
    case = ann.service.store.cases.active(CHAT)
    assert case is not None
    assert (case.latest["calcium"], case.latest["albumin"]) == (1.2, 30)


@pytest.mark.parametrize(
    ("line", "again"),
    [
        ("ca 1.98 alb 30", "1.98 30"),
        ("alb 30 ca 1.98", "1.98 30"),
        ("30 g/l ca 1.98", "1.98 30 g/l"),
        ("1,98 30 HD", "1.98 30 haemodialysis"),
        ("2.3 ckd egfr 25", "2.3 kidneys failing egfr 25"),
        ("1.2 corrected", "1.2 total"),
    ],
)
def test_a_line_is_written_as_it_was_read(line: str, again: str) -> None:
    allowed = "calcium"
    assert str(read_line(line, allowed)) == again
    assert read_line(again, allowed) == read_line(line, allowed)


@pytest.mark.parametrize("line", ["30 g/l", "ca 2 ca 3", "2.3 30 40", "2.3 mEq of it", "ca 2 g/l"])
def test_a_line_that_says_too_much_or_too_little_is_refused(line: str) -> None:
    with pytest.raises(NotRead, match="not read; allowed: calcium"):
        read_line(line, "calcium")
