"""A drug is found by each of its names, and with any one typing error in the longer ones."""

import random
import string
import timeit
from collections.abc import Iterator

import pytest

from bot.logic.drugs import drugs
from bot.lookup.drugs.drug_names import SHORTEST_WITH_AN_ERROR, Match, classes, find, names
from bot.lookup.search.folding import fold, squeeze

ERRORS_EACH = 8
EVERY_NAME = [(name, row.id) for row in drugs().values() for name in (row.name, *row.names)]
LONG_NAMES = [
    (name, drug) for name, drug in EVERY_NAME if len(squeeze(fold(name))) >= SHORTEST_WITH_AN_ERROR
]
KINDS = ("deletion", "insertion", "substitution", "transposition")


def mistyped(name: str, kind: str, chance: random.Random) -> Iterator[str]:
    """Make one error of a kind at a random place, several times."""
    for _ in range(ERRORS_EACH):
        at = chance.randrange(len(name) - 1)
        letter = chance.choice(string.ascii_lowercase)
        match kind:
            case "deletion":
                yield name[:at] + name[at + 1 :]
            case "insertion":
                yield name[:at] + letter + name[at:]
            case "substitution":
                yield name[:at] + letter + name[at + 1 :]
            case _:
                yield name[:at] + name[at + 1] + name[at] + name[at + 2 :]


@pytest.mark.parametrize(("name", "drug"), EVERY_NAME)
def test_every_name_finds_its_drug_at_once(name: str, drug: str) -> None:
    found = find(name)
    assert found.sure and found.exact
    assert found.names[0].drug == drug


@pytest.mark.parametrize("name", sorted({each for row in drugs().values() for each in row.shared}))
def test_a_name_that_products_share_offers_all_of_them(name: str) -> None:
    found = find(name)
    assert not found.sure
    products = {row.id for row in drugs().values() if name in row.shared}
    assert {each.drug for each in found.names} == products


@pytest.mark.parametrize(
    ("brand", "drug"),
    [
        ("prolia", "denosumab_60_mg"),
        ("jubbonti", "denosumab_60_mg"),
        ("xgeva", "denosumab_120_mg"),
        ("wyost", "denosumab_120_mg"),
        ("aclasta", "zoledronic_acid_5_mg"),
        ("reclast", "zoledronic_acid_5_mg"),
        ("zometa", "zoledronic_acid_4_mg"),
        ("butrans", "buprenorphine_7_day_patch"),
        ("transtec", "buprenorphine_4_day_patch"),
        ("hapoctasin", "buprenorphine_3_day_patch"),
        ("subutex", "buprenorphine_sublingual"),
        ("temgesic", "buprenorphine_sublingual"),
        ("durogesic", "fentanyl_patch"),
        ("oxynorm", "oxycodone_by_mouth"),
        ("oxynorm injection", "oxycodone_injection"),
        ("rapifen", "alfentanil"),
        ("ondexxya", "andexanet"),
        ("novalgin", "metamizole"),
        ("marcumar", "warfarin"),
    ],
)
@pytest.mark.parametrize("line", ["{}", "{} dose", "how much {} on dialysis", "{} 10 mg"])
def test_a_brand_finds_its_own_product(brand: str, drug: str, line: str) -> None:
    found = find(line.format(brand))
    assert found.sure
    assert [each.drug for each in found.names] == [drug]


@pytest.mark.parametrize("kind", KINDS)
def test_one_typing_error_in_any_longer_name_is_forgiven(kind: str) -> None:
    chance = random.Random(kind)
    lost, tried, outright = [], 0, 0
    for name, drug in LONG_NAMES:
        for typed in mistyped(name, kind, chance):
            found = find(typed)
            tried += 1
            if drug in {each.drug for each in found.names}:
                outright += found.sure
            elif not any(is_near(typed, each.key) for each in found.names):
                lost.append((name, typed))
    assert tried == len(LONG_NAMES) * ERRORS_EACH
    assert lost == []
    assert outright / tried > 0.97, outright / tried


def is_near(typed: str, key: str) -> bool:
    """Return whether two are one error apart, by trying every error."""
    given = squeeze(fold(typed))
    letters = {*given, *key}
    deleted = {given[:n] + given[n + 1 :] for n in range(len(given))}
    inserted = {given[:n] + c + given[n:] for n in range(len(given) + 1) for c in letters}
    replaced = {given[:n] + c + given[n + 1 :] for n in range(len(given)) for c in letters}
    swapped = {given[:n] + given[n + 1] + given[n] + given[n + 2 :] for n in range(len(given) - 1)}
    return key in {given} | deleted | inserted | replaced | swapped


