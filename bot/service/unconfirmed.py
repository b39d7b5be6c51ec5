"""Reminds once, after REMIND_AFTER, of an emergency read from a line and not confirmed."""

from datetime import datetime

from bot.commands.waiting_lines import show_again, would_alarm
from bot.incoming import Command, Incoming
from bot.screens.read_line import reminded
from bot.service.service import Service
from state.read_lines import ReadLine
from state.records import Priority


def next_unconfirmed(
    service: Service, *, only: str | None = None, besides: str = ""
) -> datetime | None:
    """Return when the next line is to be reminded of; of one chat, or of all besides one."""
    if service.out_of_use:
        return None
    first = service.store.read_lines.first(only=only, besides=besides)
    return first.remind_at if first else None


def claim_unconfirmed(
    service: Service, *, only: str | None = None, besides: str = ""
) -> ReadLine | None:
    """Claim the line that is due first, in the current transaction, so that it is due no more."""
    due, now = next_unconfirmed(service, only=only, besides=besides), service.clock()
    if due is None or due > now:
        return None
    waiting = service.store.read_lines.first(only=only, besides=besides)
    if waiting:
        service.store.read_lines.reminded(waiting.code, now)
    return waiting


def remind_of_line(service: Service, waiting: ReadLine) -> tuple[str, ...]:
    """Show a line once more where it was typed, unless it would make no new emergency any more.

    Returns the chats that it goes to.
    """
    case = service.store.cases.find(waiting.code)
    current = service.store.read_lines.find(waiting.code)
    if case is None or current is None or case.status == "closed":
        return ()
    if not service.access.is_seen(case):
        return ()
    incoming = Incoming(case.chat, case.owner, Command("remind"), thread=case.thread)
    turn = service.begin(incoming, case)
    if not would_alarm(turn, case, current):
        return ()
    screen = show_again(turn, current)
    turn.screens.append(reminded(screen))
    service.send(turn, Priority.REMINDER)
    return (case.chat,)
