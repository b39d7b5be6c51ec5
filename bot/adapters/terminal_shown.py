"""What is shown to several people at one terminal, and what can be typed for it from then on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from bot.adapters.terminal_keys import Keys, by_command, number, taps_as_typed
from bot.adapters.terminal_place import shown_of, with_data
from bot.incoming import Tap
from bot.screens.screen import Screen
from bot.service.service import Service
from state.groups import is_group
from state.records import Queued


class Shown:
    """What was shown last: with which numbers in private, and with which buttons in the group.

    `asks` is the case of the group that a typed answer is for; "" if none.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._cards = dict[str, Screen]()
        self._offered = ""
        self.keys = dict[str, Keys]()
        self.buttons = dict[str, Tap]()
        self.asks = ""

    def show(self, rows: Sequence[Queued], *, here: str, acted: bool) -> Iterator[Screen]:
        """Yield what is shown of the rows of one chat: of each card the newest, if it is new.

        What comes by itself, unless somebody has just `acted`, asks nothing `here`: what is being
        typed is not meant for it.
        """
        newest = {row.code: row.id for row in rows for each in shown_of(row) if each.kind == "card"}
        for row in rows:
            if not is_group(row.chat):
                yield from self._numbered(row, asks=acted or row.chat != here)
                continue
            screens = [each for each in shown_of(row) if self._is_new(row, each, newest, acted)]
            if row.token and (screens or row.code == self._offered):
                self._offered, self.buttons = row.code or "", dict(taps_as_typed(row))
            yield from screens

    def show_again(self, code: str) -> None:
        """Show the next card of a case even if it says nothing new."""
        self._cards.pop(code, None)

    def _numbered(self, row: Queued, *, asks: bool) -> Iterator[Screen]:
        """Yield what is shown in a private chat; its numbers count until something else is."""
        screens = [*shown_of(row)]
        if not asks:
            yield from map(by_command, screens)
        elif all(each.kind == "toast" for each in screens):
            yield from screens
        else:
            keys = self.keys[row.chat] = number(self._service, row)
            yield from (
                with_data(self._service.store, each) for each in keys.shown if not each.corrects
            )

    def _is_new(
        self, row: Queued, screen: Screen, newest: Mapping[str | None, int], acted: bool
    ) -> bool:
        """Return whether a screen is shown: of a group's case the newest card, if it changed."""
        if screen.kind != "card":
            return True
        code, card = row.code or "", _without_time_left(screen)
        if newest[row.code] != row.id or self._cards.get(code) == card:
            return False
        self._cards[code] = card
        self.asks = code if acted and _is_answered_here(screen) else ""
        return True


def _is_answered_here(card: Screen) -> bool:
    """Return whether a card has buttons that answer a question, which no command does."""
    buttons = chain(*card.rows)
    return any(each.typed and not each.typed.startswith("/") for each in buttons)


def _without_time_left(card: Screen) -> Screen:
    return replace(card, head=tuple(part for part in card.head if not part.relative))
