"""A patient tapped through on the page over HTTP: what is in view after each tap."""

from __future__ import annotations

import re

import pytest

from bot.screens.notices import words
from tests.dialogue import ask

from .browser import SMALL, USUAL, ZONE, Phone, Size, browser, find_browser
from .heights import LONG_LISTS
from .patient import BEGINNING, IMAGES
from .running import CALL, Demo, running
from .thumb import Thumb, View

BROWSER = find_browser()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]
SETTINGS = {
    "CORDCALL_TIMEZONE": ZONE,
    "CORDCALL_TAP_GUARD_MS": "0",
    "CORDCALL_TAPS_PER_MINUTE": "0",
}
EMERGENCY = words("levels")["emergency"]
DEADLINE = re.compile(r"\bby \w{3} \d\d:\d\d\b")


@pytest.mark.parametrize("size", [SMALL, USUAL], ids=["320", "360"])
async def test_the_urgency_and_the_question_are_in_view_after_every_tap(size: Size) -> None:
    assert BROWSER
    async with running(**SETTINGS) as demo, browser(BROWSER) as phone:
        await demo.first_of(demo.ready())
        faults = await _faults(demo, phone, size)
        refused = demo.api.refused_but()
    assert not refused
    assert not faults, "\n".join(("", *faults))


async def _faults(demo: Demo, phone: Phone, size: Size) -> list[str]:
    await phone.becomes_as_large_as(size)
    thumb = Thumb(demo, phone, 1001)
    await thumb.opens()
    await thumb.types("/triage")
    faults: list[str] = []
    for stated in (BEGINNING, IMAGES):
        async for name, view in thumb.answers(stated):
            first = name == "cord_signs" and view.did != "Done"
            if thumb.asked in LONG_LISTS and size == SMALL:
                continue
            is_long = thumb.asked in LONG_LISTS
            missing = [
                *([] if is_long else _urgency(view, mri_awaited=stated is BEGINNING)),
                *([CALL] if first and size == USUAL and CALL not in view.text else []),
                *([ask(thumb.asked)] if thumb.asked and ask(thumb.asked) not in view.text else []),
            ]
            if missing:
                faults.append(f"{name}, {view.did}: out of view: {'; '.join(missing)}")
            if view.toast_is_cut:
                faults.append(f"{name}, {view.did}: cut: {view.toast}")
    return faults


def _urgency(view: View, *, mri_awaited: bool) -> list[str]:
    level = [] if EMERGENCY in view.text else [EMERGENCY]
    return level + (["by when"] if mri_awaited and not DEADLINE.search(view.text) else [])
