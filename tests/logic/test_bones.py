"""The steps of zoledronate by egfr."""

import pytest

from bot.logic.bones import zoledronate_mg


@pytest.mark.parametrize(
    ("egfr", "mg"),
    [
        (0, None),
        (29, None),
        (29.99, None),
        (30, 3.0),
        (39, 3.0),
        (39.99, 3.0),
        (40, 3.3),
        (49, 3.3),
        (49.99, 3.3),
        (50, 3.5),
        (60, 3.5),
        (60.99, 3.5),
        (61, 4.0),
        (120, 4.0),
    ],
)
def test_steps_of_zoledronate_by_whole_egfr(egfr: float, mg: float | None) -> None:
    assert zoledronate_mg(egfr) == mg
