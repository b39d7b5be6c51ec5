"""The terminal: one line is a whole answer, one screen follows the other. Knows no medicine."""

from typing import Final, TextIO

from bot.adapters.terminal_look import plain, styled
from bot.incoming import TERMINAL, Command, Incoming, Text
from bot.screens.screen import load
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.service.taking_over import take_over

CHAT: Final = TERMINAL
WHO: Final = "you"
QUIT: Final = "/quit"


class Terminal:
    """A conversation over two text streams."""

    def __init__(self, service: Service, lines: TextIO, out: TextIO) -> None:
        self._service = service
        self._reminding = Reminding(service)
        self._lines = lines
        self._out = out

    def run(self) -> None:
        """Talk until /quit or end of input."""
        self._service.forget_old()
        with self._service.store.turn():
            self._reminding.renew(self._reminding.codes(only=CHAT))
        self._forget_what_was_not_shown()
        take_over(self._service, only=CHAT)
        self._take("/look")
        while (line := self._read()) is not None and line.casefold().split()[:1] != [QUIT]:
            self._take(line)

    def _read(self) -> str | None:
        self._out.write("> ")
        self._out.flush()
        line = self._lines.readline()
        if not self._out.isatty():
            self._out.write(line if line.endswith("\n") else f"{line}\n")
        return line.strip() if line else None

    def _take(self, line: str) -> None:
        self._remind()
        name, _, rest = " ".join(line.removeprefix("/").split()).partition(" ")
        act = Command(name, rest) if line.startswith("/") else Text(line)
        self._service.take(Incoming(CHAT, WHO, act))
        self._drain()

    def _remind(self) -> None:
        """First say what has become due since the previous line."""
        store = self._service.store
        while (due := self._reminding.next_due(only=CHAT)) and due <= self._service.clock():
            with store.turn():
                reminder = self._reminding.claim(only=CHAT)
                if reminder:
                    self._reminding.remind(reminder)

    def _drain(self) -> None:
        """Show the contents of the outbox, then remove them."""
        store = self._service.store
        queued = store.outbox.queued(CHAT)
        for screen in (load(each) for row in queued for each in row.screens):
            if self._out.isatty():
                styled(screen, self._out)
            else:
                self._out.write(f"{plain(screen)}\n\n")
        self._out.flush()
        with store.turn():
            store.outbox.sent(row.id for row in queued)

    def _forget_what_was_not_shown(self) -> None:
        """Drop what a killed run left behind: the case is shown again as it is."""
        store = self._service.store
        with store.turn():
            store.outbox.sent(row.id for row in store.outbox.queued(CHAT))
