"""What an act costs is written down here: nobody raises it unnoticed, nor forgets to lower it."""

from tests.bench.counts import COUNTED, counted

COSTS = {
    "an answer": (1, 5, 55, 4, 2, 1, 2, 1, 9),
    "a tick": (1, 5, 54, 4, 2, 1, 2, 1, 11),
    "a note": (1, 5, 58, 4, 3, 0, 1, 3, 14),
    "a plan section": (1, 5, 55, 4, 2, 0, 1, 2, 9),
    "a search": (3, 11, 77, 5, 2, 0, 1, 2, 24),
    "a look-up": (3, 9, 60, 4, 1, 0, 1, 0, 9),
    "a tick in a group": (5, 15, 111, 11, 4, 1, 2, 6, 15),
}
"""In the order of `COUNTED`; `python -m tests.bench counts` prints them."""


def test_what_each_act_costs() -> None:
    found = {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in counted().items()}
    assert found == {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in COSTS.items()}
