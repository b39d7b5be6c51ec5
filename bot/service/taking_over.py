"""Takes open cases over at the start: what rules or policy have changed is said with sound."""

from bot.conversation.events import TakenOver
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from state.store import StoreError


def take_over(service: Service, *, only: str | None = None, besides: str = "") -> list[Exception]:
    """Assess anew each open case that other rules or another policy were the last to assess.

    Returns what went wrong with single cases; the next start, or the next event, tries them again.
    """
    failed = list[Exception]()
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
