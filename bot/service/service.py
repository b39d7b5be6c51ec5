"""One turn, one transaction: a person's action comes in once, and what to show goes out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.commands.cases import LISTED
from bot.commands.registry import COMMANDS, DONE, Traits, run
from bot.conversation.answering import YES
from bot.conversation.events import Outdated, Suggested, Typed
from bot.conversation.said_at import comes_too_late, is_older
from bot.guidance.reasons import Reasons, Unexplained
from bot.incoming import Command, Incoming, Tap, Text, Unread
from bot.screens.notices import say_fail_safe, words
from bot.screens.screen import dump
from bot.service.strangers import Refusals, refusal
from bot.service.tap_limit import NotUrgent
from bot.service.taps import tap
from bot.service.which_case import (
    CHANGES_ALL,
    ask_which,
    go_on_with,
    is_about_a_case,
    replied_to,
    shown_since,
)
from bot.turn import Setting, Turn
from state.records import Priority, StoredCase
from state.store import Store

UPDATES_KEPT: Final = timedelta(days=3)
BUTTONS_KEPT: Final = timedelta(days=14)
CASES_ERASED_TOGETHER: Final = 50
SAID_ONCE: Final = ("forwarded", "via_bot", "other_bot")
ELSEWHERE: Final = "look "  # kept in place of a look-up: what was shown last is no question


@dataclass(frozen=True, slots=True)
class Service:
    """The core behind every adapter. `clock` returns the present with an offset.

    With `touch`, buttons are tapped: they get tokens, and typed words are confirmed first.
    `may_use` returns whether a person may use the bot at all. `owners` are told of what only
    they can put right, and of cases that nobody else sees.
    """

    store: Store
    setting: Setting
    clock: Callable[[], datetime]
    touch: bool = False
    may_use: Callable[[str], bool] = lambda _: True
    owners: frozenset[str] = frozenset()
    refusals: Refusals = field(default_factory=Refusals)
    not_acts: Refusals = field(default_factory=Refusals)

    def take(self, incoming: Incoming) -> None:
        """Do what a person asked, in its own transaction."""
        reasons = None
        while True:
            try:
                with self.store.turn():
                    return self.do(incoming, reasons)
            except Unexplained as rule:
                reasons = rule.explain()

    def do(
        self, incoming: Incoming, reasons: Reasons | None = None, *, only_urgent: bool = False
    ) -> None:
        """Do what a person asked, in the current transaction; nothing for one without access.

        Raises Unexplained: call again in another transaction with the reasons. With `only_urgent`
        raises NotUrgent unless it is, or has become, an emergency; roll back what was done.
        """
        if refusal(incoming, self.may_use) is not None:
            return
        turn = self.begin(incoming)
        turn.reasons = reasons
        if self._is_told(turn):
            return
        self._act(turn)
        if only_urgent and not turn.in_emergency():
            raise NotUrgent
        self._keep_whether_asked(turn)
        self.send(turn)

    def fail_safe(self, incoming: Incoming) -> None:
        """Tell a person whose turn failed what to do without CordCall, in the current transaction.

        People without access, and groups, are told nothing: the number is not for everybody.
        """
        if refusal(incoming, self.may_use) is not None:
            return
        turn = self.begin(incoming)
        turn.say(self.without_this)
        self.send(turn)

    @property
    def without_this(self) -> str:
        """Say what to do if this fails."""
        return say_fail_safe(self.setting.call)

    def forget_old(self) -> None:
        """Erase what is no longer kept: old cases, updates and buttons."""
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
        if store.cases.forget(untouched_since, CASES_ERASED_TOGETHER) == CASES_ERASED_TOGETHER:
            return True
        store.readers.forget(untouched_since)
        store.inbox.forget(now - UPDATES_KEPT)
        store.buttons.forget(now - BUTTONS_KEPT)
        store.chats.forget_unused()
        return False

    def begin(self, incoming: Incoming, case: StoredCase | None = None) -> Turn:
        """Begin a turn, in the current transaction."""
        return Turn(
            self.setting, self.store, incoming, self.clock(), case, self.touch,
            may_use=self.may_use,
        )  # fmt: skip

    def send(
        self, turn: Turn, priority: Priority = Priority.ANSWER, *, reminder: int | None = None
    ) -> None:
        """Put a turn's output into the outbox, in the current transaction."""
        turn.compose()
        token = turn.mint() if self.touch else None
        alert = any(screen.alert for screen in turn.screens)
        brief = all(screen.kind == "toast" for screen in turn.screens)
        turn.store.outbox.enqueue(
            chat=turn.chat,
            code=turn.case.code if turn.case and not brief else None,
            screens=[dump(screen) for screen in turn.screens],
            token=token,
            query=turn.incoming.query,
            tapped=turn.incoming.message_id,
            thread=turn.incoming.thread,
            anew=turn.anew or not isinstance(turn.incoming.act, Tap),
            priority=Priority.EMERGENCY if alert and priority is Priority.ANSWER else priority,
            at=turn.now,
            reminder=reminder,
        )

    def _act(self, turn: Turn) -> None:
        act = turn.incoming.act
        if isinstance(act, Unread):
            turn.say(words("unread")[act.why])
        elif isinstance(act, Text):
            self._read_line(turn, act.text)
        elif isinstance(act, Command | Tap):
            turn.store.chats.end_look_up(turn.chat)
            if isinstance(act, Tap):
                tap(turn, act)
            else:
                _run(turn, act)

    def _is_told(self, turn: Turn) -> bool:
        """Return whether a chat was told lately that this is not an act; if not, it is now.

        Of a note it is told each time: silence would be read as noted.
        """
        act = turn.incoming.act
        if not isinstance(act, Unread) or act.why not in SAID_ONCE:
            return False
        due = self.not_acts.is_due(f"{turn.chat} {act.why}", turn.now)
        return not due and not act.notes

    def _read_line(self, turn: Turn, line: str) -> None:
        """Pass a typed line to the look-up that asked, if any, else to the case."""
        begun = turn.store.chats.look_up(turn.chat)
        meant = replied_to(turn)
        if meant and not go_on_with(turn, meant):
            return
        if meant or shown_since(turn):
            begun = begun if begun and not meant else ELSEWHERE
        to_the_case = begun in ("", ELSEWHERE) or (begun == LISTED and not line.strip().isdecimal())
        if not to_the_case:
            if begun == LISTED:
                turn.store.chats.end_look_up(turn.chat)
            name, _, rest = f"{begun}{line}".partition(" ")
            run(turn, name, rest)
            return
        turn.store.chats.end_look_up(turn.chat)
        turn.load()
        kind = Suggested if self.touch else Typed
        turn.advance(kind(line, elsewhere=bool(begun)))

    def _keep_whether_asked(self, turn: Turn) -> None:
        """Keep that something else than a question was shown last, unless that asks itself.

        A number that is asked back may be typed anew: it names its question.
        """
        last = turn.screens[-1] if turn.screens else None
        buttons = [button for row in last.rows for button in row] if last else []
        named = any(button.typed.startswith(YES) for button in buttons)
        asks = named or (last is not None and last.kind == "question")
        brief = last is not None and last.kind == "toast"
        if not asks and not brief and not turn.store.chats.look_up(turn.chat):
            turn.store.chats.keep_look_up(turn.chat, ELSEWHERE)


def _run(turn: Turn, command: Command) -> None:
    """Run a command, unless it changes a case that has changed too much since it was sent.

    A note keeps its own time, but one sent before the case began was meant for another case.
    """
    traits = COMMANDS.get(command.name.casefold())
    if traits and is_about_a_case(traits):
        meant = replied_to(turn)
        if meant and not go_on_with(turn, meant):
            return
        shown = shown_since(turn) if traits.group == DONE or traits.name == CHANGES_ALL else []
        if shown and not meant:
            ask_which(turn, traits.name, shown)
            return
    changes = traits and (traits.needs_present or traits.group == DONE) and not traits.only_looks
    case = turn.load() if changes else None
    if traits and case and _comes_too_late(turn, traits, case):
        turn.advance(Outdated("sent_before", f"/{traits.name}"))
    else:
        run(turn, command.name, command.rest)


def _comes_too_late(turn: Turn, traits: Traits, case: StoredCase) -> bool:
    said = turn.said_at
    overtaken = traits.needs_present and comes_too_late(case, said, turn.now, traits.name)
    return overtaken or is_older(case, said, turn.now)
