"""What a phone shows of a case, measured in Chromium over a walk of every question and view."""

from __future__ import annotations

import asyncio

import pytest

from .browser import SIZES, find_browser
from .heights import Survey, survey

BROWSER = find_browser()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def measured() -> Survey:
    assert BROWSER
    return asyncio.run(survey(BROWSER))


def test_every_screen_fits_the_phone(measured: Survey) -> None:
    """No height, label, count of buttons or line out of view that should not be."""
    faults = measured.faults()
    assert not faults, "\n".join(("", *faults))


def test_the_chat_is_as_high_as_on_the_phones(measured: Survey) -> None:
    assert [measured.seen[0].at[size].chat for size in SIZES] == [448, 620, 795]
