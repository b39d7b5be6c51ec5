"""People converse with a bot on a disk that remembers; what they were shown is noted in between."""

import asyncio
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.service.service import Service
from state.records import Minted, StoredCase
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_conversation import running
from tests.botapi import BotApi
from tests.botapi.calls import Call, CallLog
from tests.faults.steps import all_is_sent
from tests.faults.test_kill_points import converse
from tests.power.disk import Disk, recorded

PEOPLE: Final = 4
FIRST_PERSON: Final = 1001
DATABASE: Final = "cordcall.db"
SHOWS: Final = ("sendMessage", "editMessageText")


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody was shown a message with these buttons; it was `sent`, or edited."""

    token: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Telegram was told to forget all updates below a number."""

    below: int


@dataclass(frozen=True, slots=True)
class Night:
    """What happened: on the disk, on the screens, and how it ended."""

    disk: Disk
    first_update: int
    minted: dict[str, Minted]
    cases: dict[str, StoredCase]


class _Noting(CallLog):
    def __init__(self, disk: Disk) -> None:
        super().__init__(0)
        self.enabled = True
        self._disk = disk

    def add(self, call: Call) -> None:
        if call.done and call.method in SHOWS and (token := token_in(call.params.values)):
            self._disk.note(Shown(token, call.method == "sendMessage"))


def token_in(params: dict[str, Any]) -> str:
    """Return the token of a message's buttons; "" if there are none."""
    markup = params.get("reply_markup") or {}
    markup = json.loads(markup) if isinstance(markup, str) else markup
    buttons = [each for row in markup.get("inline_keyboard", ()) for each in row]
    data = (each["callback_data"] for each in buttons if "callback_data" in each)
    return next(data, "").partition(":")[0]


async def spend(folder: Path, people: int = PEOPLE) -> Night:
    """Let people converse, each from the first question to the plan, at the same time."""
    with recorded(folder) as disk:
        database = folder / DATABASE
        async with BotApi() as server:
            server.calls = server.dispatcher.calls = _Noting(disk)
            poll = server.updates.poll

            async def noted(offset: int, *given: Any) -> Any:
                disk.note(Forgotten(offset))
                return await poll(offset, *given)

            server.updates.poll = noted  # type: ignore[method-assign]
            with closing(SqliteStore(database)) as store:
                async with running(server, _service(store)):
                    first = server.updates.next_id
                    await asyncio.gather(
                        *(converse(server.private_chat(FIRST_PERSON + n)) for n in range(people))
                    )
                    await all_is_sent(store)
                events = len(disk.events)
                tokens = {each.token for each in disk.events if isinstance(each, Shown)}
                minted = {each: store.buttons.find(each) for each in tokens}
                chats = (str(FIRST_PERSON + n) for n in range(people))
                cases = [store.cases.active(chat) for chat in chats]
    del disk.events[events:]
    return Night(
        disk,
        first,
        {token: each for token, each in minted.items() if each},
        {each.code: each for each in cases if each},
    )


def _service(store: SqliteStore) -> Service:
    engine = Engine(FlowMachine(FLOW), "stepwise", UTC)
    return Service(store, Setting(engine, "Coordinator", 30), _now)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
