"""Several people at one terminal: a group that they share, and a private chat for each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

from bot.access import Access
from bot.adapters.terminal_place import incoming, shown_of
from bot.commands.registry import COMMANDS
from bot.incoming import TERMINAL, Command, Incoming, Tap
from bot.refusal import Refusal
from bot.screens.notices import words
from bot.screens.screen import Screen, load, text
from bot.service.service import Service
from state.groups import GROUP, Colleague, Group, is_group
from state.people import Member
from state.records import Queued

WORDS: Final = "terminal_people.toml"
SHARED: Final = f"{GROUP}{TERMINAL}"
LONGEST_NAME: Final = 24
IN_PRIVATE: Final = "private"
IN_GROUP: Final = "group"
ADMIN: Final = "admin"
CLINICIAN: Final = "clinician"


class People:
    """The people at a terminal: who types, and whether in the group or in private."""

    only: Final = None

    def __init__(self, service: Service, name: str) -> None:
        self.service = replace(service, access=_members_only(service))
        self._in_private = set[str]()
        self._shown = dict[str, Screen]()
        self._asks = ""
        self._buttons = dict[str, Tap]()
        self._acted = True
        self._below: Screen | None = None
        self.who = self._come(name, "--as", ADMIN)

    @property
    def chat(self) -> str:
        return self.who if self.who in self._in_private else SHARED

    @property
    def chats(self) -> list[str]:
        """Return every chat here, the one in which somebody types last."""
        members = self.service.store.members.listed()
        others = (SHARED, *(each.who for each in members if each.who.startswith(TERMINAL)))
        return [*(each for each in others if each != self.chat), self.chat]

    @property
    def prompt(self) -> str:
        said = words("people", WORDS)["prompt_in_group" if is_group(self.chat) else "prompt"]
        return said.format(name=self._name(self.who))

    def begin(self) -> Screen:
        said = words("people", WORDS)
        return _say(said["begun"].format(name=self._name(self.who)), said["how"])

    def read(self, line: str, today: date) -> Incoming | Screen | None:
        self._acted = True
        command, _, given = line.partition(" ")
        match command.casefold():
            case "/as":
                return self._switch(given)
            case "/here":
                return self._go(given)
            case "/help" if not given:
                self._below = _say(words("people", WORDS)["how"])
        if not is_group(self.chat):
            return incoming(self.chat, self.who, line, today)
        return self._read_in_group(line, today)

    def follow(self, word: str) -> Incoming:
        self._in_private.add(self.who)
        return Incoming(self.chat, self.who, Command("start", word))

    def arrange(self, queued: Sequence[Queued]) -> Iterator[str | Screen]:
        """Yield the newest of each card alone, and only if it says something new.

        A card that comes by itself asks nothing: what is being typed is not meant for it.
        """
        self._buttons |= {typed: tap for row in queued for typed, tap in _taps(row)}
        for chat in self.chats:
            shown = [*self._changed([row for row in queued if row.chat == chat])]
            if shown and chat != self.chat:
                yield self._heading(chat)
            yield from shown
        if self._below:
            yield self._below
        self._below, self._acted = None, False

    def _changed(self, rows: Sequence[Queued]) -> Iterator[Screen]:
        screens = [(row.code or "", screen) for row in rows for screen in shown_of(row)]
        newest = {code: screen for code, screen in screens if screen.kind == "card"}
        for code, screen in screens:
            if not is_group(rows[0].chat) or screen.kind != "card":
                yield screen
            elif newest[code] is screen and self._shown.get(code) != _without_time_left(screen):
                self._shown[code] = _without_time_left(screen)
                self._asks = code if self._acted and _is_answered_here(screen) else ""
                yield screen

    def _heading(self, chat: str) -> str:
        said = words("people", WORDS)
        return (
            said["to_group"] if is_group(chat) else said["to_person"].format(name=self._name(chat))
        )

    def _name(self, who: str) -> str:
        found = self.service.store.groups.colleague(SHARED, who)
        return found.name if found else who

    def _read_in_group(self, line: str, today: date) -> Incoming | Screen | None:
        """Return what a line does in the group: a button, a command, an answer to the newest card.

        Of buttons that are typed alike the newest counts.
        """
        said = words("people", WORDS)
        read = incoming(
            self.chat, self.who, line, today, name=self._name(self.who), replies_to=self._asks
        )
        if not isinstance(read.act, Command):
            return None if not line else read if self._asks else _say(said["card"])
        if button := self._buttons.get(line):
            return replace(read, act=button)
        command = COMMANDS.get(read.act.name.casefold())
        if command and not command.in_group:
            return _say(said["private"].format(command=command.name))
        return read

    def _switch(self, given: str) -> Incoming | Screen:
        try:
            self.who = self._come(given, "/as", CLINICIAN)
        except Refusal as error:
            return _say(str(error))
        return self._look() or _say(
            words("people", WORDS)["you_are"].format(name=self._name(self.who))
        )

    def _go(self, given: str) -> Incoming | Screen | None:
        match given.casefold():
            case "private":
                self._in_private.add(self.who)
            case "group":
                self._in_private.discard(self.who)
            case _:
                allowed = f"{IN_PRIVATE}, {IN_GROUP}"
                return _say(words("people", WORDS)["where"].format(given=given, allowed=allowed))
        return self._look()

    def _look(self) -> Incoming | None:
        """Return a look at the case of a private chat, if it has one."""
        if is_group(self.chat) or self.service.store.cases.active_code(self.chat) is None:
            return None
        return Incoming(self.chat, self.who, Command("look"))

    def _come(self, given: str, command: str, role: str) -> str:
        """Let somebody in, and return who it is; who is here already stays as they are.

        Raises Refusal unless it is one short name.
        """
        if not given.isalpha() or len(given) > LONGEST_NAME:
            said = words("people", WORDS)["name"]
            raise Refusal(
                said.format(command=command, given=given[:LONGEST_NAME], allowed=LONGEST_NAME)
            )
        store, now, who = self.service.store, self.service.clock(), _id(given)
        with store.turn():
            member = store.members.find(who)
            if member is None or role == ADMIN:
                invited_by = member.invited_by if member else who
                joined_at = member.joined_at if member else now
                store.members.keep(Member(who, role, f"@{given.casefold()}", invited_by, joined_at))
            store.groups.enrol(Group(SHARED, who, now))
            if store.groups.colleague(SHARED, who) is None:
                store.groups.see(Colleague(SHARED, who, f"{given[0].upper()}{given[1:]}", now))
        return who


def database_of(database: Path) -> Path:
    """Return the database of a group at the terminal: apart from the one that is worked with."""
    return database.with_stem(f"{database.stem}-{IN_GROUP}")


def _id(name: str) -> str:
    return f"{TERMINAL}:{name.casefold()}"


def _members_only(service: Service) -> Access:
    return Access(service.store.members, groups=service.store.groups)


def _say(*lines: str) -> Screen:
    return Screen("toast", "", (text(*lines, look="notice"),))


def _is_answered_here(card: Screen) -> bool:
    """Return whether a card has buttons that answer a question, which no command does."""
    buttons = chain(*card.rows)
    return any(each.typed and not each.typed.startswith("/") for each in buttons)


def _taps(row: Queued) -> Iterator[tuple[str, Tap]]:
    """Yield what is typed for the buttons of a row that do what a command does."""
    if row.token is None:
        return
    buttons = chain.from_iterable(line for each in row.screens for line in load(each).rows)
    for place, button in enumerate(buttons):
        if button.typed.startswith("/"):
            yield button.typed, Tap(row.token, place)


def _without_time_left(card: Screen) -> Screen:
    return replace(card, head=tuple(part for part in card.head if not part.relative))
