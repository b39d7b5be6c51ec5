"""Several people at one terminal: a group that they share, and a private chat for each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from bot.access import Access
from bot.adapters.terminal_place import incoming
from bot.adapters.terminal_shown import Shown
from bot.commands.registry import COMMANDS
from bot.incoming import TERMINAL, Command, Incoming
from bot.refusal import Refusal
from bot.screens.screen import Screen
from bot.screens.terminal_people import brief, say
from bot.service.group_moves import show_card
from bot.service.service import Service
from state.groups import GROUP, Colleague, Group, is_group
from state.people import Member
from state.records import Queued

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
        self.service = replace(service, access=_members_only(service, name))
        self._in_private = set[str]()
        self._came = dict[str, None]()
        self._shown = Shown(self.service)
        self._acted = True
        self._went = False
        self._below: Screen | None = None
        self.who = self._come(name, "--as", ADMIN)

    @property
    def chat(self) -> str:
        return self.who if self.who in self._in_private else SHARED

    @property
    def chats(self) -> list[str]:
        """Return every chat here, the one in which somebody types last."""
        members = (each.who for each in self.service.store.members.listed())
        others = dict.fromkeys((SHARED, *members, *self._came))
        return [*(each for each in others if each != self.chat), self.chat]

    @property
    def prompt(self) -> str:
        return say(
            "prompt_in_group" if is_group(self.chat) else "prompt", name=self._name(self.who)
        )

    def begin(self) -> Screen:
        return brief(say("begun", name=self._name(self.who)), say("how"), *self._open_here())

    def read(self, line: str, today: date) -> Incoming | Screen | None:
        self._acted = True
        command, _, given = line.partition(" ")
        match command.casefold():
            case "/as":
                return self._switch(given)
            case "/here":
                return self._go(given)
            case "/help" if not given:
                self._below = brief(say("how"))
            case "/invite":
                self._below = brief(say("invite"))
        if not self.service.may_use(self.who):
            return brief(say("gone"))
        if not is_group(self.chat):
            return self._read_in_private(line, today)
        if command.casefold() == "/card":
            return self._card(given)
        return self._read_in_group(line, today)

    def follow(self, word: str) -> Incoming:
        self._in_private.add(self.who)
        self._acted = self._went = True
        return Incoming(self.chat, self.who, Command("start", word))

    def arrange(self, queued: Sequence[Queued]) -> Iterator[str | Screen]:
        """Yield what is shown of what waits, below a heading what is for another chat."""
        for chat in self.chats:
            rows = [row for row in queued if row.chat == chat]
            shown = [*self._shown.show(rows, here=self.chat, acted=self._acted)]
            if shown and (chat != self.chat or self._went):
                yield self._heading(chat)
            yield from shown
        if self._below:
            yield self._below
        self._below, self._acted, self._went = None, False, False

    def _heading(self, chat: str) -> str:
        which = "to_group" if is_group(chat) else "went" if chat == self.chat else "to_person"
        return say(which, name=self._name(chat))

    def _name(self, who: str) -> str:
        found = self.service.store.groups.colleague(SHARED, who)
        return found.name if found else who.removeprefix(_id("")).capitalize()

    def _read_in_private(self, line: str, today: date) -> Incoming | Screen:
        """Return what a line does in private: a number of the message shown last, or as alone."""
        keys = self._shown.keys.get(self.chat)
        read = incoming(self.chat, self.who, line, today)
        if keys is None or not keys.taps or isinstance(read.act, Command):
            return read
        if button := keys.taps.get(line.strip()):
            return replace(read, act=button)
        return brief(say("numbers", allowed=", ".join(keys.taps)))

    def _card(self, code: str) -> Screen | None:
        """Show a card of the group again: its buttons and its question count from now on."""
        store = self.service.store
        case = store.cases.find(code.strip().upper())
        if case is None or case.chat != SHARED or case.status == "closed":
            return brief(*(self._open_here() or [say("none_here")]))
        self._shown.show_again(case.code)
        with store.turn():
            show_card(self.service, case)
        return None

    def _open_here(self) -> list[str]:
        """Name the cases of the group that are open, if any."""
        listed = self.service.store.cases.listed(SHARED, self.service.clock())
        codes = [each.code for each in listed if each.status != "closed"]
        return [say("open_here", codes=", ".join(codes), example=codes[0])] if codes else []

    def _read_in_group(self, line: str, today: date) -> Incoming | Screen | None:
        """Return what a line does in the group: a button, a command, an answer to the newest card.

        A button is one of the message shown last: what it does is done for the case of that.
        """
        read = incoming(
            self.chat,
            self.who,
            line,
            today,
            name=self._name(self.who),
            replies_to=self._shown.asks,
            access=self.service.access,
        )
        if not isinstance(read.act, Command):
            return None if not line else read if self._shown.asks else brief(say("card"))
        if button := self._shown.buttons.get(line):
            return replace(read, act=button)
        command = COMMANDS.get(read.act.name.casefold())
        if command and not command.in_group:
            return brief(say("private", command=command.name))
        return read

    def _switch(self, given: str) -> Incoming | Screen:
        try:
            self.who = self._come(given, "/as", CLINICIAN)
        except Refusal as error:
            return brief(str(error))
        return self._look() or brief(say("you_are", name=self._name(self.who)))

    def _go(self, given: str) -> Incoming | Screen | None:
        where = given.casefold()
        if where not in (IN_PRIVATE, IN_GROUP):
            return brief(say("where", given=given, allowed=f"{IN_PRIVATE}, {IN_GROUP}"))
        self._in_private.discard(self.who)
        if where == IN_GROUP:
            return brief(*(self._open_here() or [say("none_here")]))
        self._in_private.add(self.who)
        return self._look() or brief(say("none_open"))

    def _look(self) -> Incoming | Screen | None:
        """Return what a private chat shows: what waits there for a number, else its open case."""
        if is_group(self.chat):
            return None
        keys = self._shown.keys.get(self.chat)
        if keys and keys.taps:
            return keys.shown[-1]
        code = self.service.store.cases.active_code(self.chat)
        case = self.service.store.cases.find(code) if code else None
        if case is None or case.status == "closed":
            return None
        return Incoming(self.chat, self.who, Command("look"))

    def _come(self, given: str, command: str, role: str) -> str:
        """Let somebody in, and return who it is; who is here already stays as they are.

        Raises Refusal unless it is one short name.
        """
        if not given.isalpha() or len(given) > LONGEST_NAME:
            short = given[:LONGEST_NAME]
            raise Refusal(say("name", command=command, given=short, allowed=LONGEST_NAME))
        store, now, who = self.service.store, self.service.clock(), _id(given)
        self._came[who] = None
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


def _members_only(service: Service, owner: str) -> Access:
    """Return the access of members alone; whoever is named at the start is the owner."""
    return Access(service.store.members, frozenset((_id(owner),)), groups=service.store.groups)
