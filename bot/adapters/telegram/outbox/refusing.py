"""Turns people away, one after the other and after everything that somebody waits for."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import BadRequest, ChatMigrated
from bot.adapters.telegram.outbox.beside import call_beside
from bot.adapters.telegram.outbox.calls import Calls, Later, Unanswered, Unreachable
from bot.adapters.telegram.outbox.drawing import Message
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.pace import Pace
from state.groups import is_group
from state.records import Priority

SECONDS_APART: Final = 0.1
SECONDS_WITHOUT_NETWORK: Final = 2.0
MOST_WAITING: Final = 10_000
TIMES_TO_LEAVE: Final = 3

_Key = tuple[str, str]  # a chat and the words it is told
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a chat is told, in the topic where it asked; a group is then left if it `leaves`."""

    message: Message
    thread: int | None
    leaves: bool = False


class Refusing:
    """Remembers in memory who is to be turned away; what a restart forgets is asked for again.

    A message that may have arrived is repeated once. A group whose budget is used up holds up
    nobody else.
    """

    def __init__(self, api: Api, pace: Pace, just_changed: JustChanged) -> None:
        self._api = api
        self._pace = pace
        self._just_changed = just_changed
        self._waiting = dict[_Key, _Refusal]()
        self._doubtful = set[_Key]()
        self._task: asyncio.Task[None] | None = None

    def refuse(
        self, chat: str, message: Message, thread: int | None, *, leaves: bool = False
    ) -> None:
        """Tell a chat later, in a topic if given, and then leave it; beyond a limit it is not told.

        The same words do not wait twice.
        """
        if len(self._waiting) >= MOST_WAITING:
            return
        self._waiting.setdefault((chat, message.plain), _Refusal(message, thread, leaves))
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def finish(self) -> None:
        """Stop, and forget who is waiting."""
        self._waiting.clear()
        self._doubtful.clear()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while self._waiting:
                key = next(iter(self._waiting))
                wait = self._pace.seconds_to_wait(key[0], Priority.REFUSAL)
                if not wait:
                    wait = await self._say(key, self._waiting.pop(key))
                elif is_group(key[0]):
                    self._waiting[key] = self._waiting.pop(key)
                    wait = min(wait, SECONDS_APART)
                await asyncio.sleep(wait)
        finally:
            self._doubtful.clear()
            self._task = None

    async def _say(self, key: _Key, said: _Refusal) -> float:
        """Send a refusal, or put it back; return the seconds until the next."""
        calls = Calls(key[0], self._api, self._pace, self._just_changed, Priority.REFUSAL)
        try:
            await calls.show("sendMessage", said.message, message_thread_id=said.thread)
        except BadRequest:
            if said.thread is not None:
                self._waiting[key] = replace(said, thread=None)
                return SECONDS_APART
        except (ChatMigrated, Unreachable):
            pass
        except Later as later:
            doubtful = isinstance(later, Unanswered)
            if not (doubtful and key in self._doubtful):
                self._waiting[key] = said
            if doubtful:
                self._doubtful ^= {key}
            return SECONDS_WITHOUT_NETWORK if later.seconds is None else SECONDS_APART
        except Exception as error:
            log.error("sending failed", error=type(error).__name__)
        if said.leaves and key not in self._waiting:
            await call_beside(self._api, "leaveChat", TIMES_TO_LEAVE, chat_id=int(key[0]))
        return SECONDS_APART
