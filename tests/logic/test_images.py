"""Read, unread and clean: what the images of a case can settle."""

from typing import Any

import pytest

from bot.logic.case_input import read_case
from bot.logic.images import is_read, look_at

ZERO: dict[str, Any] = {"escc": "0"}
UNGRADED: dict[str, Any] = {"level": "T8"}


@pytest.mark.parametrize(
    ("images", "read"),
    [
        ({}, False),
        ({"mri": "not_done"}, False),
        ({"mri": "done"}, False),
        ({"mri": "not_possible"}, False),
        ({"mri": "done", "lesions": []}, True),
        ({"mri": "done", "lesions": [ZERO]}, True),
        ({"mri": "done", "lesions": [{"escc": "3"}]}, True),
        ({"mri": "not_done", "lesions": []}, False),
        ({"mri": "not_done", "lesions": [{"escc": "3"}]}, False),
        ({"mri": "unknown", "lesions": [{"escc": "3"}]}, False),
        ({"lesions": [{"escc": "3"}]}, False),
        ({"mri": "not_possible", "lesions": []}, False),
        ({"mri": "not_possible", "lesions": [ZERO]}, False),
        ({"mri": "not_possible", "lesions": [ZERO, ZERO]}, False),
        ({"mri": "not_possible", "lesions": [ZERO, {"escc": "1a"}]}, True),
        ({"mri": "not_possible", "lesions": [ZERO, UNGRADED]}, True),
        ({"mri": "not_possible", "lesions": [{"escc": "unknown"}]}, True),
        ({"mri": "not_possible", "lesions": [{"escc": "2"}]}, True),
    ],
)
def test_images_are_read_once_somebody_entered_what_a_scan_that_counts_shows(
    images: dict[str, Any], read: bool
) -> None:
    assert is_read(read_case(images)) == read


@pytest.mark.parametrize(
    ("images", "clean"),
    [
        ({"mri": "done", "lesions": []}, True),
        ({"mri": "done", "lesions": [ZERO, ZERO]}, True),
        ({"mri": "done", "lesions": [ZERO, {"escc": "1a"}]}, False),
        ({"mri": "done", "lesions": [ZERO, UNGRADED]}, False),
        ({"mri": "done", "lesions": [{"escc": "unknown"}]}, False),
        ({"mri": "done"}, False),
        ({"mri": "not_done", "lesions": [ZERO]}, False),
        ({"mri": "not_possible", "lesions": [ZERO]}, False),
        ({"mri": "not_possible", "lesions": []}, False),
    ],
)
def test_images_are_clean_only_when_read_with_no_lesion_or_zero_everywhere(
    images: dict[str, Any], clean: bool
) -> None:
    assert look_at(read_case(images)).clean == clean


def test_the_worst_known_grade_counts() -> None:
    images = look_at(read_case({"lesions": [UNGRADED, {"escc": "1c"}, {"escc": "1a"}]}))
    assert images.worst_escc == "1c"
    assert images.grades == (None, "1c", "1a")
    assert look_at(read_case({"lesions": [UNGRADED]})).worst_escc is None
