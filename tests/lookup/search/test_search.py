"""The search finds what a clinician means, and nothing for nonsense."""

import pytest

from bot.logic.urgency import POLICIES
from bot.lookup.search.chapters import number_of
from bot.lookup.search.entries import entries
from bot.lookup.search.search import Found, index


def search(typed: str) -> Found:
    return index("stepwise").search(typed)


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("dex before MRI", "passage:dexamethasone_start"),
        ("sins", "SINS"),
        ("SINS items", "SINS: the six items"),
        ("bilsky grades", "Bilsky"),
        ("tokuhashi survival", "Survival by Tokuhashi"),
        ("zometa creatinine limit", "Zoledronic acid: renal limit"),
        ("gadolinium on HD", "Gadolinium"),
        ("denosumab dialysis", "Denosumab on dialysis"),
        ("gabapentin dose", "Gabapentin: ADJUST"),
        ("MSCC mri how soon", "MRI: Cord compression"),
        ("leg weakness", "MRI: Cord compression"),
        ("off legs", "MRI: Cord compression"),
        ("cauda equina mri", "MRI: Cauda equina"),
        ("radiotherapy schedule", "Radiotherapy schedules"),
        ("can we operate after 24 hours of paralysis?", "Paraplegia over 24 h"),
        ("brown tumor", "Brown tumour"),
        ("log roll", "Bed rest and log-roll"),
        ("calciphylaxis", "Calciphylaxis"),
        ("K 6.5 before surgery", "Dialysis before and after surgery"),
        ("can I stop the dex?", "Rule D5"),
        ("bedsores", "Rule M3"),
        ("heparin free dialysis", "Heparin-free dialysis"),
    ],
)
def test_the_best_answer_comes_first(typed: str, best: str) -> None:
    found = search(typed)
    assert found.fits
    if best.startswith("passage:"):
        assert found.entries[0].heading == "Dexamethasone: when to start"
    else:
        assert found.entries[0].heading.startswith(best), [each.heading for each in found.entries]


@pytest.mark.parametrize("typed", ["febrile dexamethasone", "fever steroid", "dex in sepsis"])
def test_a_steroid_in_fever_finds_the_abscess_before_the_drug(typed: str) -> None:
    found = [each.id for each in search(typed).entries]
    assert "rule:D6" in found[:2]
    assert found.index("rule:D6") < found.index("drug:dexamethasone")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cord compression", "MESCC"),
        ("MSCC", "metastatic spinal cord compression"),
        ("dex", "dexamethasone"),
        ("haemodialysis", "hemodialysis"),
        ("haemodialysis", "HD"),
        ("brown tumour", "Brown TUMORS"),
        ("immobilisation", "immobilization"),
        ("fractions", "fraction"),
        ("metastasis outcomes", "metastases outcome"),
        ("ppi", "proton-pump inhibitor"),
        ("low calcium", "hypocalcemia"),
        ("Lhermitte's", "lhermitte"),
    ],
)
def test_synonyms_and_spellings_find_the_same(one: str, other: str) -> None:
    assert search(one) == search(other)
    assert search(one).fits


@pytest.mark.parametrize("typed", ["dexamethsone", "dexametasone", "tokuhsahi", "calciphylaxsis"])
def test_one_typing_error_is_forgiven(typed: str) -> None:
    found = search(typed)
    assert found.fits
    assert any(word in found.entries[0].heading for word in ("Dexa", "Tokuhashi", "Calciphylaxis"))


def test_a_mistyped_word_finds_what_its_synonyms_find() -> None:
    assert set(search("hameodialysis").entries) == set(search("HD").entries)


def test_a_beginning_is_enough() -> None:
    assert "Calciphylaxis" in [each.heading for each in search("calciphy").entries]


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "qwertz asdf", "😀", "\u202e", "the of and", "weather in Paris", "x" * 4000],
)
def test_nonsense_finds_nothing_that_fits(typed: str) -> None:
    assert not search(typed).fits


def test_where_most_words_are_unknown_what_is_near_is_offered_but_does_not_fit() -> None:
    found = search("pizza recipe dialysis")
    assert not found.fits
    assert found.entries


def test_every_entry_is_among_the_first_for_its_own_heading() -> None:
    known = entries("stepwise").values()
    assert [each.heading for each in known if each not in search(each.heading).entries] == []


def test_every_source_is_found_by_its_id() -> None:
    ids = [each.aim for each in entries("stepwise").values() if each.kind == "source"]
    assert all(search(each).fits for each in ids)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_entry_can_be_shown(policy: str) -> None:
    for entry in entries(policy).values():  # type: ignore[arg-type]
        assert entry.heading and all(entry.lines), entry.id
        assert entry.kind == "source" or len(entry.heading) <= 100, entry.id
        assert "{" not in "".join((entry.heading, *entry.lines, *entry.notes)), entry.id
        assert entry.kind == "source" or (entry.citations and entry.status), entry.id


def numbers_found(typed: str, most: int) -> set[str]:
    found = search(typed)
    assert found.fits
    return {number_of(each, "stepwise") for each in found.entries[:most]}


@pytest.mark.parametrize("asked", ["how much dexamethasone", "dose of dex", "what dose of steroid"])
def test_asking_how_much_finds_the_dose_and_its_rule_first(asked: str) -> None:
    assert numbers_found(asked, 2) == {"6.2", "D1"}


def test_a_dose_of_radiotherapy_is_its_schedules() -> None:
    assert numbers_found("radiotherapy dose", 4) == {"R1", "R2", "R3", "7.4"}


def test_life_expectancy_is_prognosis_and_never_the_question_that_asks_for_it() -> None:
    first = search("life expectancy").entries[:3]
    assert {each.chapter for each in first} == {"Prognosis"}


def test_how_a_question_is_answered_is_never_searched() -> None:
    terms = [each for each in entries("stepwise").values() if each.kind == "term"]
    assert terms and all(each.lines[0] not in each.searched for each in terms)


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [
        ("spinal cord infarct", ("infarct",)),
        ("thiopental dose 6.5 x", ("thiopental",)),
        ("dexamethasone 1234567", ()),
        ("dialysis " + "infarct" * 9, (("infarct" * 9)[:20],)),
    ],
)
def test_words_that_stand_nowhere_are_named(typed: str, unknown: tuple[str, ...]) -> None:
    assert search(typed).unknown == unknown
