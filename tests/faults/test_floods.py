"""Strangers by the thousand, and Telegram's limits: whoever has access is answered in time.

With LONG_FLOODS=1 in the environment the floods have their full length.
"""

import asyncio
import os
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.telegram.outbox.pace import Pace
from bot.service.service import Service
from state.records import Priority
from tests.access import only
from tests.adapters.telegram.test_conversation import card_of, running
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi, Fault, PersonInChat
from tests.botapi.errors import too_many_requests
from tests.faults.steps import EMERGENCY, FIRST_QUESTION, PATIENCE, all_is_sent

Json = dict[str, Any]
LONG = bool(os.environ.get("LONG_FLOODS"))
STRANGERS = 1_500 if LONG else 300
MESSAGES = 20_000 if LONG else 4_000
SHOWS = ("sendMessage", "editMessageText", "deleteMessage")

pytestmark = pytest.mark.slow


class TelegramsLimit(Fault):
    """Refuses, for some seconds, what exceeds 30 messages a second in all chats together."""

    def __init__(self, seconds: int = 3) -> None:
        super().__init__("refuse", refusal=too_many_requests(seconds))
        self.shown = deque[float](maxlen=30)
        self.closed_until = 0.0
        self.seconds_closed = seconds

    def strikes(self, method: str, chat_id: str, now: float) -> bool:
        if method not in SHOWS:
            return False
        at = time.monotonic()
        if at < self.closed_until:
            self.hits += 1
            return True
        if len(self.shown) == self.shown.maxlen and at - self.shown[0] < 1:
            self.closed_until = at + self.seconds_closed
            self.hits += 1
            return True
        self.shown.append(at)
        return False


async def seconds_until_the_emergency(ann: PersonInChat) -> float:
    (card,) = (m for m in ann.bot_messages if FIRST_QUESTION in m.text)
    begun = time.monotonic()
    ann.taps(card, "Gait or balance")
    await ann.sees(EMERGENCY, timeout=60)
    return time.monotonic() - begun


