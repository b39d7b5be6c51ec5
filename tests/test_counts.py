"""What an act costs is written down here: nobody raises it unnoticed, nor forgets to lower it."""

from tests.bench.counts import COUNTED, counted

COSTS = {
    "an answer": (1, 2, 18, 0, 2, 1, 1, 1, 6),
    "a tick": (1, 2, 19, 0, 2, 1, 1, 1, 7),
    "a note": (1, 2, 22, 0, 3, 0, 0, 3, 7),
    "a plan section": (1, 2, 19, 0, 2, 0, 0, 2, 6),
    "a search": (1, 6, 52, 0, 2, 0, 0, 2, 10),
    "a look-up": (1, 5, 29, 0, 1, 0, 0, 0, 3),
    "a tick in a group": (2, 9, 59, 0, 4, 1, 1, 6, 8),
}
"""In the order of `COUNTED`; `python -m tests.bench counts` prints them."""


def test_what_each_act_costs() -> None:
    found = {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in counted().items()}
    assert found == {act: dict(zip(COUNTED, costs, strict=True)) for act, costs in COSTS.items()}