def test_a_short_name_is_not_guessed() -> None:
    assert find("mzt").names == ()
    assert "dex" not in {each.key for each in find("dxe").names}


@pytest.mark.parametrize("typed", ["", " ", "😀", "\u200f", "qwertzuiop", "a", "%" * 4000])
def test_nonsense_finds_no_drug(typed: str) -> None:
    found = find(typed)
    assert (found.names, found.kind, found.sure) == ((), "", False)


@pytest.mark.parametrize(
    ("typed", "drug"),
    [
        ("gaba", "gabapentin"),
        ("morphine at night", "morphine"),
        ("dose of oramorph?", "morphine"),
        ("cocodamol", "codeine"),
        ("\u200fMORPHINE\u200f", "morphine"),
        ("how much gabapentn", "gabapentin"),
    ],
)
def test_parts_and_longer_lines_find_a_drug(typed: str, drug: str) -> None:
    found = find(typed)
    assert found.sure
    assert found.names[0].drug == drug


def test_a_drug_two_errors_away_is_offered_but_never_shown_at_once() -> None:
    found = find("hydromrphne")
    assert not found.sure
    assert [each.drug for each in found.names] == ["hydromorphone"]


def test_two_drugs_one_error_away_are_both_offered() -> None:
    found = find("tylenol 2")
    assert not found.sure
    assert {each.drug for each in found.names} == {"paracetamol", "codeine"}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("opioid", "Opioid"), ("opioids", "Opioid"), ("antibotic", "Antibiotic")],
)
def test_a_class_is_found(typed: str, kind: str) -> None:
    assert find(typed).kind == kind


def test_two_drugs_in_a_line_are_both_offered() -> None:
    found = find("morphine and gabapentin together")
    assert not found.sure
    assert [each.drug for each in found.names] == ["morphine", "gabapentin"]
    assert [each.drug for each in find("dafalgan codeine tablets").names] == ["codeine"]


def test_every_drug_is_in_one_class() -> None:
    listed = [row.id for rows in classes().values() for row in rows]
    assert sorted(listed) == sorted(drugs())
    assert {each.drug for each in names()} == set(drugs())


@pytest.mark.parametrize(
    "typed",
    ["calcium folinate", "calcium chloride 10 ml", "sodium bicarbonate", "potassium chloride"],
)
def test_a_generic_word_in_an_unknown_name_finds_no_drug(typed: str) -> None:
    assert find(typed) == Match()


def test_a_letter_that_is_a_word_is_never_corrected() -> None:
    assert [each.drug for each in find("vitamin k").names] == ["vitamin_k"]
    assert [each.drug for each in find("vitamin d").names] == ["active_vitamin_d"]
    found = find("vitamin b")
    assert not found.sure
    assert not {"active_vitamin_d", "vitamin_k"} & {each.drug for each in found.names}


def test_the_last_letter_of_a_short_name_is_offered_but_not_corrected() -> None:
    found = find("fleep")
    assert not found.sure
    assert [each.drug for each in found.names] == ["phosphate_enema"]


@pytest.mark.parametrize(
    ("typed", "drug"),
    [
        ("gentamicin eye drops", "gentamicin"),
        ("magnesium", "magnesium_laxatives"),
        ("sulfate", "morphine"),
        ("zoledronic carbonate", "zoledronic_acid_4_mg"),
    ],
)
def test_where_a_part_fits_the_drug_is_only_offered(typed: str, drug: str) -> None:
    found = find(typed)
    assert (found.sure, found.partly) == (False, True)
    assert drug in {each.drug for each in found.names}


@pytest.mark.parametrize(
    "typed",
    [
        "morphine 2.5 mg po",
        "gabapentin dose on dialysis",
        "dex 16mg iv",
        "calcium 500 mg",
        "heparin 5000 units",
    ],
)
def test_a_dose_beside_a_name_leaves_it_sure(typed: str) -> None:
    assert find(typed).sure


@pytest.mark.parametrize(
    "typed", ["abc " * 50, "calcium gluconate", "calcim morphn gabapntin oxycdone fentnyl " * 5]
)
def test_a_look_up_takes_less_than_five_milliseconds(typed: str) -> None:
    find(typed)
    assert min(timeit.repeat(lambda: find(typed), number=1, repeat=20)) < 0.005
