"""Anchors of the audit in the log: at the start, every hour and at the end, while it grows."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.adapters.telegram import tidying
from bot.adapters.telegram.tidying import Tidier
from bot.masks import mask
from bot.service.service import Service
from state.chain import BEGINNING
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import do
from tests.faults.steps import all_is_sent


def anchors(logged: list[dict[str, object]]) -> list[object]:
    return [each["anchor"] for each in logged if each["event"] == "audit"]


async def tidied(tidier: Tidier) -> list[object]:
    with capture_logs() as logged:
        await tidier.tidy()
    return anchors([*map(dict, logged)])


async def test_an_hour_in_which_rows_were_added_has_one_anchor(service: Service) -> None:
    tidier = Tidier(service, lambda _: None)
    assert await tidied(tidier) == []
    do(service, "/triage", "gait")
    assert await tidied(tidier) == [str(service.store.audit.last())]
    assert await tidied(tidier) == []
    do(service, "/card")
    assert await tidied(tidier) == [str(service.store.audit.last())]
    assert service.store.audit.last().number == 3


async def test_a_start_and_an_end_have_theirs(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    do(service, "/triage")
    first = service.store.audit.last()
    assert first != BEGINNING
    with capture_logs() as logged:
        async with running(server, service):
            await tap(ann, await card_of(ann), "Gait or balance")
            await all_is_sent(service.store)
    last = service.store.audit.last()
    assert last.number == 3
    assert anchors([*map(dict, logged)]) == [str(first), str(last)]


async def test_it_comes_every_hour(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    monkeypatch.setattr(tidying, "SECONDS_TO_NEXT", 0.01)
    with capture_logs() as logged:
        running = asyncio.create_task(Tidier(service, lambda _: None).run())
        for line in ("/triage", "gait"):
            do(service, line)
            await asyncio.sleep(0.1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [str(each).partition("-")[0] for each in anchors([*map(dict, logged)])] == ["1", "2"]


def test_an_anchor_is_not_taken_for_a_token(service: Service) -> None:
    do(service, "/triage")
    said = str(service.store.audit.last()).replace("1-", "123456789-")
    assert mask(said) == said
