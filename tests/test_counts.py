"""What an act costs is written down here: nobody raises it unnoticed, nor forgets to lower it."""

from tests.bench.counts import COUNTED, counted

COSTS = {
    "an answer": (1, 5, 53, 4, 2, 1, 2, 1, 10),
    "a tick": (1, 5, 52, 4, 2, 1, 2, 1, 12),
    "a note": (1, 5, 57, 5, 3, 0, 1, 3, 12),
    "a plan section": (1, 5, 54, 5, 2, 0, 1, 2, 10),
    "a search": (3, 11, 76, 6, 2, 0, 1, 2, 8),
    "a look-up": (3, 9, 56, 4, 1, 0, 1, 0, 6),
    "a tick in a group": (5, 15, 111, 11, 4, 1, 2, 6, 16),
}
"""In the order of `COUNTED`; `python -m tests.bench counts` prints them."""


def test_what_each_act_costs() -> None:
    found = {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in counted().items()}
    assert found == {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in COSTS.items()}
