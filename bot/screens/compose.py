"""Puts what a turn says into the fewest screens: notices stand in the view that they belong to."""

from collections.abc import Iterable
from dataclasses import replace

from bot.screens.screen import Screen

VIEWS = ("question", "card", "plan", "notice")


def compose(screens: Iterable[Screen]) -> list[Screen]:
    """Put notices into the next view of the case; without one they are a screen of their own."""
    composed, waiting = list[Screen](), list[Screen]()
    for screen in screens:
        if screen.kind == "notice" and not screen.rows:
            waiting.append(screen)
        elif waiting and screen.kind in VIEWS:
            blocks = (block for notice in waiting for block in notice.blocks)
            composed.append(replace(screen, blocks=(*blocks, *screen.blocks)))
            waiting.clear()
        else:
            composed.append(screen)
    if waiting:
        said = tuple(block for notice in waiting for block in notice.blocks)
        composed.append(replace(waiting[0], blocks=said))
    return composed
