"""How long a label may be where several buttons stand in one row, so that a phone cuts none."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

TICK: Final = "✓ "
"""Stands before the label of what is ticked."""
LONGEST_IN_ROW: Final[Mapping[int, int]] = {1: 32, 2: 20, 3: 12, 4: 8, 5: 6, 6: 4, 7: 3, 8: 2}
"""The longest label, in characters, by the number of buttons in a row, at 320 px."""


def in_one_row(lengths: Sequence[int]) -> int:
    """Return how many buttons with labels of these lengths stand in a row.

    As many as fit beside each other, in rows of equal length as far as possible.
    """
    longest = max(lengths)
    most = max((many for many, fits in LONGEST_IN_ROW.items() if longest <= fits), default=1)
    return ceil(len(lengths) / ceil(len(lengths) / most))
