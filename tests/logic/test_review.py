"""An approval covers the approved words, and lapses when they change."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.guidance import texts
from bot.logic import drugs, library, text_files
from bot.logic.review import status_of, text_hash
from bot.logic.text_files import WordsError
from bot.review.pathway_pages import entries

DAY = date(2026, 11, 30)


def approved(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"status": "approved", "approved": text_hash(entry), "approved_on": DAY}


@pytest.fixture
def steroid() -> dict[str, Any]:
    found: dict[str, Any] = entries("steroid.toml")["D1"]
    return found


def test_an_approval_of_these_words_holds(steroid: dict[str, Any]) -> None:
    assert status_of(steroid) == "submitted"
    assert status_of(approved(steroid)) == "approved"
    assert status_of(steroid | {"status": "under_review"}) == "under_review"


@pytest.mark.parametrize("key", ["when", "text", "card", "before_mri"])
def test_a_changed_sentence_is_submitted_again(steroid: dict[str, Any], key: str) -> None:
    changed = approved(steroid) | {key: steroid[key].replace("a", "e", 1)}
    assert changed[key] != steroid[key]
    assert status_of(changed) == "submitted"


def test_a_changed_citation_and_a_new_note_are_submitted_again(steroid: dict[str, Any]) -> None:
    assert status_of(approved(steroid) | {"citations": ["ART"]}) == "submitted"
    assert status_of(approved(steroid) | {"renal": "Less."}) == "submitted"


def test_words_that_change_back_are_approved_again(steroid: dict[str, Any]) -> None:
    changed = approved(steroid) | {"text": "Other words."}
    assert status_of(changed | {"text": steroid["text"]}) == "approved"


@pytest.mark.parametrize("key", ["approved", "approved_on"])
def test_an_approval_needs_the_hash_and_the_day(steroid: dict[str, Any], key: str) -> None:
    entry = approved(steroid)
    del entry[key]
    assert status_of(entry) == "submitted"
    assert status_of(approved(steroid) | {"approved_on": "soon"}) == "submitted"


def test_the_order_of_the_keys_does_not_matter(steroid: dict[str, Any]) -> None:
    assert text_hash(dict(reversed(steroid.items()))) == text_hash(steroid)
    assert len(text_hash(steroid)) == 12


def test_guidance_is_loaded_with_the_status_that_holds(steroid: dict[str, Any]) -> None:
    entry = texts._read("D1", "steroid", approved(steroid))
    assert (entry.status, entry.approved_on) == ("approved", DAY)
    changed = texts._read("D1", "steroid", approved(steroid) | {"text": "Other."})
    assert (changed.status, changed.approved_on) == ("submitted", DAY)
    assert not {"when", "approved", "submitted_on"} & set(entry.sentences)


def test_a_text_without_its_condition_or_day_stops_the_start(steroid: dict[str, Any]) -> None:
    for key in ("when", "submitted_on"):
        lacking = {name: value for name, value in steroid.items() if name != key}
        with pytest.raises(WordsError, match=rf"steroid\.toml: D1: {key} missing"):
            texts._read("D1", "steroid", lacking)
    with pytest.raises(WordsError, match="approved_on; allowed: a day"):
        texts._read("D1", "steroid", approved(steroid) | {"approved_on": "soon"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the drug table and the library are read from."""
    monkeypatch.setattr(text_files, "files", lambda _: tmp_path)
    drugs.drugs.cache_clear()
    library.library.cache_clear()
    yield tmp_path
    drugs.drugs.cache_clear()
    library.library.cache_clear()


def test_drugs_and_library_are_loaded_with_the_status_that_holds(folder: Path) -> None:
    """The same row twice: once with its own hash, once with the hash of other words."""
    row = {"name": "A", "names": ["B"], "class": "C", "verdict": "ok", "dose": "1", "why": "W"}
    passage = {"chapter": "C", "title": "T", "words": ["w"], "text": "S"}
    for file, entry in (("drugs.toml", row), ("library.toml", passage)):
        cited = entry | {"citations": ["ART"]}
        lines = "\n".join(f"{key} = {value!r}" for key, value in cited.items())
        review = 'status = "approved"\napproved_on = 2026-11-30\n'
        good, bad = text_hash(cited), "0" * 12
        (folder / file).write_text(
            f'[good]\n{lines}\n{review}approved = "{good}"\n'
            f'[bad]\n{lines}\n{review}approved = "{bad}"\n',
            "utf-8",
        )
    for loaded in (drugs.drugs(), library.library()):
        assert {id: entry.status for id, entry in loaded.items()} == {  # type: ignore[attr-defined]
            "good": "approved",
            "bad": "submitted",
        }
