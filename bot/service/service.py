"""One turn, one transaction: a person's action comes in once, and what to show goes out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.access import Access, open_to_everybody
from bot.commands.expiring import expire
from bot.commands.handover_ends import end_lost
from bot.commands.invitations import token_in
from bot.commands.request_ends import settle
from bot.commands.waiting_lines import show_what_waits
from bot.guidance.reasons import Reasons, Unexplained
from bot.incoming import Command, Incoming, Tap, Text, Unread
from bot.installation import Setting
from bot.screens.notices import say_fail_safe, words
from bot.screens.out_of_use import WORDS, draw_out_of_use, say_out_of_use, with_way_back
from bot.screens.screen import Screen, say_line
from bot.service.auditing import RefusalsAudited, audit
from bot.service.boards import redraw_boards
from bot.service.group_cards import show_in_groups
from bot.service.group_people import see
from bot.service.left_out import reads_on
from bot.service.private_cards import show_in_private
from bot.service.sending import send
from bot.service.strangers import OnceAnHour, is_let_in
from bot.service.tap_limit import NotUrgent
from bot.service.taps import tap, works_out_of_use
from bot.service.typed import keep_whether_asked, route, run_command
from bot.turn import Turn
from state.records import Priority, StoredCase
from state.store import Store

UPDATES_KEPT: Final = timedelta(days=3)
BUTTONS_KEPT: Final = timedelta(days=14)
CASES_ERASED_TOGETHER: Final = 50
ROWS_CUT_TOGETHER: Final = 1000
SAID_ONCE: Final = ("forwarded", "via_bot", "other_bot")


@dataclass(frozen=True, slots=True)
class Done:
    """The chats that something is queued for; what is said, unstored, to one without access."""

    chats: tuple[str, ...] = ()
    farewell: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """The core behind every adapter. `clock` returns the present with an offset.

    With `touch`, buttons are tapped: they get tokens, and typed words are confirmed first.
    `access` says who may do what. `owners` are told of what only they can put right.
    """

    store: Store
    setting: Setting
    clock: Callable[[], datetime]
    touch: bool = False
    access: Access = field(default_factory=open_to_everybody)
    refusals: OnceAnHour = field(default_factory=OnceAnHour)
    not_acts: OnceAnHour = field(default_factory=OnceAnHour)
    audited: RefusalsAudited = field(default_factory=RefusalsAudited)

    @property
    def owners(self) -> frozenset[str]:
        return self.access.owners

    def may_use(self, who: str) -> bool:
        """Return whether a person may use this at all."""
        return self.access.may_use(who)

    def take(self, incoming: Incoming) -> None:
        """Do what a person asked, in its own transaction."""
        reasons = None
        while True:
            try:
                with self.store.turn():
                    self.do(incoming, reasons)
                    return
            except Unexplained as rule:
                reasons = rule.explain()

    def do(
        self, incoming: Incoming, reasons: Reasons | None = None, *, only_urgent: bool = False
    ) -> Done:
        """Do what a person asked, in the current transaction; nothing for one without access.

        Raises Unexplained: call again in another transaction with the reasons. With `only_urgent`
        raises NotUrgent unless it is, or has become, an emergency; roll back what was done.
        """
        if not is_let_in(incoming, self.access):
            return Done()
        turn = self.begin(incoming)
        turn.reasons = reasons
        if (why := self.out_of_use) and not works_out_of_use(turn):
            return self._turn_down(turn, why)
        if self._is_told(turn):
            return Done()
        self._act(turn)
        show_what_waits(turn)
        end_lost(turn, [after.code for _, _, after in turn.moves])
        settle(turn)
        show_in_groups(turn)
        show_in_private(turn)
        let_in = self.may_use(incoming.who)
        if let_in and only_urgent and not _in_emergency(turn):
            raise NotUrgent
        audit(turn)
        if let_in and not turn.in_group:
            keep_whether_asked(turn)
        turn.keep_look_up()
        if not let_in:
            return Done((turn.chat, *self.send_beside(turn)), _said(turn.screens))
        if token_in(incoming):
            self.refusals.forget(turn.chat)
        self.send(turn)
        return Done((turn.chat, *self.send_beside(turn), *redraw_boards(turn)))

    def fail_safe(self, incoming: Incoming) -> None:
        """Tell a person whose turn failed what to do without CordCall, in the current transaction.

        People without access, and groups, are told nothing: the number is not for everybody.
        """
        if not (is_let_in(incoming, self.access) and self.may_use(incoming.who)):
            return
        turn = self.begin(incoming)
        turn.say(self.without_this)
        self.send(turn)

    @property
    def out_of_use(self) -> str:
        """Return why CordCall must not be used; "" if it may be.

        Raises StoreError.
        """
        return self.setting.why_out_of_use(self.store)

    def _turn_down(self, turn: Turn, why: str) -> Done:
        """Say not to use CordCall, briefly for each tap, and once an hour below the taps.

        Somebody who opens an invitation is told to come back: the number is not for everybody.
        """
        if not self.may_use(turn.incoming.who):
            return Done(farewell=words("fixed", WORDS)["invited"])
        if turn.tapped:
            turn.toast(say_out_of_use(self.setting.call, why))
        if not turn.tapped or self.not_acts.is_due(f"{turn.chat} out of use", turn.now):
            screen = draw_out_of_use(self.setting.call, why)
            owner = self.may_put_back(turn.incoming.who)
            turn.screens.append(with_way_back(screen) if owner else screen)
        self.send(turn)
        return Done((turn.chat,))

    def may_put_back(self, who: str) -> bool:
        """Return whether a person can put CordCall back in use with /inuse."""
        return who in self.owners and not self.setting.out_of_use

    @property
    def without_this(self) -> str:
        """Say what to do if this fails."""
        return say_fail_safe(self.setting.call)

    def note_refusal(self, incoming: Incoming) -> None:
        """Add to the audit that a person without access was refused, in its own transaction."""
        self.audited.add(self.store, incoming, self.setting.engine.ruleset, self.clock())

    def forget_old(self) -> None:
        """Erase what is no longer kept: old cases, updates, buttons and rows of the audit."""
        more = True
        while more:
            with self.store.turn():
                more = self.forget_part()
        self.store.scrub()

    def forget_part(self) -> bool:
        """Erase a part of it, in the current transaction; return whether there may be more.

        Open cases are kept, however old.
        """
        now, store = self.clock(), self.store
        untouched_since = now - timedelta(days=self.setting.retention_days)
        old = store.cases.to_forget(untouched_since, CASES_ERASED_TOGETHER)
        expire(store, store.cards.of(old), now)
        if store.cases.forget(untouched_since, CASES_ERASED_TOGETHER) == CASES_ERASED_TOGETHER:
            return True
        store.readers.forget(untouched_since)
        store.inbox.forget(now - UPDATES_KEPT)
        store.buttons.forget(now - BUTTONS_KEPT)
        store.invitations.forget(now)
        store.chats.forget_unused()
        too_old = now - timedelta(days=self.setting.audit_days)
        return store.audit.cut(too_old, ROWS_CUT_TOGETHER) == ROWS_CUT_TOGETHER

    def begin(self, incoming: Incoming, case: StoredCase | None = None) -> Turn:
        """Begin a turn, in the current transaction."""
        return Turn(
            self.setting, self.store, incoming, self.clock(), case, touch=self.touch,
            access=self.access,
        )  # fmt: skip

    def send(
        self, turn: Turn, priority: Priority = Priority.ANSWER, *, reminder: int | None = None
    ) -> None:
        """Put a turn's output into the outbox, in the current transaction."""
        send(turn, priority, reminder)

    def send_beside(self, turn: Turn) -> list[str]:
        """Put what a turn told others into the outbox; return their chats.

        Somebody who has just lost access is told that at any rate.
        """
        for other in turn.beside:
            self.send(other, self._priority(other))
        return [other.chat for other in turn.beside]

    def _priority(self, other: Turn) -> Priority:
        if other.redraws and not any(screen.alert for screen in other.screens):
            return Priority.CARD
        may = other.in_group or self.may_use(other.chat)
        return Priority.ANSWER if may else Priority.REFUSAL

    def _act(self, turn: Turn) -> None:
        act = turn.incoming.act
        if turn.in_group:
            see(turn)
        if turn.incoming.left_out and not reads_on(turn):
            return
        if isinstance(act, Unread):
            turn.say(words("unread")[act.why])
        elif isinstance(act, Text):
            route(turn, act.text)
        elif isinstance(act, Command | Tap):
            turn.look_up = ""
            if isinstance(act, Tap):
                tap(turn, act)
            else:
                run_command(turn, act)

    def _is_told(self, turn: Turn) -> bool:
        """Return whether a chat was told lately that this is not an act; if not, it is now.

        Of a note it is told each time: silence would be read as noted.
        """
        act = turn.incoming.act
        if not isinstance(act, Unread) or act.why not in SAID_ONCE or turn.incoming.left_out:
            return False
        due = self.not_acts.is_due(f"{turn.chat} {act.why}", turn.now)
        return not due and not act.notes


def _in_emergency(turn: Turn) -> bool:
    """Return whether a turn's case or its chat's is an emergency, settled or not yet."""
    kept, active = turn.case, turn.load()
    turn.case = kept
    standings = [turn.standing(case) for case in (kept, active) if case]
    return any(each.assessment.urgency.level == "emergency" for each in standings)


def _said(screens: Iterable[Screen]) -> str:
    """Return what screens say, without titles."""
    blocks = (block for screen in screens for block in screen.blocks)
    return "\n".join(say_line(line) for block in blocks for line in block.lines)
