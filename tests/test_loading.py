"""A start polls before most of the program is loaded, and loads what no tap needs at first use."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot import __main__ as program
from bot.adapters.telegram.api import Api
from bot.loading import STEPS
from bot.refusal import Refusal
from bot.settings import Settings
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.conftest import server
from tests.botapi import BotApi
from tests.docs import ROOT
from tests.faults.steps import FIRST_QUESTION
from tests.loaded import PATIENCE, loading

__all__ = ["server"]
AFTER_THE_FIRST_POLL = (
    "bot.access", "bot.commands.", "bot.conversation.engine", "bot.flows.triage", "bot.identifiers",
    "bot.lookup", "bot.reading", "bot.screens.", "bot.service.",
)  # fmt: skip
WITHOUT_A_FILE_OR_A_TERMINAL = ("httpx.", "rich.", "telegram.", "typer")
WORDS = ("bot.identifiers.identifiers", "bot.reading.reader", "bot.reading.topics")
MOST_IN_A_STEP = 70


@pytest.fixture
async def loaded(tmp_path: Path) -> AsyncIterator[Callable[[], list[str]]]:
    """What a started program has loaded so far, in order; in between what it has logged."""
    async with loading(tmp_path, "/triage", FIRST_QUESTION) as names:
        yield names


async def test_the_rules_and_screens_are_loaded_after_the_first_poll(
    loaded: Callable[[], list[str]],
) -> None:
    names = loaded()
    asked = next(number for number, each in enumerate(names) if '"connected"' in each)
    before, after = names[:asked], names[asked:]
    assert "state.sqlite.store" in before
    assert {each for each in before if each.startswith(AFTER_THE_FIRST_POLL)} == set()
    assert "bot.adapters.telegram.inbox" in after
    assert {each for each in names if each.startswith(WITHOUT_A_FILE_OR_A_TERMINAL)} == set()


async def test_what_a_typed_line_is_read_with_is_loaded_before_one_is_typed(
    loaded: Callable[[], list[str]],
) -> None:
    async with asyncio.timeout(PATIENCE):
        while not {*WORDS} <= {*loaded()}:
            await asyncio.sleep(0.1)


def test_each_step_loads_a_part(tmp_path: Path) -> None:
    """Calls are answered between steps, so that none may load nearly all."""
    code = (
        "import json, sys; from importlib import import_module as load\n"
        "import bot.settings, bot.adapters.telegram.aiohttp_client, state.sqlite.store\n"
        "from bot.loading import STEPS\n"
        "count = lambda: sum(name.startswith(('bot.', 'state.')) for name in sys.modules)\n"
        "print(json.dumps([(-count(), load(f'bot.{each}'), count())[::2] for each in STEPS]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, check=True,
    )  # fmt: skip
    new = [sum(each) for each in json.loads(done.stdout)]
    assert len(new) == len(STEPS)
    assert all(0 < each <= MOST_IN_A_STEP for each in new), new


async def test_what_a_poll_brought_stays_at_telegram_if_the_program_cannot_be_put_together(
    server: BotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refusal("the flow is wrong")

    monkeypatch.setattr(program, "_serve", refuse)
    store, api = SqliteStore(tmp_path / "new.db", durability="OFF"), Api(server.token, server.url)
    server.private_chat(1001).types("/triage")
    with pytest.raises(Refusal, match="the flow is wrong"):
        await program._talk(_settings(tmp_path), store, api, program._now().date())
    assert {call.method for call in server.calls} <= {"getMe", "getUpdates"}
    assert len(server.updates) == 1
    assert store.inbox.poll() is None
    store.close()
    await api.close()


def _settings(folder: Path) -> Settings:
    given = {"CORDCALL_DATABASE": folder / "new.db", "CORDCALL_ACCESS": "open"}
    return Settings(**given, CORDCALL_TIMEZONE="UTC")  # type: ignore[arg-type]
