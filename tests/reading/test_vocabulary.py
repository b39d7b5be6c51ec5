"""The vocabulary is well formed: every file is loaded, nothing in it contradicts itself."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import bot.reading
from bot.identifiers.identifiers import leave_out
from bot.logic.drugs import drugs
from bot.reading import typing_errors
from bot.reading.kinds import ATTRIBUTES, ITEMS
from bot.reading.reader import read
from bot.reading.tokens import cut
from bot.reading.vocabulary import OWN, TOPICS, vocabulary

FOLDER = Path(bot.reading.__file__).parent
THINNERS = {
    "unfractionated_heparin": "heparin",
    "low_molecular_weight_heparin": "heparin",
    "apixaban": "doac",
    "rivaroxaban": "doac",
    "dabigatran": "doac",
    "edoxaban": "doac",
    "warfarin": "warfarin",
    "aspirin": "antiplatelet",
    "clopidogrel": "antiplatelet",
}
# Words that a phrase may begin with or consist of although they mean something else alone.
OPPOSITES = (("neg", "normal"), ("pain_free", "pain"), ("walking_lost", "walking"))


def test_every_file_is_a_topic() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*TOPICS, OWN}


@pytest.mark.parametrize("topic", TOPICS)
def test_phrases_are_lower_case_and_come_once(topic: str) -> None:
    table = tomllib.loads((FOLDER / f"{topic}.toml").read_text("utf-8"))
    for values in table.values():
        for phrases in values.values():
            listed = [" ".join(each.split()) for each in phrases.split(",")]
            assert phrases == phrases.lower()
            assert all(listed)
            assert sorted(set(listed)) == sorted(listed)


def test_no_word_is_harmless_and_has_a_meaning_of_its_own_in_a_case() -> None:
    known = vocabulary()
    meant = {
        word
        for word in known.harmless
        if {m.kind for m in known.meanings(word)} & (ITEMS - ATTRIBUTES - {"other", "lab", "scan"})
    }
    assert meant <= {"pain", "painful", "ache", "prostate", "due", "renal", "long", "low", "once"}


def test_a_known_slip_is_no_word_and_leads_to_one() -> None:
    known = vocabulary()
    assert {slip for slip in known.slips if slip in known.words} == set()
    assert all(known.slips[slip] in known.words | known.skipped for slip in known.slips)


def test_an_everyday_word_is_never_mended() -> None:
    assert vocabulary().no_errors & vocabulary().words == set()


def test_no_word_is_listed_that_would_not_be_mended_or_left_out_anyway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = vocabulary()
    assert known.harmless & known.skipped == set()
    monkeypatch.setattr(typing_errors, "vocabulary", lambda: replace(known, no_errors=frozenset()))
    needless = {w for w in known.no_errors if typing_errors.as_meant(cut(w)) == [w]}
    assert needless == set()
    monkeypatch.setattr(typing_errors, "vocabulary", lambda: replace(known, slips={}))
    needless = {w for w, meant in known.slips.items() if typing_errors.as_meant(cut(w)) == [meant]}
    assert needless == set()


@pytest.mark.parametrize("pair", OPPOSITES)
def test_no_word_says_two_opposite_things(pair: tuple[str, str]) -> None:
    one, other = pair
    found = {
        word
        for word, meanings in vocabulary().single.items()
        if {one, other} <= {meaning.kind for meaning in meanings}
    }
    assert found == set()


def test_no_phrase_is_only_a_number_once_articles_are_left_out() -> None:
    known = vocabulary()
    phrases = [(word,) for word in known.words] + [
        p for each in known.longer.values() for p, _ in each
    ]
    alone = {phrase for phrase in phrases if all(not word.isalpha() for word in phrase)}
    assert {
        phrase for phrase in alone if any(w.isdigit() for w in phrase) and known.meanings(phrase[0])
    } == set()


def test_the_drug_table_has_these_blood_thinners() -> None:
    kinds = {"Heparin", "Oral anticoagulant", "Antiplatelet"}
    assert {id for id, drug in drugs().items() if drug.kind in kinds} == set(THINNERS)


@pytest.mark.parametrize("id", THINNERS)
def test_every_name_of_a_blood_thinner_in_the_drug_table_is_read(id: str) -> None:
    drug = drugs()[id]
    readings = {name: read(f"{name}, LBP") for name in (drug.name, *drug.names, *drug.shared)}
    given = {name: reading.fields.get("blood_thinners") for name, reading in readings.items()}
    assert {name: classes for name, classes in given.items() if classes != [THINNERS[id]]} == {}
    assert {
        name: reading.unread_words for name, reading in readings.items() if reading.unread
    } == {}


def test_no_name_of_a_blood_thinner_is_taken_for_a_person() -> None:
    table = tomllib.loads((FOLDER / "blood_thinners.toml").read_text("utf-8"))["thinner"]
    names = [name.strip().title() for names in table.values() for name in names.split(",")]
    typed = [f"67M on {name}, legs weak" for name in names]
    assert [line for line in typed if leave_out(line, date(2026, 11, 22)).text != line] == []
