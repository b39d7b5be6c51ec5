"""Takes open cases over from older rules or another policy: what that changes is said with sound.

That somebody takes over a case whose owner has no access is `bot/commands/takeover.py`.
"""

from bot.conversation.events import TakenOver
from bot.incoming import TERMINAL, Incoming, Tap
from bot.service.open_cases import Part, do_part
from bot.service.service import Service
from state.records import OpenCase, Place, Priority
from state.store import StoreError


def take_over_part(service: Service, place: Place) -> Part:
    """Reassess the next open cases last assessed under other rules or another policy.

    The next start, or the next event, retries those that fail. The terminal's are left to it.
    """
    engine = service.setting.engine
    now = engine.ruleset, engine.policy

    def is_meant(case: OpenCase) -> bool:
        told_otherwise = (case.ruleset, case.policy) != now
        return told_otherwise and case.reachable and case.chat != TERMINAL

    return do_part(service, place, is_meant, take_over)


def take_over_chat(service: Service, chat: str) -> list[Exception]:
    """Reassess a chat's cases at once; return the errors of single cases.

    While CordCall is out of use nothing is worked out.
    """
    failed = list[Exception]()
    with service.store.turn() as store:
        if service.out_of_use:
            return failed
        for code in store.cases.codes_under_way(chat):
            try:
                with store.part():
                    take_over(service, code)
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
    return failed


def take_over(service: Service, code: str) -> str | None:
    """Reassess a case in the current transaction; return its chat if there is something to say."""
    case, engine = service.store.cases.find(code), service.setting.engine
    if case is None or not case.answers or not service.access.is_seen(case):
        return None
    if (case.ruleset, case.policy) == (engine.ruleset, engine.policy):
        return None
    turn = service.begin(Incoming(service.access.desk(case), case.owner, Tap("", 0)), case)
    turn.advance(TakenOver())
    if not turn.screens:
        return None
    service.send(turn, Priority.REMINDER)
    return service.access.desk(case)
