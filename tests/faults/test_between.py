"""What stands between answers in Telegram's place: it decides nothing, and is named in the log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from telegram import InputFile
from telegram.request import BaseRequest

from bot.adapters.telegram.aiohttp_client import FastRequest
from bot.adapters.telegram.answers import read_answer
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.errors import NoAnswer, NotSent, Unclear
from bot.adapters.telegram.httpx_client import PlainRequest
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat, telegram_html
from tests.faults.steps import EMERGENCY, FIRST_QUESTION, all_is_sent, until

PAGE = b"<html><body>Blocked by the web filter</body></html>"
NO_ANSWERS = {
    "ok and nothing else": b'{"ok":true}',
    "null": b"null",
    "true": b"true",
    "a list": b"[]",
    "a page": PAGE,
    "nothing": b"",
    "half": b'{"ok":true,"result":[',
    "too deep": b"[" * 100_000,
    "no text": b"\xff\xfe",
    "a huge number": b'{"ok":true,"result":' + b"9" * 5_000 + b"}",
    "no list": b'{"ok":true,"result":true}',
    "null in it": b'{"ok":true,"result":null}',
    "ok in words": b'{"ok":"true","result":[]}',
    "refused without a code": b'{"ok":false}',
    "refused without words": b'{"ok":false,"error_code":403}',
    "wait for a word": b'{"ok":false,"error_code":429,"description":"x",'
    b'"parameters":{"retry_after":"soon"}}',
    "wait for ever": b'{"ok":false,"error_code":429,"description":"x",'
    b'"parameters":{"retry_after":1e300}}',
    "parameters in a list": b'{"ok":false,"error_code":429,"description":"x","parameters":[1]}',
}
NOT_TELEGRAMS = {
    "page 403": (403, PAGE),
    "page 401": (401, PAGE),
    "page 404": (404, PAGE),
    "page 409": (409, PAGE),
    "page 400": (400, PAGE),
    "page 200": (200, PAGE),
    "JSON of a filter": (
        403,
        b'{"ok":false,"error_code":403,"description":"Access denied by policy"}',
    ),
    "JSON of a gateway": (401, b'{"ok":false,"error_code":401,"description":"Log in first"}'),
}


@pytest.fixture(params=[FastRequest, PlainRequest])
async def connections(request: pytest.FixtureRequest) -> AsyncIterator[BaseRequest]:
    """Both clients, one after the other."""
    made: BaseRequest = request.param(1, 2.0, 0.2)
    await made.initialize()
    yield made
    await made.shutdown()


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("body", NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_a_poll_that_is_not_answered_is_made_again(
    server: BotApi, service: Service, ann: PersonInChat, body: bytes
) -> None:
    fault = server.faults.answer(body, "getUpdates", times=3)
    async with running(server, service):
        await until(lambda: fault.hits == 3)
        await card_of(ann)
    assert len(server.calls.of("getUpdates")) < 10


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(("code", "body"), NOT_TELEGRAMS.values(), ids=NOT_TELEGRAMS)
@pytest.mark.parametrize("method", ["getMe", "getUpdates", "sendMessage"])
async def test_what_is_not_telegrams_answer_ends_nothing_and_blocks_nobody(
    server: BotApi, service: Service, ann: PersonInChat, method: str, code: int, body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.adapters.telegram.app.FIRST_PAUSE", 0.05)
    fault = server.faults.answer(body, method, code=code, times=2)
    async with running(server, service):
        card = await card_of(ann)
        ann.taps(card, "Gait or balance")
        await ann.sees(EMERGENCY)
        await all_is_sent(service.store)
    assert fault.hits == 2
    case = service.store.cases.active("1001")
    assert case is not None
    assert service.store.reminders.first(only="1001") is not None


@pytest.mark.parametrize("result", ["true", "null", "[]", '{"message_id":"7"}'])
async def test_a_message_without_a_number_is_sent_again_as_it_was(
    server: BotApi, service: Service, ann: PersonInChat, result: str
) -> None:
    server.faults.answer(f'{{"ok":true,"result":{result}}}'.encode(), "sendMessage")
    async with running(server, service):
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)
        await all_is_sent(service.store)
    assert [FIRST_QUESTION in message.text for message in ann.bot_messages] == [True]


@pytest.mark.parametrize("result", ["true", "null", "[]", "{}", '"bot"'])
async def test_a_bot_without_a_name_is_asked_for_again(
    server: BotApi, service: Service, ann: PersonInChat, result: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.adapters.telegram.app.FIRST_PAUSE", 0.05)
    fault = server.faults.answer(f'{{"ok":true,"result":{result}}}'.encode(), "getMe", times=2)
    async with running(server, service):
        await card_of(ann)
    assert fault.hits == 2


def number(value: int | float | str) -> dict[str, Any]:
    chat = {"id": 1001, "type": "private"}
    return {"update_id": value, "message": {"message_id": 1, "chat": chat, "date": 0, "text": "/x"}}


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("value", [2**63, 2**63 - 1, 2**62, 2**31, -1, 1.5, "7", True])
async def test_an_update_with_an_impossible_number_is_set_aside_and_polling_goes_on_calmly(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, value: Any
) -> None:
    for _ in range(3):
        server.updates.push_raw(number(value))
    card = await card_of(ann)
    server.updates.push_raw(number(value))
    before = len(server.calls.of("getUpdates"))
    await asyncio.sleep(1.5)
    assert len(server.calls.of("getUpdates")) - before <= 3
    ann.taps(card, "Gait or balance")
    await ann.sees(EMERGENCY)
    assert service.store.inbox.parked_count() == 1


@pytest.mark.usefixtures("hurry")
async def test_polls_that_are_answered_at_once_with_nothing_do_not_spin(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    server.faults.answer(b'{"ok":true,"result":[]}', "getUpdates", times=None)
    async with running(server, service):
        await asyncio.sleep(1.2)
        assert len(server.calls.of("getUpdates")) <= 3
        server.faults.clear()
        await card_of(ann)


@pytest.mark.parametrize("text", ["gait \\ud800", "\\udfff", "/note \\ud83d", "/help \\udc00"])
async def test_half_a_character_is_set_aside_and_its_sender_is_told(
    server: BotApi, service: Service, ann: PersonInChat, text: str
) -> None:
    async with running(server, service):
        ann.types("/version")
        await ann.sees("Policy: stepwise")
        first = server.updates.next_id
        server.updates.jump(first + 5)
        whole = '{"id":1001,"type":"private"},"from":{"id":1001},"date":0'
        update = '{"update_id":%d,"message":{"message_id":9,"chat":%s,"text":"%s"}}'
        body = update % (first, whole, text)
        server.faults.answer(b'{"ok":true,"result":[' + body.encode() + b"]}", "getUpdates")
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)
        await ann.sees("020 7946 0000")
    assert service.store.inbox.parked_count() == 1


async def test_the_cause_of_a_failed_call_is_named_with_its_host(
    connections: BaseRequest, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readline()
        if b"silent" in asked:
            await reader.read()
        elif b"closed" not in asked:
            size = str(len(PAGE)).encode()
            writer.write(b"HTTP/1.1 403 F\r\nContent-Length: " + size + b"\r\n\r\n" + PAGE)
            await writer.drain()
        writer.close()

    filter_ = await asyncio.start_server(page, "127.0.0.1", 0)
    async with filter_:
        here = f"127.0.0.1:{filter_.sockets[0].getsockname()[1]}"
        for url, kind, cause in (
            (f"http://127.0.0.1:{unused_tcp_port}/bot1:x/getMe", NotSent, "refused"),
            ("http://telegram.invalid/bot1:x/getMe", NotSent, "name"),
            (f"https://{here}/bot1:x/getMe", NotSent, "TLS"),
            (f"http://{here}/bot1:x/getMe", NotSent, "HTML, status 403"),
            (f"http://{here}/bot1:x/closed", Unclear, "closed"),
            (f"http://{here}/bot1:x/silent", Unclear, "too slow"),
        ):
            with pytest.raises(NoAnswer) as failed:
                await connections.do_request(url, "POST")
            host = url.split("/")[2]
            assert (type(failed.value), failed.value.host, failed.value.cause) == (
                kind,
                host,
                cause,
            )


@asynccontextmanager
async def between(head: str, part: bytes = b"", seconds: float = 0.0) -> AsyncIterator[str]:
    """Run something that answers, and repeats a part for as long as it is listened to."""
    served, over = list[asyncio.Task[None]](), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):
            writer.write(f"{head}\r\n\r\n".encode())
            while part and not over.is_set():
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(seconds)
        writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.create_task(answer(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        over.set()
        await asyncio.gather(*served)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_message_is_never_taken_elsewhere(
    connections: BaseRequest, server: BotApi, code: int
) -> None:
    to = f"Location: {server.url}/bot{server.token}/getMe"
    async with between(f"HTTP/1.1 {code} Moved\r\nContent-Length: 0\r\n{to}") as host:
        with pytest.raises(NotSent, match=f"{host}: redirect, status {code}"):
            await connections.do_request(f"http://{host}/bot1:x/sendMessage", "POST")
    assert list(server.calls) == []


@pytest.mark.parametrize("client", [FastRequest, PlainRequest])
@pytest.mark.parametrize(
    ("part", "seconds", "cause"),
    [(b" ", 0.05, "too slow"), (b" " * 2**20, 0.0, "too long, status 200")],
    ids=["drop by drop", "without an end"],
)
async def test_an_answer_that_never_ends_is_given_up(
    client: type[FastRequest | PlainRequest], part: bytes, seconds: float, cause: str
) -> None:
    connections = client(1, 0.3, 0.3)
    await connections.initialize()
    async with between("HTTP/1.1 200 OK", part, seconds) as host, asyncio.timeout(3):
        with pytest.raises(Unclear, match=cause):
            await connections.do_request(f"http://{host}/bot1:x/getUpdates", "POST")
        await connections.shutdown()


async def test_an_unreachable_server_is_named_in_the_log(
    service: Service, unused_tcp_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    bot = TelegramBot(
        Api("1:" + "a" * 35, f"http://user:pass@127.0.0.1:{unused_tcp_port}"), service
    )
    task = asyncio.create_task(bot.run())
    await asyncio.sleep(0.3)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    logged = "".join(capfd.readouterr())
    assert f"127.0.0.1:{unused_tcp_port}" in logged and "refused" in logged
    assert "pass" not in logged and "aaaa" not in logged


@pytest.mark.parametrize("said", ["bot was blocked by the user", "user is deactivated"])
def test_a_refusal_of_telegram_is_its_own(said: str) -> None:
    body = b'{"ok":false,"error_code":403,"description":"Forbidden: %s"}' % said.encode()
    assert read_answer("h", 403, body) == (403, body)
    assert read_answer("h", 200, body) == (403, body)
    with pytest.raises(NotSent, match="HTML"):
        read_answer("h", 403, b" <!DOCTYPE html>" + said.encode())


async def test_a_server_that_does_not_know_moments_gets_all_the_rest_of_the_look(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(telegram_html._TYPES, "tg-time")
    async with running(server, service):
        card = await card_of(ann)
        ann.taps(card, "Gait or balance")
        alert = await ann.sees(EMERGENCY)
        await all_is_sent(service.store)
        assert alert.marked("bold") and "in 12 h" in alert.text
        ann.types("/card")
        await all_is_sent(service.store)
        ben = server.private_chat(1002, "Ben")
        ben.taps(await card_of(ben), "Gait or balance")
        assert (await ben.sees(EMERGENCY)).marked("bold")
        await all_is_sent(service.store)
    assert refused_for(server) == ["tg-time"]


async def test_a_server_that_is_replaced_by_an_older_one_edits_with_the_rest_of_the_look(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees(EMERGENCY)
        await all_is_sent(service.store)
        monkeypatch.delitem(telegram_html._TYPES, "tg-time")
        screen = ann.last
        for label in ("Bladder", "Bowel"):
            await tap(ann, screen, label)
            await all_is_sent(service.store)
        assert screen.marked("bold") and "in 12 h" in screen.text
    assert refused_for(server) == ["tg-time"]
    assert "editMessageText" in [call.method for call in server.calls.refused]


async def test_a_server_that_knows_neither_moments_nor_folds_gets_what_is_left(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tag in ("tg-time", "blockquote"):
        monkeypatch.delitem(telegram_html._TYPES, tag)
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        for command in ("/card", "/mri", "/card", "/settings"):
            ann.types(command)
            await server.until(lambda: len(server.updates) == 0)
            await all_is_sent(service.store)
        (card,) = (m for m in ann.bot_messages if "Why:" in m.text)
        assert card.marked("bold") and "in 12 h" in card.text
    assert sorted(refused_for(server)) == ["blockquote", "tg-time"]


def refused_for(server: BotApi) -> list[str]:
    """Return the tags for which a message was refused, one for each time."""
    return [call.description.split('"')[1] for call in server.calls.refused]


@pytest.mark.parametrize("client", [FastRequest, PlainRequest])
async def test_both_clients_send_a_file_with_its_caption(
    server: BotApi, ann: PersonInChat, client: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    if client is PlainRequest:
        monkeypatch.setattr("bot.adapters.telegram.api.importlib.util.find_spec", lambda _: None)
    api = Api(server.token, server.url)
    await api.open()
    sent = InputFile(b"\x89PNG and more", filename="code.png")
    said = {"caption": "<b>Scan</b> é &amp; 1", "parse_mode": "HTML"}
    await api.call("sendPhoto", chat_id=1001, photo=sent, message_thread_id=None, **said)
    assert (ann.last.text, ann.last.marked("bold")) == ("Scan é & 1", ["Scan"])
    assert ann.last.document is not None
    assert ann.last.document.content == b"\x89PNG and more"
    assert ann.last.document.file_name == "code.png"
    await api.call("sendMessage", chat_id=1001, text="and then JSON again")
    assert ann.last.text == "and then JSON again"
    await api.close()
