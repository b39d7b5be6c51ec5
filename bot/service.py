"""One turn, one transaction: load, advance, draw, save, put into the outbox."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from bot.engine import Engine
from bot.events import Closed, Event, Looked, Opened
from bot.logic.assessment import RULESET_VERSION
from bot.moments import say_moment, say_time_left
from bot.render import draw
from bot.screens import Screen, dump, text
from bot.shows import Show
from bot.view import View, words
from state.records import Triage
from state.store import Store

STALE_AFTER: Final = timedelta(minutes=15)
CLOSED_LATELY: Final = timedelta(days=1)
CONSONANTS: Final = "KLMNRSVZ"
VOWELS: Final = "AEO"
TRIES_WITH_TWO_DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class Service:
    """The core behind every adapter. `clock` gives the present with an offset."""

    store: Store
    engine: Engine
    clock: Callable[[], datetime]
    call: str

    def begin(self, chat: str, who: str) -> None:
        """Start a new case; a case whose first question is still unanswered goes on instead."""
        now = self.clock()
        with self.store.turn() as store:
            case = store.active(chat)
            if case is None or case.answers or case.status == "closed":
                case = self._new(store, chat, who, now)
            elif now - case.begun_at > STALE_AFTER:
                case = self._restarted(store, case, now)
            self._advance(store, case, Opened(), who, now)

    def come_back(self, chat: str, who: str) -> None:
        """Show where the chat's case stands, or start one."""
        with self.store.turn() as store:
            store.sent(store.queued(chat))
            case = store.active(chat)
        if case is None or case.status == "closed" or not case.answers:
            self.begin(chat, who)
        else:
            self.handle(chat, who, Looked())

    def resume(self, chat: str, who: str, code: str) -> bool:
        """Take up a case of this chat by its code; False when there is none."""
        now = self.clock()
        with self.store.turn() as store:
            case = store.find(code.strip().upper())
            if case is None or case.chat != chat:
                return False
            store.activate(chat, case.code)
            self._advance(store, case, Looked(), who, now)
        return True

    def handle(self, chat: str, who: str, event: Event, update_id: int | None = None) -> bool:
        """Apply an event to the chat's case; False when there is none, or it came before."""
        now = self.clock()
        with self.store.turn() as store:
            if update_id is not None and not store.is_new(update_id, now):
                return False
            case = store.active(chat)
            if case is None:
                return False
            self._advance(store, case, event, who, now)
            if isinstance(event, Closed):
                store.activate(chat, None)
        return True

    def list_cases(self, chat: str) -> None:
        """Show the cases of a chat that are not closed, or were closed lately."""
        now = self.clock()
        with self.store.turn() as store:
            cases = store.listed(chat, now - CLOSED_LATELY)
            active = store.active(chat)
            lines = [self._summary(case, active, now) for case in cases]
            screen = Screen("notice", "Cases", (text(*(lines or ["None is open."]), look="list"),))
            store.enqueue(chat, None, [dump(screen)], now)

    def view(self, case: Triage, now: datetime) -> View:
        """Look at a case as it stands."""
        engine = self.engine
        standing = engine.stand(case, now)
        return View(case, standing, engine.machine.flow, now, engine.zone, self.call)

    def screens(self, case: Triage, shows: Iterable[Show], now: datetime) -> list[Screen]:
        """Draw what is to be shown of a case."""
        return draw(shows, self.view(case, now))

    def _advance(self, store: Store, case: Triage, event: Event, who: str, now: datetime) -> None:
        turn = self.engine.advance(case, event, who, now)
        store.save(turn.triage, case)
        screens = self.screens(turn.triage, turn.shows, now)
        store.enqueue(case.chat, case.code, (dump(screen) for screen in screens), now)

    def _new(self, store: Store, chat: str, who: str, now: datetime) -> Triage:
        flow = self.engine.machine.flow
        code = next(code for code in new_codes() if store.find(code) is None)
        case = Triage(
            code=code,
            chat=chat,
            owner=who,
            status="open",
            begun_at=now,
            flow=flow.id,
            fingerprint=flow.fingerprint,
            ruleset=RULESET_VERSION,
            touched_at=now,
        )
        store.add(case)
        store.activate(chat, code)
        return case

    def _restarted(self, store: Store, case: Triage, now: datetime) -> Triage:
        fresh = replace(case, begun_at=now)
        store.save(fresh, case)
        return replace(fresh, version=case.version + 1)

    def _summary(self, case: Triage, active: Triage | None, now: datetime) -> str:
        view = self.view(case, now)
        standing = view.standing
        due = view.result.due
        left = f", MRI {say_time_left(due, now)}" if standing.settled and due else ""
        level = words("levels")[view.result.urgency.level] if standing.settled else "not settled"
        here = " (this one)" if active and active.code == case.code else ""
        begun = say_moment(case.begun_at, self.engine.zone)
        return f"{case.code}{here}: {level}{left}; {case.status}, begun {begun}"


def new_codes() -> Iterator[str]:
    """Give codes that can be said aloud, such as KES-42, without end and in no order."""
    for tries in count():
        letters = (secrets.choice(CONSONANTS), secrets.choice(VOWELS), secrets.choice(CONSONANTS))
        digits = 2 if tries < TRIES_WITH_TWO_DIGITS else 3
        number = secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)
        yield f"{''.join(letters)}-{number}"
