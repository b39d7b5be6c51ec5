"""The drug table is complete, every dose is whole, and every row cites sources."""

import pytest

from bot.guidance.texts import sources
from bot.logic.drugs import VERDICTS, Drug, drugs
from bot.logic.review import STATUSES
from bot.lookup.search.folding import fold, squeeze
from tests.doses import doses, left_out

AT_LEAST = """
paracetamol nsaids morphine codeine dextropropoxyphene tramadol pethidine
oxycodone_by_mouth oxycodone_injection hydromorphone fentanyl_patch fentanyl_injection alfentanil
buprenorphine_7_day_patch buprenorphine_4_day_patch buprenorphine_3_day_patch
buprenorphine_sublingual methadone gabapentin pregabalin amitriptyline duloxetine dexamethasone
proton_pump_inhibitors zoledronic_acid_4_mg zoledronic_acid_5_mg pamidronate denosumab_120_mg
denosumab_60_mg calcium active_vitamin_d calcitonin cinacalcet unfractionated_heparin
low_molecular_weight_heparin apixaban warfarin desmopressin suxamethonium rocuronium cefazolin
vancomycin gentamicin lactulose senna macrogol phosphate_enema magnesium_laxatives
gadolinium_group_i gadolinium_group_ii gadolinium_group_iii iodinated_contrast aspirin
clopidogrel rivaroxaban dabigatran edoxaban prothrombin_complex andexanet idarucizumab protamine
vitamin_k tranexamic_acid calcium_gluconate insulin_with_glucose salbutamol potassium_binders
metamizole tilidine piritramide ketamine
"""
LONGEST = 220
PATCHES = [row.id for row in drugs().values() if row.name.endswith("patch")]
AVOIDED = [row.id for row in drugs().values() if row.verdict == "avoid"]


def test_every_drug_that_is_needed_has_a_row() -> None:
    assert set(AT_LEAST.split()) <= set(drugs())


def test_every_row_is_complete() -> None:
    for row in drugs().values():
        assert row.verdict in VERDICTS, row.id
        assert row.status in STATUSES, row.id
        assert row.citations and set(row.citations) <= set(sources()), row.id
        assert row.kind and row.names, row.id
        assert 0 < len(row.dose) <= LONGEST and 0 < len(row.why) <= LONGEST, row.id
        assert len(row.instead) <= LONGEST, row.id


@pytest.mark.parametrize("row", drugs().values(), ids=lambda row: row.id)
def test_every_dose_has_its_route_interval_and_start(row: Drug) -> None:
    assert left_out(row.dose, start=True) == set()
    assert left_out(row.instead) == set()
    assert left_out(row.why) == set()


def test_the_rows_give_doses_at_all() -> None:
    assert sum(bool(doses(row.dose)) for row in drugs().values()) > 25


def test_only_what_is_to_be_avoided_says_what_to_give_instead() -> None:
    assert [row.id for row in drugs().values() if row.instead] == AVOIDED


@pytest.mark.parametrize("id", AVOIDED)
def test_nothing_else_to_be_avoided_is_given_instead(id: str) -> None:
    said = fold(drugs()[id].instead)
    avoided = {fold(drugs()[other].name) for other in AVOIDED if other != id}
    assert [name for name in avoided if name in said] == []


def test_no_name_stands_for_two_drugs() -> None:
    names = [
        name
        for row in drugs().values()
        for name in {squeeze(fold(each)) for each in (row.name, *row.names)}
    ]
    assert len(names) == len(set(names))


def test_a_shared_name_belongs_to_two_products_at_least_and_is_nobodys_own() -> None:
    own = {fold(name) for row in drugs().values() for name in (row.name, *row.names)}
    shared = [fold(name) for row in drugs().values() for name in row.shared]
    assert own.isdisjoint(shared)
    assert [name for name in shared if shared.count(name) < 2] == []


@pytest.mark.parametrize("id", PATCHES)
def test_a_patch_comes_off_before_mri_and_says_when_it_is_changed(id: str) -> None:
    row = drugs()[id]
    assert "Off before MRI, a new one after it." in row.dose
    assert "every" in row.dose
    assert "R211" in row.citations


def test_the_two_products_of_denosumab_are_told_apart() -> None:
    cancer, bones = drugs()["denosumab_120_mg"], drugs()["denosumab_60_mg"]
    assert "120 mg under the skin every 4 weeks" in cancer.dose
    assert "60 mg under the skin once every 6 months" in bones.dose
    assert "Boxed warning" in bones.why and "Boxed" not in cancer.why
    assert (cancer.verdict, bones.verdict) == ("caution", "avoid")


def test_vancomycin_begins_at_once_by_weight_and_waits_for_no_session() -> None:
    row = drugs()["vancomycin"]
    for figure in ("25 mg/kg", "30 mg/kg", "2.5 g", "3 g", "1 g/h", "10 mg/kg", "12.5 mg/kg"):
        assert figure in row.dose
    assert "does not wait for a session" in row.why


def test_desmopressin_has_no_dose_and_names_the_steroid() -> None:
    row = drugs()["desmopressin"]
    assert doses(row.dose) == []
    assert "off-label" in row.dose and "steroid" in row.dose


def test_dexamethasone_says_salt_and_base() -> None:
    assert "16 mg phosphate is 13.3 mg base" in drugs()["dexamethasone"].why
