"""Catches up after a start: what somebody waits for first, the rest in parts beside the work."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Final

import structlog

from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.inbox import Inbox
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.pauses import FIRST_PAUSE, LONGEST_PAUSE
from bot.adapters.telegram.switching import announce_switch
from bot.service.offering import offer_left_cases
from bot.service.open_cases import OutOfUse, Part
from bot.service.owners import note_owners
from bot.service.redrawing import redraw_part
from bot.service.service import Service
from bot.service.taking_over import take_over_part
from state.records import FIRST_PLACE, Place, Poll
from state.store import StoreError

SHORT_ABSENCE: Final = timedelta(seconds=120)

log = structlog.get_logger()


class CatchingUp:
    """Finishes what an earlier run left, and what an absence or new rules ask for.

    A kill loses nothing: how far this has come is kept together with what it has queued.
    """

    def __init__(self, service: Service, inbox: Inbox, sender: Sender) -> None:
        engine = service.setting.engine.forgetful()
        self._service = replace(service, setting=replace(service.setting, engine=engine))
        self._store = service.store
        self._inbox = inbox
        self._sender = sender
        self._begun = self._noted = False

    async def begin(self, poll: Poll | None) -> None:
        """Do what must come before new updates: note an absence, handle the taps that were left."""
        try:
            await self._begin(poll)
        except StoreError as error:
            DATABASE.failed(error)

    async def run(self, poll: Poll | None) -> None:
        """Do the rest; what fails is retried, and meanwhile the inbox informs whoever waits.

        A step that fails holds up none of those after it. While CordCall is out of use it waits.
        """
        pause = FIRST_PAUSE
        left: list[Callable[[], Awaitable[None]]] = [
            self._sender.wake_all,
            partial(self._in_parts, self._take_over),
            self._offer_left_cases,
            partial(self._in_parts, self._redraw),
        ]
        while True:
            if await self._is_done(partial(self._begin, poll)):
                left = [step for step in left if not await self._is_done(step)]
                if not left:
                    return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _is_done(self, step: Callable[[], Awaitable[None]]) -> bool:
        """Do one step; log why and return False if it fails."""
        try:
            await step()
        except OutOfUse:
            return False
        except StoreError as error:
            DATABASE.failed(error)
        except Exception as error:
            log.error("catching up failed", error=type(error).__name__)
        else:
            return True
        return False

    async def _begin(self, poll: Poll | None) -> None:
        if not self._noted:
            if poll is None or abs(self._service.clock() - poll.polled_at) > SHORT_ABSENCE:
                await self._store.wait_for_others()
                with self._store.turn() as store:
                    if store.cases.open_after(FIRST_PLACE, 1):
                        store.redraws.keep(FIRST_PLACE)
            self._noted = True
        if not self._begun:
            await self._store.wait_for_others()
            with self._store.turn():
                announce_switch(self._service)
                note_owners(self._service)
            await self._inbox.take_left()
            self._begun = True

    async def _in_parts(self, do_part: Callable[[Place], Part]) -> None:
        """Go through the open cases; between two parts others get at least as much time."""
        place: Place | None = FIRST_PLACE
        while place:
            await self._store.wait_for_others()
            began = perf_counter()
            with self._store.turn(lasting=False):
                part = do_part(place)
            for chat in part.chats:
                self._sender.wake(chat)
            place = part.place
            await asyncio.sleep(perf_counter() - began)
            await self._sender.unhurried.has_room()

    def _take_over(self, place: Place) -> Part:
        """Say what an upgrade or a new policy changes."""
        part = take_over_part(self._service, place)
        for error in part.failed:
            log.error("a case cannot be taken over", error=type(error).__name__)
        return part

    def _redraw(self, _: Place) -> Part:
        """Redraw cards on which taps may have expired while nothing polled."""
        part = redraw_part(self._service)
        for error in part.failed:
            log.error("a case cannot be drawn again", error=type(error).__name__)
        return part

    async def _offer_left_cases(self) -> None:
        """Tell the owners of open cases that nobody sees any more."""
        told = 0
        await self._store.wait_for_others()
        for who in offer_left_cases(self._service):
            self._sender.wake(who)
            told += 1
            await self._store.wait_for_others()
            await asyncio.sleep(0)
        if told:
            log.warning("open cases that nobody sees were offered", people_told=told)
