"""Turns away who acts in a group without being in it: in a public one anybody can tap and type."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.telegram.kept_update import Update
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.still_there import StillThere
from bot.incoming import Incoming
from bot.screens.notices import words
from bot.service.group_people import acted_lately
from bot.service.service import Service
from state.groups import is_group
from state.store import StoreError

ASKED_AGAIN_AFTER: Final = timedelta(minutes=1)
MOST_REMEMBERED: Final = 1000

Place = tuple[str, str]
"""A group, and somebody who acts there."""


class Outsiders:
    """Asks Telegram about whoever has not acted in a group within the hour, before that counts.

    While Telegram does not say, a colleague is let in and nobody else. Whom it does not know to be
    there it is asked about once a minute.
    """

    def __init__(self, still_there: StillThere, service: Service, sender: Sender) -> None:
        self._still_there = still_there
        self._service = service
        self._sender = sender
        self._found = dict[Place, tuple[datetime, bool | None]]()

    def part(self, updates: list[Update]) -> tuple[list[Update], list[Update]]:
        """Return the updates that may be handled at once, and those whose people are asked about.

        Raises StoreError.
        """
        store, now = self._service.store, self._service.clock()
        sure, unsure = list[Update](), list[Update]()
        for update in updates:
            place = _place(update)
            (sure if place is None or acted_lately(store, *place, now) else unsure).append(update)
        return sure, unsure

    async def turn_away(self, unsure: list[Update]) -> list[Update]:
        """Return the updates of whoever is in the group that they act in.

        Raises StoreError.
        """
        places = dict.fromkeys(filter(None, map(_place, unsure)))
        answers = await asyncio.gather(*(self._is_there(*place) for place in places))
        found = dict(zip(places, answers, strict=True))
        return [each for each in unsure if not self._is_turned_away(each, found)]

    async def _is_there(self, chat: str, who: str) -> bool | None:
        now = self._service.clock()
        at, found = self._found.pop((chat, who), (None, None))
        if at is None or abs(now - at) >= ASKED_AGAIN_AFTER:
            at, found = now, await self._still_there.find_out(chat, who)
        if not found:
            self._found[chat, who] = at, found
            if len(self._found) > MOST_REMEMBERED:
                del self._found[next(iter(self._found))]
        return found

    def _is_turned_away(self, update: Update, found: Mapping[Place, bool | None]) -> bool:
        """Say why somebody is turned away, in a group once an hour; False for all else."""
        incoming, place = update.reduced, _place(update)
        if not isinstance(incoming, Incoming) or place is None or found.get(place, True):
            return False
        known = self._service.store.groups.colleague(*place) is not None
        if known and found[place] is None:
            return False
        why = "outside" if found[place] is False else "unsure"
        said, service = words("groups")[why], self._service
        if incoming.query:
            self._sender.confirm_aside(incoming.query, said)
        elif service.refusals.is_due(f"{incoming.chat} {incoming.who} {why}", service.clock()):
            self._sender.refuse(incoming.chat, said, incoming.thread)
        with suppress(StoreError):
            service.note_refusal(incoming)
        return True


def _place(update: Update) -> Place | None:
    """Return in which group somebody acts; None if in none."""
    done = update.reduced
    return (done.chat, done.who) if isinstance(done, Incoming) and is_group(done.chat) else None
