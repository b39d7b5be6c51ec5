"""Brings in a case that was exported elsewhere: as it was there, and reminded of from here on."""

import re
from dataclasses import fields, replace
from operator import attrgetter
from typing import Final

from bot.incoming import TERMINAL, Command, Incoming
from bot.refusal import Refusal
from bot.screens.summary import summarise
from bot.service.auditing import AT_THE_MACHINE, audit
from bot.service.service import Service
from state.groups import is_group
from state.records import StoredCase

_PERSON: Final = re.compile(r"[1-9]\d{0,14}", re.ASCII)  # an id of Telegram's
_MOVED_BY_A_LOOK: Final = (
    "chat", "owner", "thread", "version", "position", "touched_at", "ruleset", "policy", "told",
)  # fmt: skip
_the_same: Final = attrgetter(
    *(each.name for each in fields(StoredCase) if each.name not in _MOVED_BY_A_LOOK)
)
"""All by which two copies of a case are one case."""


def bring_in(service: Service, case: StoredCase, to: str | None) -> StoredCase | None:
    """Store a case that was read from a file, in a transaction of its own.

    It goes `to` a person in private, else where it was. Its rules stay those of its last
    assessment, so that the next start reassesses it if they were others. Returns None if the very
    same case is here already.

    Raises Refusal if nobody would see it, if its code is taken, or while CordCall is out of use.
    """
    if to is not None:
        case = replace(case, chat=TERMINAL if to == AT_THE_MACHINE else to, owner=to, thread=None)
    with service.store.turn() as store:
        if why := service.out_of_use:
            raise Refusal(f"out of use: {why}; nothing was imported")
        there = store.cases.find(case.code)
        if there is not None and _the_same(there) == _the_same(case):
            return None
        if there is not None:
            raise Refusal(
                f"{case.code}: another case has this code here; allowed: one that is not taken"
            )
        _require_reader(service, case)
        standing = service.setting.engine.stand(case, service.clock())
        case = replace(case, position=standing.trail.key)
        store.cases.add(case)
        turn = service.begin(Incoming(TERMINAL, AT_THE_MACHINE, Command("import")))
        turn.remind_of(case, standing, anew=True)
        store.boards.sum_up(summarise(case, standing))
        turn.note_action("imported", case.code, about=case.owner)
        audit(turn)
    return case


def require_own_chat(service: Service, case: StoredCase) -> None:
    """Raise Refusal if a case stands in another's private chat, or in one that cannot be.

    Nobody would see it there, or be reminded of it.
    """
    if is_group(case.chat) or (case.chat, case.owner) == (TERMINAL, AT_THE_MACHINE):
        return
    known = _PERSON.fullmatch(case.chat) or service.store.members.role_of(case.chat)
    if case.chat != case.owner or not known:
        raise Refusal(
            f'chat: "{case.chat}" given, of a case of "{case.owner}"; allowed: the '
            "private chat of its owner, or --as WHO"
        )


def _require_reader(service: Service, case: StoredCase) -> None:
    """Raise Refusal if nobody here would see a case or be reminded of it."""
    if case.chat == TERMINAL:
        return
    if is_group(case.chat) and not service.access.is_enrolled(case.chat):
        raise Refusal(
            f"{case.code}: it stood in a group that is not enrolled here; allowed: one that is, or "
            "--as WHO, somebody who may have cases here"
        )
    if not service.access.is_seen(case):
        raise Refusal(
            f"{case.code}: its owner may not have cases here; allowed: --as WHO, somebody who may"
        )
