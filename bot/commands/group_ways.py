"""`/group`: a group's own ways, shown to its people and changed by admins who act in it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.access import Right
from bot.flows.button_rows import TICK
from bot.incoming import Command, Incoming
from bot.logic.case_input import shown_id
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.time_zones import name_of
from bot.turn import Turn
from state.groups import Asks, Closes, Group, is_group
from state.records import StoredCase

NAME: Final = "group"
WORDS: Final = "group_ways.toml"
NONE: Final = "none"
HOSPITAL: Final = "hospital"
LONGEST_CALL: Final = 60
REPEATS_MIN: Final = (5, 10, 15, 20, 30)
QUIET_HOURS: Final = ("20-08", "21-07", "22-07", "23-06")
CLOSES: Final[tuple[Closes, ...]] = ("owner", "clinician")
ASKS: Final[tuple[Asks, ...]] = ("signs", "all", "none")
_CALL: Final = re.compile(r"[\w +()/.,-]*\d[\w +()/.,-]*")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "closes": CLOSES,
    "asks": ASKS,
    "repeat": tuple(map(str, REPEATS_MIN)),
    "quiet": (NONE, *QUIET_HOURS),
}


def group(turn: Turn, given: str) -> None:
    """Show the ways of this group, or change one: "asks all", "call 4321"."""
    said, found = words("ways", WORDS), turn.store.groups.find(turn.chat)
    if found is None:
        turn.say(said["in_private"])
        return
    which, _, wanted = " ".join(given.split()).partition(" ")
    which = which.casefold()
    if not which:
        turn.screens.append(_draw(turn, found))
    elif which not in (*CHOICES, "call", "zone"):
        turn.say(said["no_such"])
    elif not turn.access.may(turn.incoming.who, Right.ADMIN):
        turn.note_action("refused")
        turn.say(said["only_admins"])
    elif not wanted:
        turn.screens.append(_draw_choices(found, which))
    else:
        _change(turn, found, which, wanted)


def names_call(incoming: Incoming) -> bool:
    """Return whether somebody gives a group its number to call, which is read as it is."""
    act = incoming.act
    if not isinstance(act, Command) or act.name.casefold() != NAME:
        return False
    which, _, number = act.rest.strip().partition(" ")
    return which.casefold() == "call" and len(number) <= LONGEST_CALL


def may_close(turn: Turn, case: StoredCase) -> bool:
    """Return whether the person may close a case by the ways of its group; if not, say who may."""
    found, who = turn.group_of(case), turn.incoming.who
    if not is_group(case.chat) or (found and found.closes == "clinician"):
        return True
    if who == case.owner or turn.access.may(who, Right.ADMIN):
        return True
    name = turn.team(case).name(case.owner)
    turn.say(words("ways", WORDS)["only_owner"].format(code=case.code, name=name))
    return False


def _change(turn: Turn, found: Group, which: str, wanted: str) -> None:
    """Change one way, and show the open cases of the group as they are from now on."""
    changed = _with(found, which, wanted)
    if changed is None:
        said = words("ways", WORDS)
        allowed = ", ".join(CHOICES.get(which, ()))
        if which == "call":
            allowed = said["number"].format(most=LONGEST_CALL)
        elif which == "zone":
            allowed = said["type_zone"]
        given = shown_id(wanted, "")
        turn.say(said["not_understood"].format(name=which, given=given, allowed=allowed))
        return
    turn.store.groups.change(changed)
    turn.note_action("group settings", role=which if which == "call" else f"{which} {wanted}")
    for case in turn.store.cases.listed(turn.chat, turn.now):
        if case.status != "closed":
            turn.shown_in_group.append(case)
            turn.remind_of(case, turn.standing(case))
    turn.screens.append(_draw(turn, changed))


def _with(found: Group, which: str, wanted: str) -> Group | None:
    """Return a group with one way changed; None if what is wanted is not allowed."""
    low = wanted.casefold()
    if which in CHOICES:
        if low not in CHOICES[which]:
            return None
        ways: dict[str, Group] = {
            **{f"closes {each}": replace(found, closes=each) for each in CLOSES},
            **{f"asks {each}": replace(found, asks=each) for each in ASKS},
            **{f"repeat {each}": replace(found, repeat_min=each) for each in REPEATS_MIN},
            f"quiet {NONE}": replace(found, quiet=""),
            **{f"quiet {each}": replace(found, quiet=each) for each in QUIET_HOURS},
        }
        return ways[f"{which} {low}"]
    if which == "zone":
        zone = "" if low == HOSPITAL else name_of(wanted[:LONGEST_CALL])
        return None if zone is None else replace(found, zone=zone)
    if low == NONE:
        return replace(found, call="")
    fits = len(wanted) <= LONGEST_CALL and _CALL.fullmatch(wanted)
    return replace(found, call=wanted) if fits else None


def _draw(turn: Turn, found: Group) -> Screen:
    said, engine = words("ways", WORDS), turn.setting.engine
    hospital = str(engine.zone)
    call = said["no_call"]
    if turn.setting.call:
        call = said["call_of_hospital"].format(call=turn.setting.call)
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
        said["policy"].format(policy=engine.policy),
    )
    labels = words("buttons", WORDS)
    buttons = [
        Button(labels[which], f"{NAME} {which}", typed=f"/{NAME} {which}")
        for which in ("closes", "asks", "call", "repeat", "quiet", "zone")
    ]
    blocks = (text(*lines), text(said["how"], look="help"))
    return Screen("info", said["title"], blocks, in_rows(buttons, 2))


def _draw_choices(found: Group, which: str) -> Screen:
    """Show what one way may be, the present one ticked; a number or a zone is typed."""
    said, labels = words("ways", WORDS), words("buttons", WORDS)
    back = (Button(labels["back"], NAME, typed=f"/{NAME}"),)
    if which not in CHOICES:
        typed = said[f"type_{which}"].format(most=LONGEST_CALL)
        return Screen("info", labels[which], (text(typed),), (back,))
    now = {"repeat": str(found.repeat_min), "quiet": found.quiet or NONE}.get(
        which, getattr(found, which)
    )
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
