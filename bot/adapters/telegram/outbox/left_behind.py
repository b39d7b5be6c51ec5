"""What a screen said besides its view: it stays if the screen goes before anybody has seen it."""

from collections.abc import Sequence
from typing import Final

from bot.screens.compose import name_of
from bot.screens.notices import words
from bot.screens.screen import Screen, say_line

IN_MESSAGES_OF_THEIR_OWN: Final = ("alert", "reminder", "kept", "toast")
ASKING: Final = ("notice", "info")


def say_what_stays(screens: Sequence[Screen]) -> str:
    """Say a turn's notices and what it asked back; empty if it only showed a view."""
    said, asked, sign = list[str](), False, False
    for screen in screens:
        if screen.kind in IN_MESSAGES_OF_THEIR_OWN:
            continue
        asks = screen.kind in ASKING and bool(screen.rows)
        for block in screen.blocks:
            if asks or block.look == "notice":
                said += map(say_line, block.lines)
        asked |= asks
        sign |= asks and screen.alert
    if not said:
        return ""
    named = next((name for each in screens if (name := name_of(each))), "")
    return "\n".join(line for line in (named, *said, _unanswered(sign) if asked else "") if line)


def _unanswered(sign: bool) -> str:
    """Say that what was asked back counts for nothing; what sounds is a new `sign`."""
    return words("fixed")["unanswered_sign" if sign else "unanswered"]
