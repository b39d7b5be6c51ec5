"""The terminal: one line is a whole answer, one screen follows the other. Knows no medicine."""

from typing import Final, TextIO

from bot.adapters.terminal_files import TerminalFiles
from bot.adapters.terminal_look import draw, draw_head
from bot.adapters.terminal_place import Alone, Place
from bot.adapters.typed_input import TypedInput
from bot.incoming import Command, Incoming
from bot.screens.screen import Line, Screen
from bot.screens.urgency_line import urgency_line
from bot.service.reminding import Claimed, Reminding
from bot.service.service import Service
from bot.service.taking_over import take_over_chat
from state.records import Queued
from state.store import StoreError

QUIT: Final = "/quit"
LONGEST_WAIT_S: Final = 30  # then the clock may have been set, or another process changed a case
IN_VIEW: Final = 22  # rows above the prompt, in a terminal of 24


class Terminal:
    """A conversation over two text streams, of whoever types at this place.

    Reminders are shown when they are due.
    """

    def __init__(
        self, service: Service, lines: TextIO, out: TextIO, place: Place | None = None
    ) -> None:
        self._service = service
        self._place = place or Alone()
        self._reminding = Reminding(service)
        self._files = TerminalFiles(service.setting.engine)
        self._typed = TypedInput(lines)
        self._out = out
        self._head_in_view: Line = ()

    def run(self) -> None:
        """Talk until /quit or end of input."""
        self._service.forget_old()
        for chat in self._place.chats:
            with self._service.store.turn():
                self._reminding.renew(self._reminding.codes(chat))
        self._forget_what_was_not_shown()
        for chat in self._place.chats:
            take_over_chat(self._service, chat)
        self._remind()
        self._do(self._place.begin())
        while (line := self._read()) is not None and line.casefold().split()[:1] != [QUIT]:
            self._take(line)

    def _read(self) -> str | None:
        self._ask()
        while True:
            try:
                line = self._typed.next(self._wait_s())
            except TimeoutError:
                self._ring()
                continue
            line = None if line is None else _printable(line)
            if not self._out.isatty():
                self._out.write(f"{line or ''}\n")
            return line

    def _ask(self, begun: str = "") -> None:
        """Write the prompt, with the urgency of the case above it unless that was just shown."""
        head = self._urgency()
        if head and head != self._head_in_view:
            self._out.write(draw_head(head, self._out))
        self._head_in_view = ()
        self._out.write(f"{self._place.prompt}{begun}")
        self._out.flush()

    def _urgency(self) -> Line:
        if self._service.out_of_use:
            return ()
        turn = self._service.begin(Incoming(self._place.chat, self._place.who, Command("look")))
        case = turn.load()
        return urgency_line(turn.view(case)) if case else ()

    def _wait_s(self) -> float:
        """Return for how long nothing is due, at most LONGEST_WAIT_S."""
        due = self._reminding.next_due(only=self._place.only)
        left = (due - self._service.clock()).total_seconds() if due else LONGEST_WAIT_S
        return min(max(left, 0), LONGEST_WAIT_S)

    def _ring(self) -> None:
        """Show what has become due while nothing was entered, and ask again."""
        self._remind()
        if self._queued():
            begun = _printable(self._typed.hold())
            self._out.write("\n")
            self._drain()
            self._ask(begun)

    def _take(self, line: str) -> None:
        self._remind()
        self._do(self._place.read(line, self._service.clock().date()))

    def _do(self, act: Incoming | Screen | None) -> None:
        """Do what was asked, show what comes of it, and go where that leads."""
        if isinstance(act, Incoming):
            self._service.take(act)
        leads_to = self._drain()
        if isinstance(act, Screen):
            self._show(act)
        self._out.flush()
        if leads_to:
            self._do(self._place.follow(leads_to))

    def _remind(self) -> None:
        """Queue what has become due."""
        store = self._service.store
        while (
            due := self._reminding.next_due(only=self._place.only)
        ) and due <= self._service.clock():
            with store.turn():
                reminder = self._reminding.claim(only=self._place.only)
                if reminder:
                    self._queue(reminder)

    def _queue(self, reminder: Claimed) -> None:
        """Queue a claimed reminder; one that cannot be drawn stays claimed."""
        try:
            with self._service.store.part():
                self._reminding.remind(reminder)
        except StoreError:
            raise
        except Exception:
            return

    def _drain(self) -> str:
        """Show the contents of the outbox, then remove them; return where they lead, or ""."""
        store, queued, leads_to = self._service.store, self._queued(), ""
        for each in self._place.arrange(queued):
            self._show(each)
            leads_to = each.leads_to if isinstance(each, Screen) and each.leads_to else leads_to
        self._out.flush()
        with store.turn():
            store.outbox.sent(row.id for row in queued)
        return leads_to

    def _show(self, shown: str | Screen) -> None:
        if isinstance(shown, str):
            self._out.write(f"{shown}\n")
            return
        shown = self._files.written(shown)
        drawn = draw(shown, self._out)
        self._out.write(drawn)
        self._head_in_view = shown.head if drawn.count("\n") <= IN_VIEW else ()

    def _queued(self) -> list[Queued]:
        outbox = self._service.store.outbox
        return [row for chat in self._place.chats for row in outbox.queued(chat)]

    def _forget_what_was_not_shown(self) -> None:
        """Drop what a killed run left behind: the case is shown again as it is."""
        store = self._service.store
        with store.turn():
            store.outbox.sent(row.id for row in self._queued())


def _printable(typed: str) -> str:
    """Write a line with single spaces; what would steer the terminal becomes "\ufffd"."""
    line = " ".join(typed.split())
    return "".join(char if char.isprintable() else "\ufffd" for char in line)