async def test_many_strangers_delay_no_emergency_and_are_refused_within_the_limit(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    limit = TelegramsLimit()
    async with running(server, replace(service, access=only("1001"))):
        await card_of(ann)
        server.faults.add(limit)
        strangers = [server.private_chat(5_000_000 + n, "Eve") for n in range(STRANGERS)]
        for each in strangers:
            each.types("hi")
        assert await seconds_until_the_emergency(ann) < 3
        await asyncio.sleep(2)
        refused = sum(bool(each.bot_messages) for each in strangers)
        await all_is_sent(service.store)
    assert limit.hits == 0
    assert refused >= 10


async def test_a_flood_of_messages_is_over_before_the_tap_behind_it_is_late(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, replace(service, access=only("1001"))):
        await card_of(ann)
        server.updates.hold()
        strangers = [server.private_chat(5_000_000 + n, "Eve") for n in range(MESSAGES // 4)]
        for n in range(MESSAGES):
            strangers[n % len(strangers)].types("hi")
        server.updates.release()
        seconds = await seconds_until_the_emergency(ann)
        await all_is_sent(service.store)
    assert seconds < 2, seconds
    assert service.store.inbox.parked_count() == 0


def private(who: int) -> Json:
    return {"id": who, "type": "private"}


FLOODS: dict[str, Callable[[int], Json]] = {
    "taps in private": lambda who: {
        "callback_query": {
            "id": str(who), "from": {"id": who}, "data": "abc:1",
            "message": {"message_id": 7, "date": 0, "chat": private(who)},
        }
    },
    "taps on what was posted elsewhere": lambda who: {
        "callback_query": {
            "id": str(who), "from": {"id": who}, "data": "abc:1", "inline_message_id": "x",
        }
    },
    "inline queries": lambda who: {
        "inline_query": {"id": str(who), "from": {"id": who}, "query": "steroid", "offset": ""}
    },
    "edits": lambda who: {
        "edited_message": {
            "message_id": 7, "date": 0, "from": {"id": who}, "chat": private(who), "text": "hi",
        }
    },
    "guessed invitations": lambda who: {
        "message": {
            "message_id": 7, "date": 0, "from": {"id": who}, "chat": private(who),
            "text": f"/start {who:022}",
        }
    },
    "blocks": lambda who: {
        "my_chat_member": {
            "from": {"id": who}, "date": 0, "chat": private(who),
            "new_chat_member": {"status": "kicked"},
        }
    },
    "groups that move": lambda who: {
        "message": {
            "message_id": 7, "date": 0, "chat": {"id": -who, "type": "group"},
            "migrate_to_chat_id": -1_000_000_000_000 - who,
        }
    },
}  # fmt: skip


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
async def test_no_other_flood_of_strangers_delays_an_emergency(
    server: BotApi, service: Service, ann: PersonInChat, flood: Callable[[int], Json]
) -> None:
    async with running(server, replace(service, access=only("1001"))):
        await card_of(ann)
        await all_is_sent(service.store)
        server.updates.hold()
        first = server.updates.next_id
        for n in range(MESSAGES // 4):
            server.updates.push_raw({"update_id": first + n, **flood(5_000_000 + n)})
        server.updates.jump(first + MESSAGES // 4)
        server.updates.release()
        assert await seconds_until_the_emergency(ann) < 3
        await all_is_sent(service.store)
    assert service.store.inbox.parked_count() == 0
    assert len(server.calls.of("answerCallbackQuery")) < MESSAGES // 8


STRANGE = (
    b"",
    b"POST /hook HTTP/1.1\r\nX: Smythe",
    b"POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{",
    b"\x16\x03\x01\x02\x00\x01 Smythe",
    b"GET /Smythe HTTP/1.1\r\nHost: h\r\n\r\n" * 20,
    b"POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
)


@contextmanager
def descriptors(most: int) -> Iterator[None]:
    """Limit the files that this process, and one that it starts, may have open."""
    former = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, former[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, former)


async def seconds_until_help(server: BotApi, ann: PersonInChat) -> float:
    seen, begun = len(ann.bot_messages), time.monotonic()
    ann.types("/help")
    await server.until(lambda: len(ann.bot_messages) > seen, 10)
    return time.monotonic() - begun


async def test_more_connections_than_descriptors_keep_nobody_waiting(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/hook"
    async with BotApi() as server:
        ann = server.private_chat(1001, "Ann")
        program = CordCall(
            server,
            tmp_path,
            CORDCALL_WEBHOOK_URL=url,
            CORDCALL_WEBHOOK_SECRET="a-secret",
            CORDCALL_WEBHOOK_LISTEN=url.removeprefix("http://").removesuffix("/hook"),
        )
        with descriptors(1_024):
            await program.start()
        with descriptors(4_096):
            await server.until(lambda: server.webhook.target, PATIENCE)
            assert await seconds_until_help(server, ann) < 1
            held = [await asyncio.open_connection("127.0.0.1", unused_tcp_port) for _ in range(200)]
            more = asyncio.gather(
                *(asyncio.open_connection("127.0.0.1", unused_tcp_port) for _ in range(900))
            )
            during = [await seconds_until_help(server, ann)]
            held += await more
            for number, (_, writer) in enumerate(held):
                writer.write(STRANGE[number % len(STRANGE)])
            during += [await seconds_until_help(server, ann) for _ in range(3)]
            open_now = len([*Path(f"/proc/{program.pid}/fd").iterdir()])
            for _, writer in held:
                writer.close()
            after = await seconds_until_help(server, ann)
        assert await program.stop() == 0
    log = (tmp_path / "log").read_text()
    assert max(*during, after) < 1, (during, after)
    assert open_now < 200
    assert "Smythe" not in log and "Traceback" not in log
    assert log.count("\n") < 20


async def test_a_flooded_start_slows_everybody_once(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    limit = TelegramsLimit()
    people = [server.private_chat(2_000 + n, "Ann") for n in range(100)]
    async with running(server, service):
        await card_of(ann)
        server.faults.add(limit)
        for each in people:
            each.types("/help")
        assert await seconds_until_the_emergency(ann) < 8
        for each in people:
            await each.sees("About CordCall: ", timeout=30)
        await all_is_sent(service.store)
    assert limit.hits < 200


def test_a_429_in_one_chat_stops_what_nobody_waits_for_in_all_chats() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    pace.flooded("-7", 20)
    for priority in (Priority.CARD, Priority.REMINDER, Priority.REFUSAL):
        assert pace.seconds_to_wait("1001", priority) == 20
    assert pace.seconds_to_wait("1001", Priority.ANSWER) == 0
    pace.flooded("-7", 20)
    assert pace.seconds_to_wait("1001", Priority.ANSWER) == 0


def test_429s_in_two_chats_stop_all_answers_but_no_emergency() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    pace.flooded("5", 3)
    pace.flooded("6", 4)
    assert pace.seconds_to_wait("1001", Priority.ANSWER) == 4
    assert pace.seconds_to_wait("1001", Priority.EMERGENCY) == 0
    assert pace.seconds_to_wait("6", Priority.EMERGENCY) == 4
    now = 4.0
    assert pace.seconds_to_wait("1001", Priority.ANSWER) == 0
    for _ in range(25):
        pace.called("1001")
    assert pace.seconds_to_wait("1002", Priority.ANSWER) > 0
    now = 70.0
    for _ in range(40):
        pace.called("1001")
    assert pace.seconds_to_wait("1002", Priority.ANSWER) == 0


def test_refusals_leave_room_for_others() -> None:
    pace = Pace(lambda: 0.0)
    for _ in range(16):
        pace.called("1001")
    assert pace.seconds_to_wait("6666", Priority.REFUSAL) > 0
    assert pace.seconds_to_wait("6666", Priority.REMINDER) == 0
