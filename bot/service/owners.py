"""Notices at a start who is no longer named in CORDCALL_OWNERS: they are treated as if removed."""

from bot.commands.members import take_effect
from bot.incoming import TERMINAL, Command, Incoming
from bot.service.auditing import audit
from bot.service.service import Service


def note_owners(service: Service) -> None:
    """Tell former owners what they are now, once, and keep who the owners are.

    In the current transaction. Their open cases are left to `offer_left_cases`.
    """
    members, access = service.store.members, service.access
    turn = service.begin(Incoming(TERMINAL, TERMINAL, Command("members")))
    for who in sorted(members.owners() - access.owners):
        take_effect(turn, who, "owner", access.right_of(who))
    members.keep_owners(sorted(access.owners))
    audit(turn)
    service.send_beside(turn)
