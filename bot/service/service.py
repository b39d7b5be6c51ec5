"""One turn, one transaction: what a person did comes in once, and what to show goes out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.commands.registry import COMMANDS
from bot.conversation.events import Done, Edited, Outdated, Picked, Suggested, Ticked, Typed
from bot.conversation.reminders import is_wanted
from bot.conversation.replies import Notice
from bot.incoming import Command, Incoming, InGroup, Tap, Text, Unread
from bot.screens.notices import words
from bot.screens.reminder import draw_reminder
from bot.screens.screen import dump
from bot.service.reminding import Renewal, renew
from bot.service.strangers import Refusals
from bot.service.taps import go_on
from bot.turn import Setting, Turn
from state.records import Minted, Priority, Reminder, StoredCase
from state.store import Store, StoreError

UPDATES_KEPT: Final = timedelta(days=3)
BUTTONS_KEPT: Final = timedelta(days=14)
REMINDED_FOR: Final = timedelta(days=4)
NEEDS_THE_PRESENT: Final = ("answer", "tick", "done", "back", "correct", "close")


@dataclass(frozen=True, slots=True)
class Service:
    """The core behind every adapter. `clock` gives the present with an offset.

    With `touch`, buttons are tapped: they get tokens, and a typed word is confirmed first.
    `may_use` tells whether a person may use this at all.
    """

    store: Store
    setting: Setting
    clock: Callable[[], datetime]
    touch: bool = False
    may_use: Callable[[str], bool] = lambda _: True
    refusals: Refusals = field(default_factory=Refusals)

    def take(self, incoming: Incoming) -> None:
        """Do what a person asked, in a transaction of its own."""
        with self.store.turn():
            self.do(incoming)

    def do(self, incoming: Incoming) -> None:
        """Do what a person asked, in the transaction under way."""
        turn = Turn(self.setting, self.store, incoming, self.clock(), touch=self.touch)
        refusal = self._refusal(incoming)
        if refusal is None:
            self._act(turn)
        elif not self.store.outbox.waits(turn.chat) and self.refusals.is_due(turn.chat, turn.now):
            turn.say(refusal)
        else:
            return
        self._send(turn)

    def fail_safe(self, incoming: Incoming) -> None:
        """Tell a person whose turn failed what to do without this, in the transaction under way.

        Whoever has no access, and a group, is told nothing: the number is not for everybody.
        """
        if self._refusal(incoming) is not None:
            return
        turn = Turn(self.setting, self.store, incoming, self.clock(), touch=self.touch)
        turn.say(self.without_this)
        self._send(turn)

    @property
    def without_this(self) -> str:
        """Say what to do where this fails."""
        call = self.setting.call or words("fixed")["no_call"]
        return words("fixed")["fail_safe"].format(call=call)

    def forget_old(self) -> None:
        """Erase what is kept no longer: old cases, updates and buttons."""
        now = self.clock()
        with self.store.turn() as store:
            untouched_since = now - timedelta(days=self.setting.retention_days)
            store.cases.forget(untouched_since)
            store.readers.forget(untouched_since)
            store.inbox.forget(now - UPDATES_KEPT)
            store.buttons.forget(now - BUTTONS_KEPT)
            store.chats.forget_unused()
        self.store.scrub()

    def renew_reminders(self, *, only: str | None = None, besides: str = "") -> Renewal:
        """Work the reminders of open cases out anew, in the transaction under way.

        Of one chat or of all besides one. A case whose owner has no access is counted, one that
        fails is left as it is.
        """
        return self.renew(self.codes_to_renew(only=only, besides=besides))

    def codes_to_renew(self, *, only: str | None = None, besides: str = "") -> list[str]:
        """Name the cases that may still be reminded of something: touched in the last days."""
        since = self.clock() - REMINDED_FOR
        return self.store.cases.codes_to_remind(since, only=only, besides=besides)

    def renew(self, codes: Iterable[str]) -> Renewal:
        """Work the reminders of some cases out anew, in the transaction under way."""
        failed, without_access = list[Exception](), 0
        engine = self.setting.engine.forgetful()
        for code in codes:
            try:
                with self.store.part():
                    case = self.store.cases.find(code)
                    if case and self.may_use(case.owner):
                        renew(self.store, engine, case, self.clock())
                    without_access += bool(case and not self.may_use(case.owner))
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
        return Renewal(tuple(failed), without_access)

    def next_reminder(self, *, only: str | None = None, besides: str = "") -> datetime | None:
        """Tell when the next reminder of one chat, or of all besides one, is due."""
        found = self.store.reminders.first(only=only, besides=besides)
        return found.due_at if found else None

    def claim_reminder(self, *, only: str | None = None, besides: str = "") -> Reminder | None:
        """Claim what is due of the case whose turn it is, in the transaction under way.

        Of several only the newest is given: after an absence one says enough.
        """
        now = self.clock()
        first = self.store.reminders.first(only=only, besides=besides)
        if first is None or first.due_at > now:
            return None
        return self.store.reminders.claim(first.code, now)

    def remind(self, reminder: Reminder) -> str | None:
        """Queue a claimed reminder, in the transaction under way; give the chat it goes to.

        None where the case does not want it any more, or its owner has no access.
        """
        case = self.store.cases.find(reminder.code)
        if case is None or not self.may_use(case.owner):
            return None
        now = self.clock()
        incoming = Incoming(case.chat, case.owner, Command("remind"))
        turn = Turn(self.setting, self.store, incoming, now, case, self.touch)
        view = turn.view(case)
        if not is_wanted(reminder, case, view.standing, now):
            return None
        turn.screens.append(draw_reminder(view, reminder))
        self._send(turn, Priority.REMINDER)
        return case.chat

    def redraw_all(self) -> list[Exception]:
        """Draw every open card again, after a time in which taps may have been lost.

        Gives what went wrong with single cases; the others are drawn.
        """
        failed = list[Exception]()
        with self.store.turn() as store:
            for code in store.cases.shown_codes():
                try:
                    with store.part():
                        self._redraw(code)
                except StoreError:
                    raise
                except Exception as error:
                    failed.append(error)
        return failed

    def _redraw(self, code: str) -> None:
        case = self.store.cases.find(code)
        if case is None or not self.may_use(case.owner):
            return
        incoming = Incoming(case.chat, case.owner, Tap("", 0))
        turn = Turn(self.setting, self.store, incoming, self.clock(), case, self.touch)
        replies = (Notice("was_away"), *self.setting.engine.here(case, turn.now))
        turn.screens += turn.draw(case, replies)
        self._send(turn, Priority.BOARD)

    def _refusal(self, incoming: Incoming) -> str | None:
        """Say why nothing is done for a chat; None where something is."""
        if isinstance(incoming.act, InGroup):
            return words("fixed")["in_group"]
        if not self.may_use(incoming.who):
            return words("fixed")["not_allowed"].format(who=incoming.who)
        return None

    def _act(self, turn: Turn) -> None:
        act = turn.incoming.act
        if isinstance(act, Unread):
            turn.say(words("fixed")["edit_not_read" if act.edited else "not_read"])
        elif isinstance(act, Command):
            _command(turn, act.name, act.rest)
        elif isinstance(act, Text):
            turn.load()
            turn.advance(Suggested(act.text) if self.touch else Typed(act.text))
        elif isinstance(act, Tap):
            _tap(turn, act.token, act.place)

    def _send(self, turn: Turn, priority: Priority = Priority.ANSWER) -> None:
        token = turn.mint() if self.touch else None
        alert = any(screen.alert for screen in turn.screens)
        turn.store.outbox.enqueue(
            chat=turn.chat,
            code=turn.case.code if turn.case else None,
            screens=[dump(screen) for screen in turn.screens],
            token=token,
            query=turn.incoming.query,
            tapped=turn.incoming.message_id,
            anew=not isinstance(turn.incoming.act, Tap),
            priority=Priority.EMERGENCY if alert and priority is Priority.ANSWER else priority,
            at=turn.now,
        )


def _is_outdated(verb: str, minted: Minted, case: StoredCase) -> bool:
    """Tell a button that must not count any more; what is closed already says so by itself."""
    if verb == "close" and case.status == "closed":
        return False
    needs_the_present = verb in NEEDS_THE_PRESENT
    return needs_the_present and (minted.version != case.version or case.status == "closed")


def _command(turn: Turn, name: str, rest: str) -> None:
    command = COMMANDS.get(name.casefold())
    if command is None:
        allowed = ", ".join(f"/{each}" for each in COMMANDS)
        turn.say(f"/{name[:20]}: no such command; allowed: {allowed}")
        return
    command.handle(turn, rest.strip())


def _tap(turn: Turn, token: str, place: int) -> None:
    minted = turn.store.buttons.find(token)
    if minted is None or minted.chat != turn.chat or place >= len(minted.actions):
        turn.load()
        turn.advance(Outdated())
        return
    before = turn.store.cases.active_code(turn.chat)
    _do_tapped(turn, minted, place)
    go_on(turn, minted.actions[place][0].partition(" ")[0], before)


def _do_tapped(turn: Turn, minted: Minted, place: int) -> None:
    does, value = minted.actions[place]
    verb, _, key = does.partition(" ")
    case = turn.store.cases.find(minted.code) if minted.code else None
    if case is None:
        _command(turn, verb, key)
        return
    if _is_outdated(verb, minted, case):
        turn.load()
        turn.advance(Outdated())
        return
    turn.take_up(case)
    match verb:
        case "answer":
            turn.advance(Picked(key, value))
        case "tick":
            turn.advance(Ticked(key, value))
        case "done":
            turn.advance(Done(key))
        case "edit":
            turn.advance(Edited(key))
        case _:
            _command(turn, verb, key)
