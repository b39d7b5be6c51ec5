"""What a phone shows of a case, measured in Chromium over a walk of every question and view."""

from __future__ import annotations

import asyncio

import pytest

from bot.flows.triage import FLOW

from .browser import SIZES, find_browser
from .chat import AGAIN, UNDER_LINE
from .heights import KINDS, Survey, survey

ASKED_LATER = {each.id for each in FLOW.aside}
BROWSER = find_browser()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def measured() -> Survey:
    assert BROWSER
    return asyncio.run(survey(BROWSER))


@pytest.mark.parametrize("kind", KINDS)
def test_every_screen_fits_the_phone(measured: Survey, kind: str) -> None:
    """No height, line out of view, cut label, broken word or number of buttons is amiss."""
    faults = measured.faults(kind)
    assert not faults, "\n".join(("", *faults))


def test_every_question_is_measured_first_and_again(measured: Survey) -> None:
    names = {each.shown.name for each in measured.seen}
    assert {key + AGAIN for key in FLOW.questions} <= names
    first = {name.removesuffix(UNDER_LINE) for name in names}
    assert {each for each in FLOW.questions if each not in ASKED_LATER} <= first


def test_the_chat_is_as_high_as_on_the_phones(measured: Survey) -> None:
    assert [measured.seen[0].at[size].chat for size in SIZES] == [448, 620, 795]
