"""Lists in pages: at most nine buttons a screen, and `More` for the next page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.screens.screen import Button, Rows

MOST_BUTTONS: Final = 9
LONGEST_OF_TWO: Final = 17  # two in a row are whole at 320 px too
LONGEST_ALONE: Final = 32
_NUMBERED: Final = re.compile(r"(?:^| )page (\d{1,3})$", re.ASCII | re.IGNORECASE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What one page shows, its number from 1, and how many pages there are."""

    shown: Sequence[T]
    number: int
    last: int

    def turn(self, command: str) -> tuple[Button, ...]:
        """Return the button for the next page of a command's list; after the last, the first."""
        if self.last == 1:
            return ()
        after = self.number % self.last + 1
        does = f"{command} page {after}"
        return (Button("More" if after > 1 else "First page", does, typed=f"/{does}"),)


def split_page(typed: str) -> tuple[str, int]:
    """Split "opioid page 2" into "opioid" and 2; without a number it is the first page."""
    found = _NUMBERED.search(typed)
    return (typed[: found.start()], int(found[1])) if found else (typed, 1)


def page_of(listed: Sequence[T], number: int, beside: int, most: int = MOST_BUTTONS) -> Page[T]:
    """Return a page of a list that has `beside` other buttons below it, `More` not counted.

    `most` is how many buttons of its own it may have. A number that no page has is the last page.
    """
    room = min(MOST_BUTTONS - beside, most)
    if len(listed) <= room:
        return Page(listed, 1, 1)
    on_page = room - 1
    last = -(-len(listed) // on_page)
    here = min(max(number, 1), last)
    return Page(listed[(here - 1) * on_page : here * on_page], here, last)


def in_words(buttons: Iterable[Button], longest: int = LONGEST_OF_TWO) -> Rows:
    """Arrange buttons in rows: two up to `longest` characters beside each other, others alone."""
    return tuple(_paired(buttons, longest))


def _paired(buttons: Iterable[Button], longest: int) -> Iterator[tuple[Button, ...]]:
    row: tuple[Button, ...] = ()
    for button in buttons:
        short = len(button.label) <= longest
        if row and (not short or len(row) == 2):
            yield row
            row = ()
        if short:
            row = (*row, button)
        else:
            yield (button,)
    if row:
        yield row
