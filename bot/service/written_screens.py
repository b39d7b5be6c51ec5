"""The screens that were queued last: what this process has written it need not read again."""

from collections.abc import Iterable
from typing import Final

from bot.screens.screen import Screen, dump, load

MOST_REMEMBERED: Final = 128

_written: Final = dict[str, Screen]()


def write(screen: Screen) -> str:
    """Serialise a screen as JSON for the outbox, and remember it by that text."""
    text = dump(screen)
    _written[text] = screen
    if len(_written) > MOST_REMEMBERED:
        del _written[next(iter(_written))]
    return text


def read(text: str) -> Screen:
    """Return the screen of a text from the outbox: the same text is the same screen."""
    return _written.get(text) or load(text)


def forget(texts: Iterable[str]) -> None:
    """Forget screens that are shown."""
    for text in texts:
        _written.pop(text, None)
