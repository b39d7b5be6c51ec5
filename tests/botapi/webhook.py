"""Delivers updates to the bot's web address: in order within a queue, again after a failure."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

import aiohttp

from .as_json import dumps
from .changes import Changes
from .clock import Clock
from .updates import Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_DELAY = 60.0
LONGEST_RETRY_AFTER = 3_600.0
_ANSWER_SECONDS = 60.0


@dataclass(slots=True, frozen=True)
class Target:
    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""


class Webhook:
    """``delay_unit`` shortens every wait before a repeat: 1.0 is real time, 0.01 suits a test."""

    def __init__(self, updates: UpdateQueue, clock: Clock, changes: Changes) -> None:
        self._updates = updates
        self._clock = clock
        self._changes = changes
        self._queues: dict[int, deque[Update]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._client: aiohttp.ClientSession | None = None
        self.target: Target | None = None
        self.delay_unit = 1.0
        self.last_error_date = 0
        self.last_error_message = ""

    def info(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "url": self.target.url if self.target else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self.last_error_date:
            shown["last_error_date"] = self.last_error_date
            shown["last_error_message"] = self.last_error_message
        if self.target:
            shown["max_connections"] = self.target.max_connections
            shown["ip_address"] = self.target.ip_address or "127.0.0.1"
        return shown

    async def start(self, target: Target) -> None:
        await self.stop()
        self.target = target
        self.last_error_date = 0
        connector = aiohttp.TCPConnector(limit=target.max_connections)
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        self._client = aiohttp.ClientSession(connector=connector, timeout=timeout)
        self._updates.webhook_sink = self._accept
        for update in self._updates.waiting:
            self._accept(update)

    async def stop(self) -> None:
        self.target = None
        self._updates.webhook_sink = None
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._workers.clear()
        self._queues.clear()
        if self._client:
            await self._client.close()
            self._client = None

    def _accept(self, update: Update) -> None:
        self._queues.setdefault(update.queue, deque()).append(update)
        if update.queue not in self._workers:
            self._workers[update.queue] = asyncio.create_task(self._work(update.queue))

    async def _work(self, key: int) -> None:
        queue = self._queues[key]
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
        del self._queues[key], self._workers[key]

    async def _deliver(self, update: Update) -> None:
        """Until a 2xx or the update's expiry; the first repeat comes at once, then 2, 4, 8 s."""
        delay, failures = 1.0, 0
        while self._clock.now() <= update.expires_at:
            retry_after = await self._post(update)
            if retry_after is None:
                break
            wait = min(retry_after, LONGEST_RETRY_AFTER)
            if not wait and failures:
                delay = wait = min(delay * 2, LONGEST_DELAY)
            failures += 1
            await asyncio.sleep(wait * self.delay_unit)
        self._updates.confirm_one(update.id)

    async def _post(self, update: Update) -> float | None:
        """None when the bot took the update, else the seconds it asks to wait (0: not said)."""
        assert self._client and self.target
        headers = {"Content-Type": "application/json"}
        if self.target.secret_token:
            headers[SECRET_HEADER] = self.target.secret_token
        try:
            async with self._client.post(
                self.target.url, data=dumps(update.body), headers=headers
            ) as answer:
                if 200 <= answer.status <= 299:
                    return None
                self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                asked = answer.headers.get("Retry-After", "")
                return float(asked) if asked.isdecimal() else 0.0
        except (aiohttp.ClientError, TimeoutError) as error:
            lost = isinstance(error, aiohttp.ServerDisconnectedError)
            self._failed("Webhook connection closed" if lost else f"Connection failed: {error}")
            return 0.0

    def _failed(self, message: str) -> None:
        self.last_error_date = int(self._clock.now())
        self.last_error_message = message
        self._changes.notify()
