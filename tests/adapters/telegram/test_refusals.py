"""What Telegram refuses is named by its status and parameters; a file goes by the library."""

import json
from typing import Any

import pytest

from bot.adapters.telegram.answers import read_answer, result_in
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.attached import Attached
from bot.adapters.telegram.errors import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    Unclear,
)
from tests.botapi import BotApi, PersonInChat

REFUSED: dict[tuple[int, str], type[TelegramError]] = {
    (400, "Bad Request: chat not found"): BadRequest,
    (401, "Unauthorized"): InvalidToken,
    (403, "Forbidden: bot was blocked by the user"): Forbidden,
    (404, "Not Found"): InvalidToken,
    (409, "Conflict: terminated by other getUpdates request"): Conflict,
    (429, "Too Many Requests"): NetworkError,
    (500, "Internal Server Error"): NetworkError,
    (502, "Bad Gateway"): NetworkError,
}


def refused(code: int, said: str, parameters: Any = None) -> TelegramError:
    answer = {"ok": False, "error_code": code, "description": said, "parameters": parameters}
    with pytest.raises(TelegramError) as failed:
        result_in(*read_answer("host", code, json.dumps(answer).encode()))
    return failed.value


@pytest.mark.parametrize(("code", "said"), REFUSED)
def test_a_refusal_is_named_by_its_status(code: int, said: str) -> None:
    error = refused(code, said)
    assert (type(error), error.message) == (REFUSED[code, said], said)


def test_a_flood_and_a_group_that_moved_are_named_by_their_parameters() -> None:
    flood = refused(429, "Too Many Requests: retry after 7", {"retry_after": 7})
    assert isinstance(flood, RetryAfter) and flood.seconds == 7
    moved = refused(400, "Bad Request: upgraded", {"migrate_to_chat_id": -100})
    assert isinstance(moved, ChatMigrated) and moved.new_chat_id == -100


def test_a_result_is_what_an_answer_holds() -> None:
    assert result_in(*read_answer("host", 200, b'{"ok":true,"result":[]}')) == []


@pytest.mark.parametrize("fast", [True, False])
async def test_both_ways_name_what_is_refused(
    server: BotApi, ann: PersonInChat, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not fast:
        monkeypatch.setattr("bot.adapters.telegram.api.importlib.util.find_spec", lambda _: None)
    stranger = Api("1:" + "a" * 35, server.url)
    with pytest.raises(InvalidToken):
        await stranger.open()
    await stranger.close()
    api = Api(server.token, server.url)
    await api.open()
    assert api.username == "example_bot"
    file = Attached("code.png", b"PNG")
    await api.call("sendDocument", chat_id=1001, document=file)
    assert ann.last.document is not None
    assert (ann.last.document.file_name, ann.last.document.content) == ("code.png", b"PNG")
    server.faults.answer(b'{"ok":true,"result":true}', "sendPhoto")
    server.faults.flood(retry_after=9, method="sendDocument")
    for method, given, kind in (
        ("sendTelepathy", {"chat_id": 1001}, EndPointNotFound),
        ("sendMessage", {"chat_id": 7, "text": "x"}, BadRequest),
        ("sendPhoto", {"chat_id": 1001, "photo": file}, Unclear),
        ("sendPhoto", {"chat_id": 7, "photo": file}, BadRequest),
        ("sendDocument", {"chat_id": 1001, "document": file}, RetryAfter),
    ):
        with pytest.raises(TelegramError) as failed:
            await api.call(method, **given)
        assert type(failed.value) is kind
    await api.close()
