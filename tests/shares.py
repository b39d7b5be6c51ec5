"""Which of a test's many cases belong to its quick share; the others are slow."""

from collections.abc import Iterable
from typing import Any

import pytest


def quick_for(cases: Iterable[Any], *names: object) -> list[Any]:
    """Mark as slow each case that is not, or does not begin with, one of these names."""
    named = ((each if isinstance(each, tuple) else (each,)) for each in cases)
    return [
        pytest.param(*each, marks=[] if each[0] in names else [pytest.mark.slow]) for each in named
    ]


def some_or_all(some: int, all: int) -> list[Any]:
    """Offer two counts of cases, or two steps through them; all of them are slow."""
    return [pytest.param(some, id="some"), pytest.param(all, id="all", marks=pytest.mark.slow)]
