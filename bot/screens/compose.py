"""Puts what a turn says into the fewest screens: notices stand in the view that they belong to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from bot.conversation.said_at import has_waited
from bot.screens.drawn_lines import has_room_for_foot, is_high
from bot.screens.notices import words
from bot.screens.screen import Block, Line, Part, Screen
from bot.screens.time_line import say_time

VIEWS: Final = ("question", "card", "plan", "notice")
WITH_FOOT: Final = ("card", "plan", "notice", "info")


def compose(screens: Iterable[Screen], *, touch: bool = True) -> list[Screen]:
    """Put notices into the next view of the case; without one they are a screen of their own.

    Where buttons are tapped, a question that would be too high leaves out its help.
    """
    composed: list[Screen] = []
    waiting: list[Screen] = []
    for screen in screens:
        if screen.kind == "notice" and not screen.rows:
            waiting.append(screen)
        elif waiting and screen.kind in VIEWS:
            blocks = (block for notice in waiting for block in notice.blocks)
            whole = replace(screen, blocks=(*blocks, *screen.blocks))
            composed.append(_without_help(whole) if touch else whole)
            waiting.clear()
        else:
            composed.append(screen)
    if waiting:
        said = tuple(block for notice in waiting for block in notice.blocks)
        composed.append(replace(waiting[0], blocks=said))
    return composed


def with_foot(screen: Screen) -> Screen:
    """Say the urgency again above the buttons of a high screen: a small phone shows its end."""
    if not screen.head or screen.kind not in WITH_FOOT or not has_room_for_foot(screen):
        return screen
    return replace(screen, blocks=(*screen.blocks, Block((screen.head,), look="lead")))


def name_message(screens: list[Screen], *said: str) -> list[Screen]:
    """Say something of the answered message above the screen that is shown first, newest on top."""
    shown = [each for each in screens if not each.corrects] if any(said) else []
    if not shown:
        return screens
    named = first = min(shown, key=_place)
    for each in filter(None, said):
        named = replace(named, head=(Part(f"{each}\n" if named.head else each), *named.head))
    return [named if each is first else each for each in screens]


def name_of(screen: Screen) -> str:
    """Return what name_message said above a screen; empty if nothing was."""
    first = screen.head[0].text.rstrip("\n") if screen.head else ""
    return first if first.startswith(words("fixed")["from"].partition("{")[0]) else ""


def _place(screen: Screen) -> int:
    """Return how far above other kinds of screens a kind is shown."""
    return 0 if screen.kind in ("alert", "reminder") else 1 if screen.kind == "kept" else 2


def _without_help(screen: Screen) -> Screen:
    """Leave out the help of a question that a notice would push out of view on a small phone."""
    if screen.kind != "question" or not is_high(screen):
        return screen
    return replace(screen, blocks=tuple(each for each in screen.blocks if each.look != "help"))


def say_waited(said_at: datetime, now: datetime, zone: tzinfo) -> str:
    """Say when a message was sent that has waited for long; "" for any other."""
    if not has_waited(said_at, now):
        return ""
    return words("fixed")["from"].format(time=say_time(said_at, now, zone))


def put_together(
    screens: Sequence[Screen], head: Line, said_first: str, waited: str, *, touch: bool
) -> list[Screen]:
    """Put what was said into the fewest screens, each below the urgency line `head`."""
    composed = compose(screens, touch=touch)
    if head:
        composed = [each if each.head else replace(each, head=head) for each in composed]
    composed = [with_foot(each) for each in composed] if touch else composed
    return name_message(composed, said_first, waited)
