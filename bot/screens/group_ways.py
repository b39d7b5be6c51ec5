"""Draws the ways of a group, and what each may be."""

from collections.abc import Mapping
from typing import Final

from bot.flows.button_rows import TICK
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, in_rows, text
from state.groups import Asks, Closes, Group

NAME: Final = "group"
WORDS: Final = "group_ways.toml"
NONE: Final = "none"
LONGEST_CALL: Final = 60
REPEATS_MIN: Final = (5, 10, 15, 20, 30)
QUIET_HOURS: Final = ("20-08", "21-07", "22-07", "23-06")
CLOSES: Final[tuple[Closes, ...]] = ("owner", "clinician")
ASKS: Final[tuple[Asks, ...]] = ("signs", "all", "none")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "closes": CLOSES,
    "asks": ASKS,
    "repeat": tuple(map(str, REPEATS_MIN)),
    "quiet": (NONE, *QUIET_HOURS),
}


def draw_ways(found: Group, hospitals: str, hospital: str, policy: str) -> Screen:
    """Draw the ways of a group, with the hospital's number to call, its zone and the policy."""
    said = words("ways", WORDS)
    call = said["no_call"]
    if hospitals:
        call = said["call_of_hospital"].format(call=hospitals)
    if found.call:
        call = said["call"].format(call=found.call)
    zone = said["zone" if found.zone not in ("", hospital) else "no_zone"]
    lines = (
        said["closes"].format(name=words("closes", WORDS)[found.closes]),
        said["asks"].format(name=words("asks", WORDS)[found.asks]),
        call,
        said["repeat"].format(minutes=found.repeat_min),
        said["quiet" if found.quiet else "no_quiet"].format(quiet=found.quiet),
        zone.format(zone=found.zone, hospital=hospital),
        said["policy"].format(policy=policy),
    )
    labels = words("buttons", WORDS)
    buttons = [
        Button(labels[which], f"{NAME} {which}", typed=f"/{NAME} {which}")
        for which in ("closes", "asks", "call", "repeat", "quiet", "zone")
    ]
    blocks = (text(*lines), text(said["how"], look="help"))
    return Screen("info", said["title"], blocks, in_rows(buttons, 2))


def draw_choices(found: Group, which: str) -> Screen:
    """Show what one way may be, the present one ticked; a number or a zone is typed."""
    said, labels = words("ways", WORDS), words("buttons", WORDS)
    back = (Button(labels["back"], NAME, typed=f"/{NAME}"),)
    if which not in CHOICES:
        typed = said[f"type_{which}"].format(most=LONGEST_CALL)
        return Screen("info", labels[which], (text(typed),), (back,))
    now = {
        "closes": found.closes,
        "asks": found.asks,
        "repeat": str(found.repeat_min),
        "quiet": found.quiet or NONE,
    }[which]
    names = words(which, WORDS) if which in ("closes", "asks") else {}
    buttons = [
        Button(
            f"{TICK if each == now else ''}{names.get(each, each)}",
            f"{NAME} {which} {each}",
            typed=f"/{NAME} {which} {each}",
        )
        for each in CHOICES[which]
    ]
    rows = (*in_rows(buttons, 1 if names else 3), back)
    return Screen("info", labels[which], (), rows)
