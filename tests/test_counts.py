"""What an act costs is written down here: nobody raises it unnoticed, nor forgets to lower it."""

from tests.bench.counts import COUNTED, counted

COSTS = {
    "an answer": (1, 2, 41, 3, 2, 1, 2, 1, 10),
    "a tick": (1, 2, 40, 3, 2, 1, 2, 1, 12),
    "a note": (1, 2, 45, 4, 3, 0, 1, 3, 12),
    "a plan section": (1, 2, 42, 4, 2, 0, 1, 2, 10),
    "a search": (1, 7, 66, 7, 2, 0, 1, 2, 8),
    "a look-up": (1, 6, 45, 3, 1, 0, 1, 0, 6),
    "a tick in a group": (2, 11, 100, 10, 4, 1, 2, 6, 14),
}
"""In the order of `COUNTED`; `python -m tests.bench counts` prints them."""


def test_what_each_act_costs() -> None:
    found = {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in counted().items()}
    assert found == {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in COSTS.items()}
