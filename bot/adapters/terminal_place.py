"""Who types at the terminal and where, and what is shown there: as a rule one person, one chat."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from bot.access import Access
from bot.adapters.read_whole import is_read_whole
from bot.commands.forgetting import MY_DATA
from bot.incoming import TERMINAL, Command, Incoming, Text
from bot.screens.screen import Screen, load, text
from state.records import Queued
from state.store import Store

CHAT: Final = TERMINAL
WHO: Final = "you"


class Place(Protocol):
    """Who types now, where, and what else is shown at the same terminal.

    `chats` are all whose messages are shown; `only` is the one whose reminders are given, if one.
    """

    @property
    def chat(self) -> str: ...

    @property
    def who(self) -> str: ...

    @property
    def prompt(self) -> str: ...

    @property
    def chats(self) -> Sequence[str]: ...

    @property
    def only(self) -> str | None: ...

    def begin(self) -> Incoming | Screen:
        """Return what is done first."""

    def read(self, line: str, today: date) -> Incoming | Screen | None:
        """Return what a line does: for a case, or shown at once; None if it does nothing more."""

    def follow(self, word: str) -> Incoming:
        """Go to the private chat, and return what is done there."""

    def arrange(self, queued: Sequence[Queued]) -> Iterator[str | Screen]:
        """Yield what is shown of what waits, with a heading above what is for another chat."""


class Alone:
    """One person in one chat."""

    chat = CHAT
    who = WHO
    prompt = "> "
    chats = (CHAT,)
    only = CHAT

    def begin(self) -> Incoming:
        return Incoming(CHAT, WHO, Command("look"))

    def read(self, line: str, today: date) -> Incoming:
        return incoming(CHAT, WHO, line, today)

    def follow(self, word: str) -> Incoming:
        return Incoming(CHAT, WHO, Command("start", word))

    def arrange(self, queued: Sequence[Queued]) -> Iterator[Screen]:
        for row in queued:
            yield from shown_of(row)


def shown_of(row: Queued) -> Iterator[Screen]:
    """Yield the screens of a row that are shown: nothing that was written can be corrected."""
    return (screen for screen in map(load, row.screens) if not screen.corrects)


def with_data(store: Store, screen: Screen) -> Screen:
    """Write below a screen what is stored of a person, if that is the file that goes with it."""
    kind, _, who = screen.file.partition(" ")
    if kind != MY_DATA:
        return screen
    stored = json.dumps(store.people.stored_of(who), indent=1, ensure_ascii=False)
    return replace(screen, blocks=(*screen.blocks, text(*stored.split("\n"), look="copy")))


def incoming(
    chat: str,
    who: str,
    line: str,
    today: date,
    *,
    name: str = "",
    replies_to: str = "",
    access: Access | None = None,
) -> Incoming:
    """Return what a typed line does, without what identifies a patient.

    With `access`, a colleague's name in `/oncall` is none.
    """
    from bot.identifiers.identifiers import leave_out

    named, _, rest = line.removeprefix("/").partition(" ")
    command = line.startswith("/")
    act = Command(named, rest) if command else Text(line)
    typed = Incoming(chat, who, act, name=name, replies_to=replies_to)
    if access and is_read_whole(typed, access, today):
        return typed
    read = leave_out(rest if command else line, today)
    act = Command(named, read.text) if command else Text(read.text)
    return replace(typed, act=act, left_out=read.left_out)
