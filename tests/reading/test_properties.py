"""What holds for every line: no finding lowers the urgency, a denial is never a finding."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.logic.case_input import read_case
from bot.logic.urgency import LEVELS
from bot.reading.reader import FIELDS, LISTS, read
from bot.reading.titles import name_at
from bot.reading.vocabulary import vocabulary
from tests.reading.test_lines import same
from tests.reading.test_lines_form import LINES, Line, each_line, level

FINDINGS = (
    "legs weak", "numb bum", "in retention", "off legs", "sensory level T6", "back pain",
    "sciatica", "fever", "brisk reflexes", "incontinent", "Lhermitte positive",
)  # fmt: skip
DENIALS = ("no {}", "denies {}", "without {}", "{} denied", "no fever or {}", "nil {}")
SIGNS = {
    "leg weakness": "weakness", "gait disturbance": "gait", "sensory level": "sensory_level",
    "saddle numbness": "saddle_anaesthesia", "incontinence": "bladder", "retention": "bladder",
    "bladder problems": "bladder", "bowel problems": "bowel", "clonus": "umn_signs",
    "hyperreflexia": "umn_signs", "Lhermitte": "lhermitte", "paraparesis": "weakness",
    "unsteadiness": "gait", "falls": "gait", "faecal incontinence": "bowel",
}  # fmt: skip
# Parts that say nothing of each other; two may share a line in any order.
PARTS = (
    "breast ca with bone mets", "back pain 3/52", "legs weak 2/7", "numb bum", "HD MWF", "K 6.1",
    "on apixaban", "foot drop 4/7", "CRP 140", "T9 lytic", "eGFR 22", "walks with a frame",
    "67M", "sciatica R", "PVR 600", "reflexes brisk", "aspirin 75", "ECOG 2", "MRI tomorrow",
)  # fmt: skip
NOT_LISTED = re.compile(
    r"\b(no|not|nil|without|denies|denied|neg|nor|neither)\b|-ve", re.IGNORECASE
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALL_WORDS = tuple(sorted({*vocabulary().words, *vocabulary().slips}))
KNOWN_WORDS = (*ALL_WORDS, *sorted(vocabulary().harmless | vocabulary().skipped))


def equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(
        same(value, other[field], field) for field, value in one.items()
    )


def urgency(text: str) -> int:
    return LEVELS.index(level(read(text).fields))


@each_line
def test_capitals_and_a_full_stop_change_nothing(line: Line) -> None:
    fields = read(line["text"]).fields
    for changed in (line["text"].upper(), line["text"].lower(), f"{line['text']}."):
        assert equal(read(changed).fields, fields)


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_finding_never_lowers_the_urgency(finding: str) -> None:
    lower = [
        text
        for line in LINES
        for text in (f"{line['text']}, {finding}", f"{finding}. {line['text']}")
        if urgency(text) < urgency(line["text"])
    ]
    assert lower == []


@settings(deadline=None, max_examples=150)
@given(st.permutations(PARTS).map(lambda parts: parts[:6]), st.randoms())
def test_the_order_of_the_parts_changes_nothing(parts: list[str], random: Any) -> None:
    other = parts[:]
    random.shuffle(other)
    assert equal(read(", ".join(parts)).fields, read(", ".join(other)).fields)


@each_line
def test_the_order_of_the_parts_of_a_line_changes_no_sign(line: Line) -> None:
    """Without a denial, what is found as a sign is found in any order."""
    if NOT_LISTED.search(line["text"]) or re.search(r"[.;:?(]|\d,\d|but", line["text"]):
        return
    parts = line["text"].split(", ")
    fields, turned = read(line["text"]).fields, read(", ".join(reversed(parts))).fields
    assert set(fields.get("cord_signs", ())) == set(turned.get("cord_signs", ()))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("denial", DENIALS)
def test_a_denied_sign_is_never_there(denial: str, sign: str) -> None:
    reading = read(denial.format(sign))
    assert "cord_signs" not in reading.fields
    assert SIGNS[sign] in reading.denied


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(tuple(SIGNS)), min_size=2, max_size=5, unique=True))
def test_a_closed_list_is_denied_as_a_whole(signs: list[str]) -> None:
    *most, last = signs
    reading = read(f"no {', '.join(most)} or {last}, breast ca")
    assert reading.fields == {"cancer": "known", "primary": "breast"} or reading.fields == {
        "cancer": "known", "primary": "breast", "radicular_deficit": "none",
    }  # fmt: skip
    assert {SIGNS[sign] for sign in signs} <= set(reading.denied)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.text(LETTERS, min_size=4, max_size=14), min_size=1, max_size=5))
def test_unknown_words_fill_no_field(words: list[str]) -> None:
    """A word two letters from every known one is never taken for it, and is counted.

    A title takes the word behind it for a name.
    """
    known = vocabulary()
    far = [
        word
        for word in words
        if word not in known.harmless | known.skipped
        and not name_at([word, "sampleton"], 0)
        and not any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in KNOWN_WORDS)
    ]
    reading = read(" ".join(far))
    assert reading.fields == {} and reading.denied == ()
    assert reading.unread == len(far)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=120) | st.lists(st.sampled_from(ALL_WORDS), max_size=14).map(" ".join))
def test_anything_typed_gives_a_case(text: str) -> None:
    reading = read(text)
    read_case(reading.fields)
    assert reading.fields.keys() <= set(FIELDS)
    assert reading == read(text)
    for found in reading.found:
        start, end = found.span
        assert text[start:end] == found.words


@each_line
def test_each_value_says_which_words_it_came_from(line: Line) -> None:
    reading = read(line["text"])
    assert {found.field for found in reading.found} >= reading.fields.keys()
    for field in reading.fields.keys() & LISTS.keys():
        said = {one for found in reading.found if found.field == field for one in found.value}
        assert said == set(reading.fields[field])
    assert all(found.words in line["text"] for found in reading.found)
