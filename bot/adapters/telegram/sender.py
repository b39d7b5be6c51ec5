"""Sends what the outbox holds: per chat in order, chats apart from each other."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.drawing import Message, draw_card_again, draw_messages
from bot.screens import Screen, load
from state.records import Card, Queued
from state.store import Store

OLD_CARD_AFTER: Final = timedelta(days=1)
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
LONGEST_TOAST: Final = 200
CONTINUED: Final = "continued below ↓"

log = structlog.get_logger()


class Sender:
    """Drains the outbox, one task a chat."""

    def __init__(self, api: Api, store: Store, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._store = store
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def wake(self, chat: str) -> None:
        """Send what waits for a chat, unless that is under way."""
        if chat not in self._tasks:
            task = asyncio.create_task(self._drain(chat))
            self._tasks[chat] = task
            task.add_done_callback(lambda _: self._ended(chat))

    def wake_all(self) -> None:
        """Send what an earlier run left."""
        for chat in self._store.chats_waiting():
            self.wake(chat)

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way, then let go of the rest; it stays in the outbox."""
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, chat: str) -> None:
        task = self._tasks.pop(chat)
        if not task.cancelled() and task.exception() is not None:
            log.error("sending failed", error=type(task.exception()).__name__)
        elif not task.cancelled() and self._store.queued(chat):
            self.wake(chat)

    async def _drain(self, chat: str) -> None:
        while queued := self._store.queued(chat):
            for row in queued:
                await self._send(row)
                with self._store.turn() as store:
                    store.sent([row])

    async def _send(self, row: Queued) -> None:
        screens = [load(screen) for screen in row.screens]
        if row.query:
            await self._try(
                "answerCallbackQuery", callback_query_id=row.query, text=_toast(screens)
            )
        messages = draw_messages(screens, row.token)
        for message in messages[:-1]:
            await self._send_new(row, message, "alert" if message.alert else None)
        if messages:
            last = messages[-1]
            below = row.anew or len(messages) > 1
            role = "alert" if last.alert else _role(row, screens)
            await self._show(row, last, role, below=below)
        await self._renew_alert(row, screens)

    async def _show(self, row: Queued, message: Message, role: str | None, *, below: bool) -> None:
        """Edit the card in place where it was tapped, else send it below and shrink the old."""
        card = self._store.card(row.code, role) if row.code and role == "card" else None
        if card and not below and row.tapped in (None, card.message_id):
            young = self._clock() - card.sent_at < OLD_CARD_AFTER
            if young and await self._edit(card, message):
                return
            card = card if not young else None
        await self._send_new(row, message, role)
        if card:
            await self._edit(card, _shrunk(str(row.code)))

    async def _send_new(self, row: Queued, message: Message, role: str | None) -> None:
        sent = await self._try(
            "sendMessage",
            chat_id=int(row.chat),
            text=message.html,
            parse_mode="HTML",
            reply_markup=message.keyboard,
            disable_notification=None if message.alert else True,
            plain=message.plain,
        )
        if sent and row.code and role:
            card = Card(row.code, role, row.chat, int(sent["message_id"]), self._clock())
            with self._store.turn() as store:
                store.keep_card(card)

    async def _renew_alert(self, row: Queued, screens: list[Screen]) -> None:
        """Keep an emergency message true when its card has changed."""
        changed = draw_card_again(screens, row.token)
        alert = self._store.card(row.code, "alert") if row.code and changed else None
        if alert and changed:
            await self._edit(alert, changed)

    async def _edit(self, card: Card, message: Message) -> bool:
        """Edit a message; False when it is gone."""
        try:
            await self._call(
                "editMessageText",
                chat_id=int(card.chat),
                message_id=card.message_id,
                text=message.html,
                parse_mode="HTML",
                reply_markup=message.keyboard,
            )
        except BadRequest as error:
            if "not modified" in error.message.casefold():
                return True
            log.warning("edit refused", reason=error.message)
            with self._store.turn() as store:
                store.drop_card(card.code, card.role)
            return False
        except Forbidden:
            self._give_up(card.chat)
        return True

    def _give_up(self, chat: str) -> None:
        """Note that a person has blocked the bot; what waits for them is dropped."""
        with self._store.turn() as store:
            store.set_reachable(chat, reachable=False)
        log.info("a person cannot be reached")

    async def _try(self, method: str, **params: object) -> Any:
        """Call a method; what Telegram refuses is logged, broken HTML is sent as plain text."""
        plain = params.pop("plain", None)
        try:
            return await self._call(method, **params)
        except BadRequest as error:
            if plain is not None and "parse entities" in error.message.casefold():
                log.error("HTML refused, sent as plain text")
                return await self._try(method, **{**params, "text": plain, "parse_mode": None})
            if method != "answerCallbackQuery":
                log.warning("call refused", method=method, reason=error.message)
        except Forbidden:
            if "chat_id" in params:
                self._give_up(str(params["chat_id"]))
        return None

    async def _call(self, method: str, **params: object) -> Any:
        """Call a method until it is answered, slowed by this chat's own limits alone."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._api.call(method, **params)
            except RetryAfter as error:
                await asyncio.sleep(seconds_to_wait(error))
            except (BadRequest, Forbidden):
                raise
            except NetworkError as error:
                log.warning("network", method=method, error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except TelegramError as error:
                log.warning("refused", method=method, error=type(error).__name__)
                return None


def seconds_to_wait(error: RetryAfter) -> float:
    """Give how long Telegram asks to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _role(row: Queued, screens: list[Screen]) -> str | None:
    """Tell the evolving card from a mere notice: it has buttons and a case."""
    return "card" if row.code and any(screen.rows for screen in screens) else None


def _toast(screens: list[Screen]) -> str | None:
    notices = [screen for screen in screens if screen.kind in ("notice", "info")]
    if not notices:
        return None
    lines = ["".join(part.text for part in line) for b in notices[0].blocks for line in b.lines]
    return " ".join(lines)[:LONGEST_TOAST]


def _shrunk(code: str) -> Message:
    said = f"{code} · {CONTINUED}"
    return Message(said, said, {"inline_keyboard": []})
