"""Migrates open cases at start-up: what new rules or policy change is said with sound."""

from bot.conversation.events import TakenOver
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from state.store import StoreError


def take_over(service: Service, *, only: str | None = None, besides: str = "") -> list[Exception]:
    """Reassess each open case last assessed under other rules or another policy.

    Nothing is assessed while CordCall is out of use.

    Returns the errors of single cases; the next start, or the next event, retries them.
    """
    failed = list[Exception]()
    if service.out_of_use:
        return failed
    engine = service.setting.engine
    with service.store.turn() as store:
        for code in store.cases.codes_told_otherwise(
            engine.ruleset, engine.policy, only=only, besides=besides
        ):
            try:
                with store.part():
                    _take_over(service, code)
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
    return failed


def _take_over(service: Service, code: str) -> None:
    case = service.store.cases.find(code)
    if case is None or not service.may_use(case.owner):
        return
    turn = service.begin(Incoming(case.chat, case.owner, Tap("", 0)), case)
    turn.advance(TakenOver())
    if turn.screens:
        service.send(turn)
