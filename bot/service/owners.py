"""Notices at a start who is, and who no longer is, named in CORDCALL_OWNERS."""

from bot.commands.members import as_member, take_effect
from bot.incoming import TERMINAL, Command, Incoming
from bot.service.auditing import audit
from bot.service.service import Service


def note_owners(service: Service) -> None:
    """Tell former and new owners what they are now, once, and keep who the owners are.

    In the current transaction. Former owners are treated as if removed; their open cases are left
    to `offer_left_cases`. Where no owner was kept yet, nobody is told.
    """
    members, access = service.store.members, service.access
    turn = service.begin(Incoming(TERMINAL, TERMINAL, Command("members")))
    kept = members.owners()
    for who in sorted(kept ^ access.owners) if kept else ():
        before = "owner" if who in kept else members.role_of(who) or "nobody"
        take_effect(turn, as_member(turn, who, before), access.right_of(who))
    if kept != access.owners:
        members.keep_owners(sorted(access.owners))
    audit(turn)
    service.send_beside(turn)
