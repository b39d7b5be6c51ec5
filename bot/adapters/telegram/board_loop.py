"""Looks at every board now and then: a deadline may have passed, or somebody have gone."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bot.adapters.telegram.database_log import DATABASE
from bot.service.boards import Boards
from bot.service.service import Service
from state.boards import Board
from state.store import StoreError

SECONDS_BETWEEN_LOOKS: Final = 15.0

log = structlog.get_logger()


class BoardLoop:
    """Runs until cancelled. `wake` sends what is waiting for a chat."""

    def __init__(self, service: Service, boards: Boards, wake: Callable[[str], None]) -> None:
        self._service = service
        self._boards = boards
        self._wake = wake

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except StoreError as error:
                DATABASE.failed(error)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def look(self) -> None:
        """Queue the boards that would show something else now; one that fails stops no other."""
        for place in self._service.store.boards.listed():
            try:
                await self._look_at(place)
            except StoreError:
                raise
            except Exception as error:
                log.error("a board cannot be drawn", error=type(error).__name__)
            await asyncio.sleep(0)

    async def _look_at(self, place: Board) -> None:
        async with self._service.store.turn_beside() as store:
            board = store.boards.find(place.chat, place.thread)
            queued = board is not None and self._boards.redraw(board, self._service.clock())
        if queued:
            self._wake(place.chat)
