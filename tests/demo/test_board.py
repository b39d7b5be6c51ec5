"""A page of twelve cases on a board, measured in Chromium."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.telegram.outbox.drawing import draw_messages
from bot.screens.board import ON_PAGE
from tests.conftest import NOON
from tests.screens.test_board import CASE, drawn

from .browser import USUAL, find_browser
from .instrument import Measured, instrument, measure

BROWSER = find_browser()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]
STATES = {
    "requested": {"requested": True},
    "awaiting": {"status": "waiting"},
    "open": {},
    "treat": {"about": "treat"},
}


async def heights() -> dict[str, Measured]:
    assert BROWSER
    pages = {
        name: draw_messages(
            [
                drawn(
                    *(
                        replace(
                            CASE, code=f"KES-{number}", name="Dr Wilhelmina Bergström",
                            due_at=NOON + timedelta(hours=number - 20), **changed,  # type: ignore[arg-type]
                        )
                        for number in range(10, 10 + ON_PAGE)
                    ),
                    count=30,
                    page=2,
                )
            ],
            "token",
        )
        for name, changed in STATES.items()
    }  # fmt: skip
    async with instrument(BROWSER) as phone:
        found = await measure(phone, [*pages.values()], NOON, [USUAL])
    return {name: chat[0] for name, chat in zip(pages, found[USUAL], strict=True)}


def test_a_page_of_twelve_cases_is_no_higher_than_the_chat() -> None:
    for name, found in asyncio.run(heights()).items():
        assert len(found.lines) == 1 + 2 * ON_PAGE, (name, found.text)
        assert found.height <= found.chat, name
