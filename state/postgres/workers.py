"""The workers on one database: which sends to which chat, which leads, and what they tell.

Chats are divided into shares. A worker holds the lock of each share that is its own, on a
connection for nothing else: when that ends, the server gives them all up. So nobody has to find out
who is alive. Who queues something for a chat of another's tells all of them.

A worker that stood still may have lost shares without having heard of it. So each taking of shares
is counted, as a turn is: who finds in a turn that others have taken some looks before it sends.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import aclosing
from math import ceil
from random import uniform
from time import monotonic
from typing import Any, Final
from zlib import crc32

import psycopg
import structlog

from bot.database_address import Address
from state.postgres import locks, opening
from state.postgres.connected import Connected
from state.postgres.failures import Failed, why
from state.postgres.schema import QUEUED
from state.store import StoreError
from state.topics.workers import Hears, Word

SHARES: Final = 64
LEADER: Final = SHARES  # a share in which there is no chat
TOLD: Final = "cordcall_told"
TAKEN: Final = "[]"  # told when somebody has taken shares
SECONDS_BETWEEN_LOOKS: Final = 1.0
SECONDS_TO_LOOK: Final = 8.0  # then the server has ended the session, although nobody says so
SURE_SECONDS: Final = 6.0
"""How long after a look the shares are surely held: the server keeps them longer than that."""
SESSION: Final = """
    SET idle_session_timeout = '8s'; SET statement_timeout = '5s'; SET synchronous_commit = off;
    SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '8s'
"""
"""A worker that hangs or is cut off gives up its shares after 8 to 9 s. To take some waits for no
replica, for it holds up every turn meanwhile; a crash of the server ends all shares anyway."""
TAKE: Final = f"""
    {opening.BEGIN}; {opening.ALONE}; SELECT pg_notify('{TOLD}', '{TAKEN}');
    UPDATE engine SET taken = taken + 1; COMMIT
