"""What an act costs is written down here: nobody raises it unnoticed, nor forgets to lower it."""

from tests.bench.counts import COUNTED, counted

COSTS = {
    "an answer": (1, 2, 20, 0, 2, 1, 2, 1, 8),
    "a tick": (1, 2, 21, 0, 2, 1, 2, 1, 9),
    "a note": (1, 2, 23, 0, 3, 0, 1, 3, 10),
    "a plan section": (1, 2, 21, 0, 2, 0, 1, 2, 8),
    "a search": (1, 7, 54, 2, 2, 0, 1, 2, 12),
    "a look-up": (1, 6, 32, 0, 1, 0, 1, 0, 5),
    "a tick in a group": (2, 11, 64, 3, 4, 1, 2, 6, 11),
}
"""In the order of `COUNTED`; `python -m tests.bench counts` prints them."""


def test_what_each_act_costs() -> None:
    found = {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in counted().items()}
    assert found == {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in COSTS.items()}
