"""What an act costs is written down here: nobody raises it unnoticed, nor forgets to lower it."""

from tests.bench.counts import COUNTED, counted

COSTS = {
    "an answer": (1, 2, 15, 0, 2, 1, 1, 1, 4),
    "a tick": (1, 2, 16, 0, 2, 1, 1, 1, 5),
    "a note": (1, 2, 17, 0, 3, 0, 0, 3, 5),
    "a plan section": (1, 2, 14, 0, 2, 0, 0, 2, 4),
    "a search": (1, 5, 31, 0, 2, 0, 0, 2, 4),
    "a look-up": (1, 4, 21, 0, 1, 0, 0, 0, 2),
    "a tick in a group": (2, 7, 48, 0, 4, 1, 1, 6, 6),
}
"""In the order of `COUNTED`; `python -m tests.bench counts` prints them."""


def test_what_each_act_costs() -> None:
    found = {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in counted().items()}
    assert found == {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in COSTS.items()}