"""
LONGEST_TOLD: Final = 7900  # bytes, of 8,000 that PostgreSQL takes

log = structlog.get_logger()


def share_of(chat: str) -> int:
    """Return the share in which a chat is."""
    return crc32(chat.encode()) % SHARES


class Workers:
    """This worker among the others.

    `expect` has the store read what others have just queued for some chats.
    """

    def __init__(
        self, address: Address, connected: Connected, expect: Callable[[Sequence[str]], None]
    ) -> None:
        self._address = address
        self._connected = connected
        self._expect = expect
        self._mine = frozenset[int]()  # the shares whose chats this one sends to
        self._leaving = set[int]()  # held, but only until nothing is under way to their chats
        self._left = set[int]()
        self._sure_until = 0.0
        self._takings = 0  # how often shares had been taken when this one looked
        self._renewed = 0
        self._has_listened = False
        self._joined = asyncio.Event()
        self._finishing: asyncio.Task[None] | None = None
        self.count = 1

    @property
    def leads(self) -> bool:
        return LEADER in self._mine and self._is_sure()

    @property
    def is_cut_off(self) -> bool:
        return monotonic() >= self._sure_until

    def sends_to(self, chat: str) -> bool:
        return share_of(chat) in self._mine and self._is_sure()

    def _is_sure(self) -> bool:
        """Return whether it is sure that what was held at the last look is still held."""
        connected = self._connected
        is_same = connected.renewed == self._renewed
        return not self.is_cut_off and is_same and connected.takings <= self._takings

    def tell(self, *words: Word) -> None:
        if self.count == 1:
            return
        said = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        if len(said.encode()) <= LONGEST_TOLD:
            self._connected.tell(TOLD, said)

    @property
    def works(self) -> bool:
        """Return also False while it is cut off, once others have taken what it had.

        They may be of another version. Nobody can while the database is away.
        """
        is_replaced = self.is_cut_off and self._connected.takings > self._takings
        return self._joined.is_set() and not is_replaced

    async def joined(self) -> None:
        await self._joined.wait()

    async def begins_to_lead(self) -> None:
        while not self.leads:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS / 5)

    async def stops_leading(self) -> None:
        while self.leads:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS / 5)

    async def run(self, hears: Hears, version: str) -> None:
        try:
            while True:
                await self._work_once(hears, crc32(version.encode()) >> 1)
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            self._joined.clear()

    async def _work_once(self, hears: Hears, version: int) -> None:
        """Work until the connection is lost, or there is none."""
        try:
            await self._work(hears, version)
        except (psycopg.Error, StoreError, OSError) as error:
            failed = Failed("", opening.hidden(str(error), self._address))
            log.warning("not connected to the other workers", why=why(self._address, failed))
        except Exception as error:
            log.error("working together failed", error=type(error).__name__)
        finally:
            self._lose()

    async def _work(self, hears: Hears, version: int) -> None:
        """Hold shares and listen for as long as one connection lasts."""
        conninfo = opening.conninfo(self._address)
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(SESSION)
            await connection.execute(f"LISTEN {QUEUED}; LISTEN {TOLD}")
            if self._has_listened:
                hears.missed()
            self._has_listened = True
            await self._join(connection, version)
            while True:
                async with asyncio.timeout(SECONDS_TO_LOOK):
                    await self._look(connection, hears, version)
                self._joined.set()
                await self._listen(connection, hears)

    async def _listen(self, connection: "psycopg.AsyncConnection[Any]", hears: Hears) -> None:
        """Hear of others until the next look, which comes at once when shares are taken.

        What has come at one time is heard to its end: a row that is told only once is in it.
        """
        until, is_taken = monotonic() + SECONDS_BETWEEN_LOOKS, False
        while not is_taken and (left := until - monotonic()) > 0:
            async with aclosing(connection.notifies(timeout=left, stop_after=1)) as heard:
                async for told in heard:
                    if told.payload == TAKEN:
                        is_taken = True
                    else:
                        self._hear(hears, told)

    async def _join(self, connection: "psycopg.AsyncConnection[Any]", version: int) -> None:
        """Be one of the workers, once those of other versions have ended."""
        waits = False
        while not await self._is_present(connection, version):
            self._joined.clear()
            if not waits:
                log.warning("workers of another version still run; this one waits until they end")
            waits = True
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS * uniform(0.5, 1.5))

    async def _is_present(self, connection: "psycopg.AsyncConnection[Any]", version: int) -> bool:
        """Be present, unless one of another version is; if two begin at once, maybe neither."""
        if await self._is_alone(connection, version):
            await locks.run(connection, "pg_advisory_lock_shared", opening.PRESENT, version)
            if await self._is_alone(connection, version):
                return True
            await locks.run(connection, "pg_advisory_unlock_shared", opening.PRESENT, version)
        return False

    async def _is_alone(self, connection: "psycopg.AsyncConnection[Any]", version: int) -> bool:
        held = await locks.held(connection, opening.PRESENT)
        return all(number == version for number, _ in held)

    async def _look(
        self, connection: "psycopg.AsyncConnection[Any]", hears: Hears, version: int
    ) -> None:
        """See how many workers there are, and hold as many shares as is fair."""
        began = monotonic()
        takings = await locks.number(connection, "SELECT taken FROM engine")
        present = await locks.held(connection, opening.PRESENT)
        self.count = sum(number == version for number, _ in present)
        for share in self._left:
            await locks.run(connection, "pg_advisory_unlock", opening.SHARE, share)
        self._left.clear()
        held = await locks.held(connection, opening.SHARE)
        mine = {share for share, by_this_one in held if by_this_one} - self._leaving
        taken = {share for share, _ in held}
        fair = ceil(SHARES / self.count)
        new = [
            share
            for share in _free(taken, fair - len(mine - {LEADER}))
            if await locks.run(connection, "pg_try_advisory_lock", opening.SHARE, share)
        ]
        if new:
            await connection.execute(TAKE)
            takings += 1
        mine.update(new)
        too_many = sorted(mine - {LEADER})[fair:]
        was_sure = self._is_sure()
        gained = not was_sure or bool(mine - self._mine)
        self._renewed = self._connected.renewed
        self._mine, self._sure_until = frozenset(mine - {*too_many}), began + SURE_SECONDS
        self._takings = takings
        if gained:
            self._connected.disk.note_commit()  # who queued what waits may have had no time to
            hears.gained()
        if too_many:
            self._leaving.update(too_many)
        if self._leaving and self._finishing is None:
            self._finishing = asyncio.create_task(self._finish(hears))

    async def _finish(self, hears: Hears) -> None:
        """Let shares go once nothing is under way to their chats."""
        try:
            leaving = {*self._leaving}
            await hears.left()
            self._left |= leaving
            self._leaving -= leaving
        finally:
            self._finishing = None

    def _hear(self, hears: Hears, told: psycopg.Notify) -> None:
        if told.pid == self._connected.link.pid:
            return
        if told.channel == TOLD:
            words: Sequence[Word] = json.loads(told.payload)
            hears.told(words)
        elif mine := [each for each in json.loads(told.payload) if self.sends_to(each)]:
            self._connected.disk.note_commit()
            self._expect(mine)
            for chat in mine:
                hears.queued(chat)

    def _lose(self) -> None:
        """Note that the connection has ended, and with it every lock."""
        self._mine, self._sure_until, self.count = frozenset(), 0.0, 1
        if self._finishing:
            self._finishing.cancel()
            self._finishing = None
        self._leaving.clear()
        self._left.clear()


def _free(taken: set[int], most: int) -> list[int]:
    """List the shares to try for: the leader's, and so many of the others that nobody has."""
    free = [share for share in range(SHARES) if share not in taken]
    return [*([LEADER] if LEADER not in taken else []), *free[: max(0, most)]]
