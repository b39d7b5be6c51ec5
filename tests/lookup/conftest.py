"""What the look-ups' tests need: a person who types lines and taps buttons in one chat."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import Button, Screen, load
from bot.service.service import Service
from tests.limits import assert_fits

CHAT = "chat"


class Person:
    """A user in one chat, who types and taps; every screen keeps Telegram's limits."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.token = ""
        self.screens: list[Screen] = []

    def types(self, line: str) -> list[Screen]:
        name, _, rest = line.removeprefix("/").partition(" ")
        return self._take(Command(name, rest) if line.startswith("/") else Text(line))

    def sees(self, line: str) -> str:
        """Type a line, and read what it shows."""
        return "\n\n".join(screen.plain() for screen in self.types(line))

    def taps(self, label: str) -> list[Screen]:
        places = [button.label for button in self.buttons]
        return self._take(Tap(self.token, places.index(label)))

    @property
    def buttons(self) -> list[Button]:
        return [button for screen in self.screens for row in screen.rows for button in row]

    @property
    def text(self) -> str:
        return "\n\n".join(screen.plain() for screen in self.screens)

    def _take(self, act: Command | Text | Tap) -> list[Screen]:
        store = self.service.store
        self.service.take(Incoming(CHAT, "ann", act))
        queued = store.outbox.queued(CHAT)
        with store.turn():
            store.outbox.sent(row.id for row in queued)
        self.token = queued[-1].token or ""
        self.screens = [load(screen) for row in queued for screen in row.screens]
        for screen in self.screens:
            assert_fits(screen)
        return self.screens


@pytest.fixture
def ann(service: Service) -> Person:
    return Person(replace(service, touch=True))


@pytest.fixture
def under(service: Service) -> Callable[[str], Person]:
    """Return a user whose deployment has another policy."""

    def person(policy: str) -> Person:
        engine = service.setting.engine
        other = type(engine)(engine.machine, policy, engine.zone)  # type: ignore[arg-type]
        return Person(replace(service, touch=True, setting=replace(service.setting, engine=other)))

    return person
