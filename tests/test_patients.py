"""The pages of the invented patients show what the conversation currently says."""

from pathlib import Path

import pytest

from tests.patients import FOLDER, PATIENTS, Patient, page


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.file)
def test_the_page_of_a_patient_is_fresh(patient: Patient, tmp_path: Path) -> None:
    assert (FOLDER / patient.file).read_text("utf-8") == page(patient, tmp_path)


def test_there_is_no_page_without_a_patient() -> None:
    assert {each.name for each in FOLDER.iterdir()} == {patient.file for patient in PATIENTS}


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.file)
def test_a_page_begins_by_saying_that_the_patient_is_invented(patient: Patient) -> None:
    first, *_ = (FOLDER / patient.file).read_text("utf-8").splitlines()
    assert first.startswith("This patient is invented.")


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.file)
def test_a_page_ends_with_the_plan_and_the_hand_over(patient: Patient) -> None:
    text = (FOLDER / patient.file).read_text("utf-8")
    assert text.index("## The plan") < text.index("## The hand-over")
    assert text.rpartition("## The hand-over")[2].count("– Request") == 1
