"""The drug table is complete, and every row stands on sources."""

from bot.guidance.texts import sources
from bot.logic.drugs import VERDICTS, drugs
from bot.logic.review import STATUSES

AT_LEAST = """
paracetamol nsaids morphine codeine dextropropoxyphene tramadol pethidine oxycodone
hydromorphone fentanyl alfentanil buprenorphine methadone gabapentin pregabalin amitriptyline
duloxetine dexamethasone proton_pump_inhibitors zoledronic_acid pamidronate denosumab calcium
active_vitamin_d calcitonin cinacalcet unfractionated_heparin low_molecular_weight_heparin
apixaban warfarin desmopressin suxamethonium rocuronium cefazolin vancomycin gentamicin
lactulose senna macrogol phosphate_enema magnesium_laxatives gadolinium_group_i
gadolinium_group_ii gadolinium_group_iii iodinated_contrast
"""
LONGEST = 220


def test_every_drug_that_is_needed_has_a_row() -> None:
    assert set(AT_LEAST.split()) <= set(drugs())


def test_every_row_is_complete() -> None:
    for row in drugs().values():
        assert row.verdict in VERDICTS, row.id
        assert row.status in STATUSES, row.id
        assert row.citations and set(row.citations) <= set(sources()), row.id
        assert row.kind and row.names, row.id
        assert 0 < len(row.dose) <= LONGEST and 0 < len(row.why) <= LONGEST, row.id


def test_no_name_stands_for_two_drugs() -> None:
    names = [name.casefold() for row in drugs().values() for name in {row.name, *row.names}]
    assert len(names) == len(set(names))
