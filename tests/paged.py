"""Reads a list page by page."""

from itertools import chain

from bot.screens.screen import Button, Screen
from bot.service.service import Service
from tests.dialogue import do

MOST_PAGES = 30


def buttons(screen: Screen) -> list[Button]:
    return list(chain(*screen.rows))


def every_page(service: Service, line: str) -> list[Screen]:
    """Return the pages of a list, from the first on, following `More`."""
    pages = do(service, line)
    while more := [each for each in buttons(pages[-1]) if each.label == "More"]:
        assert len(pages) < MOST_PAGES, line
        pages += do(service, more[0].typed)
    return pages


def listed(pages: list[Screen]) -> list[Button]:
    """Return the buttons of all pages, without those that turn them."""
    turning = ("More", "First page")
    return [each for page in pages for each in buttons(page) if each.label not in turning]
