"""The controls over HTTP, with the server in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import ChatMigrated, NetworkError, RetryAfter

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")

TOKEN = "42:control"
ROOT = Path(__file__).parents[2]


class Remote:
    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, verb: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.url}/control/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    command = [sys.executable, "-m", "tests.botapi", "--port", "0", "--token", TOKEN]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout
    url = server.stdout.readline().split()[0]
    yield Remote(url)
    server.terminate()
    server.stdout.close()
    assert server.wait(timeout=10) == 0


async def test_a_dialogue(remote: Remote) -> None:
    remote("private_chat", user_id=1, first_name="Ann")
    async with Bot(TOKEN, base_url=f"{remote.url}/bot") as bot:
        remote("types", user_id=1, text="/start")
        (update,) = await bot.get_updates()
        assert update.message
        key = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
        sent = await update.message.reply_html("<b>Hi</b>", reply_markup=key)
        view = remote("changes", user_id=1, since=0)
        shown = view["messages"][-1]
        assert (shown["text"], shown["entities"][0]["type"], shown["from_bot"]) == (
            "Hi",
            "bold",
            True,
        )
        tap = remote("taps", user_id=1, message_id=sent.message_id, label="Go")
        assert remote("tap_answer", tap_id=tap["tap_id"], timeout=0.01)["answered"] is False
        await bot.answer_callback_query(tap["tap_id"], "well")
        assert remote("tap_answer", tap_id=tap["tap_id"])["text"] == "well"
        outcomes = remote("calls", outcome="accepted")["calls"]
        assert outcomes[-1]["method"] == "answerCallbackQuery"
        await bot.edit_message_text("No keys", 1, sent.message_id)
        old = remote("taps", user_id=1, message_id=sent.message_id, label="Go", version=0)
        assert old["update_id"]


async def test_faults_and_groups(remote: Remote) -> None:
    remote("private_chat", user_id=2)
    group = remote("group", title="Ward")["chat_id"]
    remote("joins", user_id=2, chat_id=group)
    async with Bot(TOKEN, base_url=f"{remote.url}/bot") as bot:
        flood = remote("fault", kind="flood", retry_after=30)["id"]
        with pytest.raises(RetryAfter):
            await bot.send_message(2, "x")
        remote("fault_remove", id=flood)
        remote("fault", kind="refuse", code=500, description="Down", chance=1, seed=1)
        with pytest.raises(NetworkError):
            await bot.send_message(2, "x")
        remote("faults_clear")
        new = remote("migrates", chat_id=group)["chat_id"]
        with pytest.raises(ChatMigrated):
            await bot.send_message(group, "x")
        await bot.send_message(new, "y")
        remote("settings", latency=0.001, answer_seconds=5)
        remote("update", update={"message": {"poison": True}})
        remote("clock_advance", seconds=86_401)
        assert await bot.get_updates() == ()


def test_what_is_wrong_is_said(remote: Remote) -> None:
    answer = httpx.post(f"{remote.url}/control/types", json={"user_id": 99, "text": "x"})
    assert answer.status_code == 400 and "99" in answer.json()["error"]
    assert httpx.post(f"{remote.url}/control/dances").status_code == 400


def test_every_verb_of_the_page_exists(remote: Remote) -> None:
    page = httpx.get(f"{remote.url}/phone").text + httpx.get(f"{remote.url}/team").text
    verbs = set(re.findall(r'control(?:\("|/)(\w+)"', page))
    assert verbs == {
        "types", "taps", "tap_answer", "opens", "changes", "world", "private_chat", "chat", "joins",
    }  # fmt: skip
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
