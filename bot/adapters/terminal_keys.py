"""What is typed for a button: in private a number, if its command holds ids and tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from bot.commands.replying import VERBS
from bot.incoming import Tap
from bot.screens.screen import Button, Screen, load
from bot.service.sending import mint_buttons
from bot.service.service import Service
from state.records import Queued

NUMBERED: Final = ("handover", "sendto", "members")
"""Commands whose buttons have a number each, in private."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the numbers of the message shown last in a private chat do.

    `shown` is that message with its numbers, to be shown again.
    """

    taps: dict[str, Tap]
    shown: tuple[Screen, ...]


def number(service: Service, row: Queued) -> Keys:
    """Give numbers to what waits for a private chat, and a token to its buttons if it has any."""
    screens = [load(each) for each in row.screens]
    buttons = [*_buttons(screens)]
    if not any(map(_has_key, buttons)):
        return Keys({}, tuple(screens))
    typed = iter(_typed(buttons))
    numbered = tuple(_retyped(screen, typed) for screen in screens)
    case = service.store.cases.find(row.code) if row.code else None
    with service.store.turn():
        token = mint_buttons(service.store, screens, row.chat, case, service.clock())
    placed = enumerate(zip(buttons, _buttons(numbered), strict=True))
    taps = {after.typed: Tap(token or "", place) for place, (old, after) in placed if _has_key(old)}
    return Keys(taps, numbered)


def taps_as_typed(row: Queued) -> Iterator[tuple[str, Tap]]:
    """Yield what is typed in a group for the buttons of a row that do what a command does."""
    if row.token is None:
        return
    for place, button in enumerate(_buttons([load(each) for each in row.screens])):
        if button.typed.startswith("/"):
            yield button.typed, Tap(row.token, place)


def by_command(screen: Screen) -> Screen:
    """Return a message that comes while somebody types: its numbers would be taken for answers.

    The command alone opens what they lead to.
    """
    first = next(filter(_has_key, chain(*screen.rows)), None)
    if first is None:
        return screen
    command = first._replace(typed=f"/{first.does.partition(' ')[0]}")
    rest = tuple(each for each in chain(*screen.rows) if not _has_key(each))
    return replace(screen, rows=((command, *rest),))


def _buttons(screens: Sequence[Screen]) -> Iterator[Button]:
    return (button for screen in screens for button in chain(*screen.rows))


def _typed(buttons: Sequence[Button]) -> Iterator[str]:
    """Yield what is typed for each button: its own, or the next number."""
    place = 0
    for button in buttons:
        place += _has_key(button)
        yield str(place) if _has_key(button) else button.typed


def _retyped(screen: Screen, typed: Iterator[str]) -> Screen:
    rows = tuple(tuple(each._replace(typed=next(typed)) for each in row) for row in screen.rows)
    return replace(screen, rows=rows)


def _has_key(button: Button) -> bool:
    verb, _, rest = button.does.partition(" ")
    return verb in VERBS or (verb in NUMBERED and bool(rest))
