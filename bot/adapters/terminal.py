"""The terminal: one line is a whole answer, one screen follows the other. Knows no medicine."""

from collections.abc import Callable
from typing import Final, TextIO

from bot.adapters.terminal_look import plain, styled
from bot.events import (
    AskedForCard,
    AskedForPlan,
    AskedWhatItMeans,
    Closed,
    Edited,
    Event,
    Typed,
    WentBack,
)
from bot.flows.triage import SUSPECTED_AT
from bot.screens import load
from bot.service import Service

CHAT: Final = "terminal"
WHO: Final = "terminal"
HELP: Final = """\
Answer by number or by name; several as 1,3; "not known" always.
/triage        a new case
/cases         the cases that are open, or were closed lately
/resume CODE   go on with one of them, such as /resume KES-42
/back          the question before
/edit [N]      every answer, or change number N
/earlier       suspected earlier: move the start of all deadlines
/define        what the options of this question mean
/card          the card again
/plan [N|all]  the plan, section by section
/close         close this case
/help          this
/quit          leave; everything is kept"""
NO_CASE: Final = "No case is open here. /triage begins one, /cases lists the others."


class Terminal:
    """A conversation over two text streams."""

    def __init__(self, service: Service, lines: TextIO, out: TextIO) -> None:
        self._service = service
        self._lines = lines
        self._out = out
        self._commands: dict[str, Callable[[str], None]] = {
            "/triage": lambda _: service.begin(CHAT, WHO),
            "/cases": lambda _: service.list_cases(CHAT),
            "/resume": self._resume,
            "/back": lambda _: self._handle(WentBack()),
            "/edit": lambda which: self._handle(Edited(which)),
            "/earlier": self._earlier,
            "/define": lambda _: self._handle(AskedWhatItMeans()),
            "/card": lambda _: self._handle(AskedForCard()),
            "/plan": lambda which: self._handle(AskedForPlan(which)),
            "/close": lambda _: self._handle(Closed()),
            "/help": lambda _: self._say(HELP),
        }

    def run(self) -> None:
        """Talk until /quit or the end of the input."""
        self._service.come_back(CHAT, WHO)
        self._drain()
        while (line := self._read()) is not None and line != "/quit":
            self._take(line)
            self._drain()

    def _read(self) -> str | None:
        self._out.write("> ")
        self._out.flush()
        line = self._lines.readline()
        if not self._out.isatty():
            self._out.write(line if line.endswith("\n") else f"{line}\n")
        return line.strip() if line else None

    def _take(self, line: str) -> None:
        if not line.startswith("/"):
            self._handle(Typed(line))
            return
        command, _, rest = line.partition(" ")
        act = self._commands.get(command.casefold())
        if act is None:
            self._say(
                f"{command[:20]}: no such command; allowed: {', '.join(self._commands)}, /quit"
            )
            return
        act(rest.strip())

    def _handle(self, event: Event) -> None:
        if not self._service.handle(CHAT, WHO, event):
            self._say(NO_CASE)

    def _resume(self, code: str) -> None:
        if not self._service.resume(CHAT, WHO, code):
            self._say(
                f"{code[:20] or '(nothing)'}: no such case; allowed: a code that /cases lists"
            )

    def _earlier(self, time: str) -> None:
        self._handle(Edited(SUSPECTED_AT))
        if time:
            self._drain()
            self._handle(Typed(time))

    def _drain(self) -> None:
        """Show what the outbox holds, then take it from there."""
        store = self._service.store
        queued = store.queued(CHAT)
        for each in queued:
            screen = load(each.screen)
            if self._out.isatty():
                styled(screen, self._out)
            else:
                self._say(plain(screen))
        if queued:
            with store.turn():
                store.sent(queued)

    def _say(self, text: str) -> None:
        self._out.write(f"{text}\n\n")
        self._out.flush()
