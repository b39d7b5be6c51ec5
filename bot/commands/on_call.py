"""`/oncall`: who is on call for a group in each role and until when, and who may change it."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bot.access import Access, Right
from bot.commands.quiet import zone_of
from bot.flows.times import Unreadable, read_time
from bot.incoming import Command, Incoming
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.screens.team import WORDS
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.time_line import say_time
from bot.turn import Turn
from state.groups import Colleague, Duty, is_group
from state.store import StoreError

NAME: Final = "oncall"
ROLES: Final = ("surgeon", "oncologist", "coordinator", "nephrology", "radiology")
NOBODY: Final = "nobody"
ME: Final = "me"
UNTIL: Final = "until"
LONGEST_DUTY: Final = timedelta(days=7)
LONGEST_GIVEN: Final = 100
MOST_NAMED: Final = 3


def on_call(turn: Turn, given: str) -> None:
    """Say who is on call for this group, or change it: a role, a person, and until when."""
    said = words("on_call", WORDS)
    if not turn.in_group:
        turn.say(said["in_group"])
        return
    role, _, rest = " ".join(given.split()).partition(" ")
    role = role.casefold()
    if not given:
        _list(turn)
    elif role not in ROLES or not rest:
        turn.say(said["not_understood"].format(roles=", ".join(ROLES)))
    elif rest.casefold() == NOBODY:
        _end(turn, role)
    else:
        _put(turn, role, rest)


def beside_colleague(incoming: Incoming, access: Access) -> str | None:
    """Return what was typed beside the colleague whom it puts on call; None if it puts nobody.

    A colleague's own name is no patient's; all else may be.
    """
    act = incoming.act
    if not (isinstance(act, Command) and act.name.casefold() == NAME and is_group(incoming.chat)):
        return None
    role, *rest = act.rest.split() or ("",)
    if role.casefold() not in ROLES or len(act.rest) > LONGEST_GIVEN:
        return None
    try:
        found, count = _named(access, incoming.chat, rest)
    except StoreError:
        return None
    return " ".join((role, *rest[count:])) if found else None


def _end(turn: Turn, role: str) -> None:
    duties = turn.access.on_call(turn.chat, turn.now)
    duty = next((each for each in duties if each.role == role), None)
    if duty and _may_change(turn, role, duty.who):
        turn.store.groups.end_duty(turn.chat, role)
        turn.note_action("on call", about=duty.who, role=f"{role} {NOBODY}")
        duty = None
    if duty is None:
        _list(turn)


def _put(turn: Turn, role: str, rest: str) -> None:
    said, zone, typed = words("on_call", WORDS), zone_of(turn, turn.chat), rest.split()
    if typed[0].casefold() == ME:
        me = turn.store.groups.colleague(turn.chat, turn.incoming.who)
        found, count = [me] if me else [], 1
    else:
        found, count = _named(turn.access, turn.chat, typed)
    if len(found) != 1:
        turn.say(said["which" if found else "whom"].format(role=role))
        return
    (whom,), until = found, " ".join(typed[count:])
    if not _may_change(turn, role, whom.who):
        return
    try:
        ends_at = _ends_at(until.removeprefix(f"{UNTIL} "), turn.now, zone)
    except Unreadable as error:
        turn.say(said["until_when"].format(role=role, why=error))
        return
    if ends_at - turn.now > LONGEST_DUTY:
        turn.say(said["too_long"].format(days=LONGEST_DUTY.days))
        return
    turn.store.groups.put_on_call(Duty(turn.chat, role, whom.who, whom.name, ends_at))
    turn.note_action("on call", about=whom.who, role=role)
    _list(turn)


def _may_change(turn: Turn, role: str, whom: str) -> bool:
    """Return whether the person may put somebody on call or take them off; if not, say who may.

    Everybody may for themselves.
    """
    if whom == turn.incoming.who or turn.access.may(turn.incoming.who, Right.ADMIN):
        return True
    said = words("on_call", WORDS)
    admins = [each.name for each in turn.access.admins_in(turn.chat)][:MOST_NAMED]
    turn.note_action("refused")
    turn.say(said["only_admins"].format(role=role, names=", ".join(admins) or said["no_admin"]))
    return False


def _ends_at(until: str, now: datetime, zone: tzinfo) -> datetime:
    """Read until when: a time of day that is past today is tomorrow's, for a night is meant."""
    try:
        return read_time(until, now, zone, past=False, start=now)
    except Unreadable as error:
        try:
            read_time(until, now, zone, past=True, start=now)
        except Unreadable:
            raise error from None
        return read_time(f"tomorrow {until}", now, zone, past=False, start=now)


def _named(access: Access, chat: str, typed: Sequence[str]) -> tuple[list[Colleague], int]:
    """Return which colleagues of a group the first words name, and how many words do.

    The longest name counts: the whole one or a word of it, a user name, or an id.
    """
    people = access.colleagues(chat)
    forms = [(each, _forms(each, access)) for each in people]
    for count in range(len(typed), 0, -1):
        name = _folded(" ".join(typed[:count]))
        found = [each for each, named in forms if name in named]
        if found:
            return found, count
    return [], 0


def _forms(colleague: Colleague, access: Access) -> set[str]:
    """Return how a colleague may be named: also without the end that tells them apart."""
    member = access.members.find(colleague.who) if access.members else None
    name = _folded(colleague.name)
    first = name.rpartition(" ")[0]
    return {
        name,
        first,
        *name.split(),
        colleague.who,
        *([_folded(member.name)] if member else []),
    } - {""}


def _folded(name: str) -> str:
    """Return a name as it is compared: without @, accents and capitals."""
    parts = unicodedata.normalize("NFKD", name.removeprefix("@"))
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold()


def _list(turn: Turn) -> None:
    """Say who is on call in each role, by the group's clocks."""
    said, roles = words("on_call", WORDS), words("called", TIME_LINE)
    zone, found = zone_of(turn, turn.chat), turn.access.on_call(turn.chat, turn.now)
    duties = {each.role: each for each in found}
    lines = [
        said["line"].format(
            role=roles[role], name=duty.name, until=say_time(duty.until, turn.now, zone)
        )
        if (duty := duties.get(role))
        else said["vacant"].format(role=roles[role])
        for role in ROLES
    ]
    named = [said["zone"].format(zone=zone)] if str(zone) != str(turn.setting.engine.zone) else []
    shown = [*lines, *named] if duties else [said["nobody"]]
    how = said["how"].format(roles=", ".join(ROLES))
    turn.screens.append(Screen("info", said["title"], (text(*shown), text(how, look="help"))))
