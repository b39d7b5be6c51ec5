"""Works the reminders of open cases out anew: another policy or limit, a chat that came back."""

from dataclasses import dataclass
from datetime import datetime

from bot.conversation.engine import Engine
from bot.conversation.reminders import wanted
from state.records import StoredCase
from state.store import Store


@dataclass(frozen=True, slots=True)
class Renewal:
    """What came of it: errors of single cases, and how many cases have an owner without access."""

    failed: tuple[Exception, ...]
    without_access: int


def renew(store: Store, engine: Engine, case: StoredCase, now: datetime) -> None:
    """Set what a case is to be reminded of under the rules that hold now.

    It is counted from the newest change of the case, so that a restart moves nothing.
    """
    answered, noted = (each.at for each in case.answers), (each.at for each in case.timeline)
    changed_at = max((case.begun_at, *answered, *noted))
    found = wanted(case, engine.stand(case, now), changed_at)
    store.reminders.set(case.code, found, renewed_at=now)
