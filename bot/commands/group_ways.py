"""`/group`: a group's own ways, shown to its people and changed by admins who act in it."""

import re
from dataclasses import replace
from typing import Final

from bot.access import Right
from bot.commands.readable import readable
from bot.incoming import Command, Incoming
from bot.logic.case_input import shown_id
from bot.screens.group_ways import (
    ASKS,
    CHOICES,
    CLOSES,
    LONGEST_CALL,
    NAME,
    NONE,
    WORDS,
    draw_choices,
    draw_ways,
)
from bot.screens.notices import words
from bot.screens.screen import Screen
from bot.screens.time_zones import name_of
from bot.turn import Turn
from state.groups import Group, is_group
from state.records import StoredCase

HOSPITAL: Final = "hospital"
_CALL: Final = re.compile(r"[\w +()/.,-]*\d[\w +()/.,-]*")


def group(turn: Turn, given: str) -> None:
    """Show the ways of this group, or change one: "asks all", "call 4321"."""
    said, found = words("ways", WORDS), turn.store.groups.find(turn.chat)
    if found is None:
        turn.say(said["in_private"])
        return
    which, _, wanted = " ".join(given.split()).partition(" ")
    which = which.casefold()
    if not which:
        turn.screens.append(_drawn(turn, found))
    elif which not in (*CHOICES, "call", "zone"):
        turn.say(said["no_such"])
    elif not turn.access.may(turn.incoming.who, Right.ADMIN):
        turn.note_action("refused")
        turn.say(said["only_admins"])
    elif not wanted:
        turn.screens.append(draw_choices(found, which))
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
        given = f"{which} {shown_id(wanted, '')}".rstrip()
        turn.say(said["not_understood"].format(given=given, allowed=allowed))
        return
    turn.store.groups.change(changed)
    turn.note_action("group settings", role=which if which == "call" else f"{which} {wanted}")
    for case in readable(turn.store, turn.store.cases.codes_open(turn.chat)):
        turn.shown_in_group.append(case)
        turn.remind_of(case, turn.standing(case), anew=True)
    turn.screens.append(_drawn(turn, changed))


def _with(found: Group, which: str, wanted: str) -> Group | None:
    """Return a group with one way changed; None if what is wanted is not allowed."""
    low = wanted.casefold()
    if which in CHOICES and low not in CHOICES[which]:
        return None
    match which:
        case "closes":
            return replace(found, closes=next(each for each in CLOSES if each == low))
        case "asks":
            return replace(found, asks=next(each for each in ASKS if each == low))
        case "repeat":
            return replace(found, repeat_min=int(low))
        case "quiet":
            return replace(found, quiet="" if low == NONE else low)
        case "zone":
            zone = "" if low == HOSPITAL else name_of(wanted[:LONGEST_CALL])
            return None if zone is None else replace(found, zone=zone)
    if low == NONE:
        return replace(found, call="")
    fits = len(wanted) <= LONGEST_CALL and _CALL.fullmatch(wanted)
    return replace(found, call=wanted) if fits else None


def _drawn(turn: Turn, found: Group) -> Screen:
    engine = turn.setting.engine
    return draw_ways(found, turn.setting.call, str(engine.zone), engine.policy)
