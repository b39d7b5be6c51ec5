"""HTTP: the ways to send parameters, the shape of answers, wrong tokens and methods, the record."""

from __future__ import annotations

import json

import httpx
import pytest
from telegram import Bot
from telegram.error import InvalidToken

from tests.botapi import BotApi, PersonInChat


@pytest.fixture
def url(api: BotApi) -> str:
    return f"{api.base_url}{api.token}"


async def test_parameters_come_in_every_form(url: str, ann: PersonInChat) -> None:
    fields = {"chat_id": "1001", "text": "a & b"}
    async with httpx.AsyncClient() as client:
        for answer in (
            await client.get(f"{url}/sendMessage", params=fields),
            await client.post(f"{url}/sendMessage", params=fields),
            await client.post(f"{url}/sendMessage", data=fields),
            await client.post(f"{url}/sendMessage", json=fields | {"chat_id": 1001}),
            await client.post(
                f"{url}/SENDMESSAGE", files={k: (None, v) for k, v in fields.items()}
            ),
        ):
            assert answer.status_code == 200, answer.text
            assert answer.json()["ok"] is True
            assert answer.json()["result"]["text"] == "a & b"
    assert [message.text for message in ann.messages] == ["a & b"] * 5


async def test_refusals_have_telegrams_shape(url: str, ann: PersonInChat) -> None:
    async with httpx.AsyncClient() as client:
        refused = await client.post(f"{url}/sendMessage", json={"chat_id": 5, "text": "x"})
        unknown = await client.post(f"{url}/sendPigeon")
        broken = await client.post(
            f"{url}/getMe", content="{", headers={"Content-Type": "application/json"}
        )
    assert (refused.status_code, refused.json()) == (
        400,
        {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
    )
    assert unknown.json() == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }
    assert broken.status_code == 400


async def test_a_wrong_token_is_unauthorized(api: BotApi) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=api.base_url):
            pass
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{api.url}/bot1:wrong/getMe")).json()["error_code"] == 401
        assert (await client.get(f"{api.url}/nothing")).status_code == 404


async def test_unknown_parameters_are_ignored(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    await bot.send_message(1001, "x", protect_content=True, api_kwargs={"future": "yes"})
    assert ann.last.text == "x"


async def test_every_call_is_recorded(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    await bot.send_message(1001, "x")
    with pytest.raises(Exception, match="Chat not found"):
        await bot.send_message(77, "x")
    accepted, refused = api.calls.of("sendMessage")
    assert (accepted.outcome, accepted.done, accepted.params.text("text")) == (
        "accepted",
        True,
        "x",
    )
    assert accepted.result["message_id"] == ann.last.id
    assert (refused.outcome, refused.done, refused.error_code) == ("refused", False, 400)
    assert api.refused_but("chat not found") == []
    assert api.refused_but() == ["sendMessage(77): refused Bad Request: chat not found"]


@pytest.mark.parametrize(("limit", "kept"), [(0, 0), (2, 2)])
async def test_the_record_is_bounded(limit: int, kept: int) -> None:
    async with BotApi(record=limit) as api, httpx.AsyncClient() as client:
        for _ in range(3):
            await client.get(f"{api.base_url}{api.token}/getMe")
        assert len(api.calls) == kept


async def test_until_tells_the_last_calls_when_time_is_up(api: BotApi, bot: Bot) -> None:
    with pytest.raises(TimeoutError, match="getMe"):
        await api.until(lambda: False, timeout=0.01)


async def test_json_markup_is_read_from_text(url: str, ann: PersonInChat) -> None:
    markup = json.dumps({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]})
    async with httpx.AsyncClient() as client:
        await client.post(
            f"{url}/sendMessage", data={"chat_id": 1001, "text": "x", "reply_markup": markup}
        )
    assert ann.last.buttons == [["A"]]
