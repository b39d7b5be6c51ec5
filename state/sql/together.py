"""Things done together in one turn beside the event loop, which came while it was waited for."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from state.sql.turns import Turns
from state.store import StoreError

MOST_TOGETHER: Final = 16


@dataclass(frozen=True, slots=True)
class _Asked:
    """Something to do, and who waits for what it returns."""

    do: Callable[[], Any]
    lasting: bool
    done: "asyncio.Future[Any]"


class Together:
    """What others ask for is rolled back alone if it fails, as a `part` is."""

    def __init__(self, database: Turns, part: Callable[[], AbstractContextManager[None]]) -> None:
        self._database = database
        self._part = part
        self._asked = list[_Asked]()
        self._task: asyncio.Task[None] | None = None

    async def do(self, do: Callable[[], Any], *, lasting: bool) -> Any:
        """Return what it returns, once that is committed. Raises what it raises, or StoreError."""
        done = asyncio.get_running_loop().create_future()
        self._asked.append(_Asked(do, lasting, done))
        if self._task is None:
            self._task = asyncio.create_task(self._do_all())
        return await done

    async def _do_all(self) -> None:
        try:
            while self._asked:
                await self._do_some()
        finally:
            self._task = None

    async def _do_some(self) -> None:
        """Do what was asked for by the time that the turn begins, in order."""
        try:
            await self._database.begin_beside()
        except BaseException as error:
            self._fail(self._take(), error)
            return
        some, returned = self._take(), list[tuple[_Asked, Any, Exception | None]]()
        try:
            try:
                for each in some:
                    returned.append((each, *self._do(each, alone=len(some) == 1)))
            except BaseException as error:
                self._database.roll_back(error)
                raise
            self._database.commit()
            await self._database.committed_beside(lasting=any(each.lasting for each in some))
        except BaseException as error:
            self._fail(some, error)
            return
        for each, value, failed in returned:
            if not each.done.done():
                each.done.set_exception(failed) if failed else each.done.set_result(value)

    def _take(self) -> list[_Asked]:
        taken, self._asked = self._asked[:MOST_TOGETHER], self._asked[MOST_TOGETHER:]
        return [each for each in taken if not each.done.done()]

    def _do(self, each: _Asked, *, alone: bool) -> tuple[Any, Exception | None]:
        """Do one thing; return its value or how it failed. One alone fails with the turn."""
        if alone:
            return each.do(), None
        try:
            with self._part():
                return each.do(), None
        except StoreError:
            raise
        except Exception as error:
            return None, error

    def _fail(self, some: list[_Asked], error: BaseException) -> None:
        for each in some:
            if not each.done.done():
                each.done.set_exception(error)
        if not isinstance(error, Exception):
            raise error
