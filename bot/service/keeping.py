"""What is kept and for how long: erases closed cases, asks about open ones, notes clock jumps."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.incoming import TERMINAL, Command, Incoming
from bot.screens.keeping import draw_still_open, say_clock_jump
from bot.service.service import Service
from state.records import Priority, Seen
from state.store import StoreError

A_JUMP: Final = timedelta(days=1)
WAIT_AFTER_A_JUMP: Final = timedelta(days=1)


def note_clock(service: Service) -> bool:
    """Keep what the clock says, in the current transaction; return whether it has jumped.

    A long absence looks the same. The owners are told.
    """
    now, store = service.clock(), service.store
    poll = store.inbox.poll()
    seen = store.clock.seen() or Seen(poll.polled_at if poll else now)
    jumped = abs(now - seen.seen_at) > A_JUMP
    if jumped:
        for owner in service.owners:
            _tell(service, owner, seen.seen_at, now)
        store.clock.keep(Seen(now, now))
    else:
        store.clock.keep(replace(seen, seen_at=now))
    return jumped


def may_erase(service: Service) -> bool:
    """Return whether the clock can be trusted.

    It has not jumped since it was noted, and a day has passed since it did.
    """
    now, seen = service.clock(), service.store.clock.seen()
    if seen is None:
        return True
    waited = seen.jumped_at is None or now - seen.jumped_at >= WAIT_AFTER_A_JUMP
    return waited and abs(now - seen.seen_at) <= A_JUMP


def ask_about_open(service: Service, most: int) -> tuple[list[str], list[Exception]]:
    """Ask about the first `most` open cases past retention, in the current transaction.

    Nobody is asked while CordCall is out of use: the buttons would not work.

    Returns the chats that are asked, and the errors of single cases, which are not asked again.
    """
    asked, failed = list[str](), list[Exception]()
    if service.out_of_use:
        return asked, failed
    before = service.clock() - timedelta(days=service.setting.retention_days)
    for code in service.store.cases.codes_to_ask_about(before, most, besides=TERMINAL):
        service.store.cases.note_asked(code, service.clock())
        try:
            with service.store.part():
                asked += _ask(service, code)
        except StoreError:
            raise
        except Exception as error:
            failed.append(error)
    return asked, failed


def _ask(service: Service, code: str) -> list[str]:
    case = service.store.cases.find(code)
    if case is None or not service.access.is_seen(case):
        return []
    turn = service.begin(Incoming(service.access.desk(case), case.owner, Command("remind")), case)
    days, zone = service.setting.retention_days, service.setting.engine.zone
    turn.screens.append(draw_still_open(case, days, zone))
    service.send(turn, Priority.REMINDER)
    return [service.access.desk(case)]


def _tell(service: Service, owner: str, before: datetime, now: datetime) -> None:
    zone = service.setting.engine.zone
    turn = service.begin(Incoming(owner, owner, Command("remind")))
    turn.say(say_clock_jump(before, now, now + WAIT_AFTER_A_JUMP, zone).strip())
    service.send(turn, Priority.REMINDER)
