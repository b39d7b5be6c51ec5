"""Things done together in one turn beside the event loop, which came while it was waited for."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from state.sql.database import Database
from state.sql.turns import Turns
from state.store import StoreError

MOST_TOGETHER: Final = 16


@dataclass(frozen=True, slots=True)
class _Asked:
    """Something to do, and who waits for what it returns."""

    do: Callable[[], Any]
    lasting: bool
    done: "asyncio.Future[Any]"


_Returned = tuple[_Asked, Any, Exception | None, bool]


class _Shared(Database, Turns, Protocol):
    """An open database whose turns are shared."""


class Together:
    """What others ask for is rolled back alone if it fails, as a `part` is."""

    def __init__(self, database: _Shared, part: Callable[[], AbstractContextManager[None]]) -> None:
        self._database = database
        self._part = part
        self._asked = list[_Asked]()
        self._task: asyncio.Task[None] | None = None
        self._following = set[asyncio.Task[None]]()

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
        some, returned = self._take(), list[_Returned]()
        try:
            try:
                for each in some:
                    returned.append((each, *self._do(each, alone=len(some) == 1)))
            except BaseException as error:
                self._database.roll_back(error)
                raise
            self._database.commit()
            await self._follow(returned, lasting=any(each.lasting for each in some))
        except BaseException as error:
            self._fail(some, error)

    async def _follow(self, returned: list[_Returned], *, lasting: bool) -> None:
        """Do what follows the commit, and tell all; a scrub holds up only who asked for it."""
        to_do = self._database.committed_beside(lasting=lasting)
        if not self._database.erasing.scrubs_next:
            await to_do
            for each, value, failed, _ in returned:
                _tell(each.done, value, failed)
            return
        following = asyncio.create_task(to_do)
        self._following.add(following)
        following.add_done_callback(self._following.discard)
        await asyncio.sleep(0)  # it is noted what is to last
        for each, value, failed, scrubs in returned:
            if scrubs:
                following.add_done_callback(partial(_tell_after, each.done, value))
            else:
                _tell(each.done, value, failed)

    def _take(self) -> list[_Asked]:
        taken, self._asked = self._asked[:MOST_TOGETHER], self._asked[MOST_TOGETHER:]
        return [each for each in taken if not each.done.done()]

    def _do(self, each: _Asked, *, alone: bool) -> tuple[Any, Exception | None, bool]:
        """Do one thing; return its value or how it failed, and whether it asks for a scrub.

        One alone fails with the turn.
        """
        scrubbed = self._database.erasing.scrubs_next
        try:
            with nullcontext() if alone else self._part():
                value = each.do()
        except StoreError:
            raise
        except Exception as error:
            if alone:
                raise
            return None, error, False
        return value, None, self._database.erasing.scrubs_next and not scrubbed

    def _fail(self, some: list[_Asked], error: BaseException) -> None:
        for each in some:
            _tell(each.done, None, error)
        if not isinstance(error, Exception):
            raise error


def _tell(done: "asyncio.Future[Any]", value: Any, failed: BaseException | None) -> None:
    if done.done():
        return
    if failed:
        done.set_exception(failed)
    else:
        done.set_result(value)


def _tell_after(done: "asyncio.Future[Any]", value: Any, following: "asyncio.Task[None]") -> None:
    if following.cancelled():
        done.cancel()
    else:
        _tell(done, value, following.exception())
