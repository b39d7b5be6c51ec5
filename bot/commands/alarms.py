"""What a group does about an emergency: seen, on the way, and who is on call."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from bot.commands.sharing import find_shared
from bot.conversation.alarm import COMING, SEEN, alarm
from bot.conversation.events import Noted
from bot.flows.times import Unreadable, read_time
from bot.screens.notices import words
from bot.screens.team import WORDS
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.time_line import say_time
from bot.turn import Turn
from state.groups import Duty

ROLES: Final = ("surgeon", "oncologist", "coordinator", "nephrology", "radiology")
NOBODY: Final = "nobody"
ME: Final = "me"
UNTIL: Final = "until"
LONGEST_DUTY: Final = timedelta(days=7)


def seen(turn: Turn, code: str) -> None:
    """Note that somebody has seen the emergency of a group's case."""
    _answer(turn, code, SEEN)


def coming(turn: Turn, code: str) -> None:
    """Note that somebody is on the way."""
    _answer(turn, code, COMING)


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
        turn.store.groups.end_duty(turn.chat, role)
        turn.note_action("on call")
        _list(turn)
    else:
        _put(turn, role, rest)


def _put(turn: Turn, role: str, rest: str) -> None:
    whom, _, until = rest.partition(" ")
    said, zone = words("on_call", WORDS), turn.setting.engine.zone
    try:
        ends_at = _ends_at(until.removeprefix(f"{UNTIL} "), turn.now, zone)
    except Unreadable as error:
        turn.say(said["until_when"].format(role=role, why=error))
        return
    if ends_at - turn.now > LONGEST_DUTY:
        turn.say(said["too_long"].format(days=LONGEST_DUTY.days))
        return
    who, name = _person(turn, whom)
    if not name:
        turn.say(said["whom"].format(role=role))
        return
    turn.store.groups.put_on_call(Duty(turn.chat, role, who, name, ends_at))
    turn.note_action("on call", about=who or None)
    _list(turn)


def _ends_at(until: str, now: datetime, zone: tzinfo) -> datetime:
    """Read until when: a time of day that is past today is tomorrow's, for a night is meant."""
    try:
        return read_time(until, now, zone, past=False, start=now)
    except Unreadable:
        return read_time(f"tomorrow {until}", now, zone, past=False, start=now)


def _person(turn: Turn, whom: str) -> tuple[str, str]:
    """Return the id and the name of whom "me" or "@name" means; a name without an id calls too."""
    if whom.casefold() == ME:
        found = turn.store.groups.colleague(turn.chat, turn.incoming.who)
        return turn.incoming.who, found.name if found else turn.incoming.who
    if not whom.startswith("@"):
        return "", ""
    members = turn.access.members
    listed = members.listed() if members else []
    known = next((each.who for each in listed if each.name.casefold() == whom.casefold()), "")
    return known, whom


def _list(turn: Turn) -> None:
    said, roles = words("on_call", WORDS), words("called", TIME_LINE)
    zone = turn.setting.engine.zone
    duties = turn.store.groups.on_call(turn.chat, turn.now)
    lines = [
        said["line"].format(
            role=roles[each.role], name=each.name, until=say_time(each.until, turn.now, zone)
        )
        for each in duties
    ]
    turn.say("\n".join((*(lines or [said["nobody"]]), said["how"].format(roles=", ".join(ROLES)))))


def _answer(turn: Turn, code: str, kind: str) -> None:
    case = find_shared(turn, code)
    if case is None:
        return
    raised, who = alarm(case), turn.incoming.who
    if raised is None or raised.who == who:
        turn.say(words("alarm", WORDS)["yours" if raised else "none"].format(code=case.code))
        return
    turn.take_up(case)
    turn.advance(Noted(kind, who))
