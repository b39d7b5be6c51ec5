"""`/invite`, and what opens the link of an invitation; its token is stored nowhere."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from bot.access import GIVEN, Access, Right
from bot.commands.others import turn_for
from bot.guidance.spoken_times import say_moment
from bot.incoming import Command, Incoming
from bot.screens.people import about, name_of, say_role, say_roles
from bot.screens.screen import Button, Screen, text
from bot.turn import Turn
from state.people import Invitation, Member
from state.store import Store

WORKS_FOR: Final = timedelta(hours=72)
TOKEN_BYTES: Final = 16
MOST_AT_ONCE: Final = 50
INVITATION: Final = "invitation"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # 16 bytes
_USERNAME: Final = re.compile(r"@(\w{4,32})", re.ASCII)
_COUNT: Final = re.compile(r"[1-9]\d?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for with `/invite`."""

    right: Right
    count: int
    name: str

    @property
    def role(self) -> str:
        return self.right.name.casefold()


def invite(turn: Turn, given: str) -> None:
    """Make an invitation. The link is added when the message is sent, from memory."""
    wanted = read_wanted(given)
    if wanted is None:
        said = about("invite")["not_understood"]
        turn.say(said.format(allowed=", ".join(GIVEN), most=MOST_AT_ONCE))
        return
    maker = turn.incoming.who
    if not turn.access.may_give(maker, wanted.right):
        allowed = ", ".join(role for role in GIVEN if turn.access.may_give(maker, GIVEN[role]))
        turn.say(about("invite")["too_high"].format(role=wanted.role, allowed=allowed))
        return
    token = secrets.token_urlsafe(TOKEN_BYTES)
    hashed, ends_at = hash_of(token), turn.now + WORKS_FOR
    made = Invitation(hashed, wanted.role, wanted.count, wanted.name, maker, ends_at)
    turn.store.invitations.add(made)
    turn.note_action("invited", role=wanted.role)
    turn.access.hold(hashed, token)
    turn.screens.append(_draw(turn, wanted, f"{INVITATION} {hashed}", ends_at))


def read_wanted(given: str) -> Wanted | None:
    """Read what follows `/invite`, in any order; None if there is something else."""
    rights, counts, names = list[Right](), list[int](), list[str]()
    for word in given.split():
        if word.casefold() in GIVEN:
            rights.append(GIVEN[word.casefold()])
        elif _COUNT.fullmatch(word):
            counts.append(int(word))
        elif found := _USERNAME.fullmatch(word):
            names.append(found[1].casefold())
        else:
            return None
    if max(len(rights), len(counts), len(names)) > 1 or max(counts, default=1) > MOST_AT_ONCE:
        return None
    if names and counts not in ([], [1]):
        return None
    return Wanted(
        rights[0] if rights else Right.CLINICIAN,
        counts[0] if counts else 1,
        names[0] if names else "",
    )


def token_in(incoming: Incoming) -> str | None:
    """Return the token with which somebody opens the chat; None if there is none, or no such."""
    act = incoming.act
    if not isinstance(act, Command) or act.name.casefold() != "start":
        return None
    return act.rest if _TOKEN.fullmatch(act.rest) else None


def opened_by(store: Store, access: Access, incoming: Incoming, now: datetime) -> Invitation | None:
    """Return the invitation that somebody may use now; None for any reason that they may not.

    It is found by the hash of its token, and counts only while its maker may still give its role.
    """
    token = token_in(incoming)
    found = store.invitations.find(hash_of(token)) if token else None
    if found is None or found.ends_at <= now:
        return None
    if found.name not in ("", (incoming.username or "").casefold()):
        return None
    return found if access.may_give(found.maker, GIVEN[found.role]) else None


def join(turn: Turn) -> None:
    """Let somebody in by an invitation, or raise their role; it never lowers one.

    Somebody who is not let in is told nothing of why.
    """
    who, access = turn.incoming.who, turn.access
    found, right = opened_by(turn.store, access, turn.incoming, turn.now), access.right_of(who)
    if found is None:
        if right < Right.VIEWER:
            turn.say(say_lapsed(who))
        return
    if right >= GIVEN[found.role]:
        return
    name = f"@{turn.incoming.username}" if turn.incoming.username else ""
    member = Member(who, found.role, name, found.maker, turn.now)
    before = turn.store.members.role_of(who)
    turn.store.members.keep(member)
    turn.store.invitations.use(found.hashed)
    became = f"{before} to {found.role}" if before else found.role
    turn.note_action("joined", about=found.maker, role=became)
    said, role = about("invite"), say_role(found.role)
    turn.say(said["joined"].format(role=role))
    told = said["who_joined"].format(name=name_of(member), role=role)
    does = f"members {who} remove"
    turn_for(turn, found.maker).say(told, (Button("Remove", does, typed=f"/{does}"),))


def say_lapsed(who: str) -> str:
    """Say that an invitation does not let somebody in, whatever the reason."""
    hours = round(WORKS_FOR.total_seconds() / 3600)
    return about("invite")["lapsed"].format(who=who, hours=hours)


def renew(store: Store, hashed: str) -> str | None:
    """Give an invitation that was never sent another token; None if there is no such invitation."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with store.turn():
        found = store.invitations.find(hashed)
        store.invitations.withdraw(hashed)
        if found:
            store.invitations.add(replace(found, hashed=hash_of(token)))
    return token if found else None


def hash_of(token: str) -> str:
    """Return what is stored of a token."""
    return sha256(token.encode()).hexdigest()


def _draw(turn: Turn, wanted: Wanted, file: str, ends_at: datetime) -> Screen:
    said = about("invite")
    how_many = said["several"].format(count=wanted.count) if wanted.count > 1 else said["one"]
    whom = said["whom"].format(
        how_many=said["named"].format(name=wanted.name) if wanted.name else how_many,
        role=say_roles(wanted.role, wanted.count),
        until=say_moment(ends_at, turn.setting.engine.zone),
    )
    return Screen("kept", said["title"], (text(whom, said["how"]),), file=file)
