"""What a screen said besides its view: it stays if the screen goes before anybody has seen it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.screens.compose import name_of
from bot.screens.notices import words
from bot.screens.screen import Screen, say_line

IN_MESSAGES_OF_THEIR_OWN: Final = ("alert", "reminder", "kept", "toast")
ASKING: Final = ("notice", "info")


def say_what_stays(screens: Sequence[Screen]) -> str:
    """Say a turn's notices and what it asked back; empty if it only showed a view."""
    views = [each for each in screens if each.kind not in IN_MESSAGES_OF_THEIR_OWN]
    said = [line for each in views for line in _said(each)]
    if not said:
        return ""
    named = next((name for each in screens if (name := name_of(each))), "")
    return "\n".join(line for line in (named, *said, _unanswered(views)) if line)


def _said(screen: Screen) -> Iterator[str]:
    for block in screen.blocks:
        if block.look == "notice" or _asks(screen):
            yield from map(say_line, block.lines)


def _unanswered(views: Iterable[Screen]) -> str:
    """Say that what was asked back counts for nothing; what sounds is a new sign."""
    asking = [each for each in views if _asks(each)]
    if not asking:
        return ""
    sign = any(each.alert for each in asking)
    return words("fixed")["unanswered_sign" if sign else "unanswered"]


def _asks(screen: Screen) -> bool:
    """Return whether a screen asks something back: a notice or a sentence with buttons."""
    return screen.kind in ASKING and bool(screen.rows)
