"""The terminal: one line is a whole answer, one screen follows the other. Knows no medicine."""

from typing import Final, TextIO

from bot.adapters.terminal_look import draw, draw_head
from bot.adapters.typed_input import TypedInput
from bot.incoming import TERMINAL, Command, Incoming, Text
from bot.screens.screen import Line, load
from bot.screens.urgency_line import urgency_line
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.service.taking_over import take_over_chat
from state.records import Reminder
from state.store import StoreError

CHAT: Final = TERMINAL
WHO: Final = "you"
QUIT: Final = "/quit"
PROMPT: Final = "> "
LONGEST_WAIT_S: Final = 30  # then the clock may have been set, or another process changed a case
IN_VIEW: Final = 22  # rows above the prompt, in a terminal of 24


class Terminal:
    """A conversation over two text streams.

    Reminders are shown when they are due.
    """

    def __init__(self, service: Service, lines: TextIO, out: TextIO) -> None:
        self._service = service
        self._reminding = Reminding(service)
        self._typed = TypedInput(lines)
        self._out = out
        self._head_in_view: Line = ()

    def run(self) -> None:
        """Talk until /quit or end of input."""
        self._service.forget_old()
        with self._service.store.turn():
            self._reminding.renew(self._reminding.codes(CHAT))
        self._forget_what_was_not_shown()
        take_over_chat(self._service, CHAT)
        self._take("/look")
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
        self._out.write(f"{PROMPT}{begun}")
        self._out.flush()

    def _urgency(self) -> Line:
        turn = self._service.begin(Incoming(CHAT, WHO, Command("look")))
        case = turn.load()
        return urgency_line(turn.view(case)) if case else ()

    def _wait_s(self) -> float:
        """Return for how long nothing is due, at most LONGEST_WAIT_S."""
        due = self._reminding.next_due(only=CHAT)
        left = (due - self._service.clock()).total_seconds() if due else LONGEST_WAIT_S
        return min(max(left, 0), LONGEST_WAIT_S)

    def _ring(self) -> None:
        """Show what has become due while nothing was entered, and ask again."""
        self._remind()
        if self._service.store.outbox.queued(CHAT):
            begun = _printable(self._typed.hold())
            self._out.write("\n")
            self._drain()
            self._ask(begun)

    def _take(self, line: str) -> None:
        self._remind()
        name, _, rest = line.removeprefix("/").partition(" ")
        act = Command(name, rest) if line.startswith("/") else Text(line)
        self._service.take(Incoming(CHAT, WHO, act))
        self._drain()

    def _remind(self) -> None:
        """Queue what has become due."""
        store = self._service.store
        while (due := self._reminding.next_due(only=CHAT)) and due <= self._service.clock():
            with store.turn():
                reminder = self._reminding.claim(only=CHAT)
                if reminder:
                    self._queue(reminder)

    def _queue(self, reminder: Reminder) -> None:
        """Queue a claimed reminder; one that cannot be drawn stays claimed."""
        try:
            with self._service.store.part():
                self._reminding.remind(reminder)
        except StoreError:
            raise
        except Exception:
            return

    def _drain(self) -> None:
        """Show the contents of the outbox, then remove them."""
        store = self._service.store
        queued = store.outbox.queued(CHAT)
        for screen in (load(each) for row in queued for each in row.screens):
            if screen.corrects:
                continue
            drawn = draw(screen, self._out)
            self._out.write(drawn)
            self._head_in_view = screen.head if drawn.count("\n") <= IN_VIEW else ()
        self._out.flush()
        with store.turn():
            store.outbox.sent(row.id for row in queued)

    def _forget_what_was_not_shown(self) -> None:
        """Drop what a killed run left behind: the case is shown again as it is."""
        store = self._service.store
        with store.turn():
            store.outbox.sent(row.id for row in store.outbox.queued(CHAT))


def _printable(typed: str) -> str:
    """Write a line with single spaces; what would steer the terminal becomes "\ufffd"."""
    line = " ".join(typed.split())
    return "".join(char if char.isprintable() else "\ufffd" for char in line)
