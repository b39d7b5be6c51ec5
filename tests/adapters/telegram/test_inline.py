"""Inline queries over real HTTP: answered at once, never stored, only for permitted users."""

import threading
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.access import Access
from bot.adapters.telegram import inline as adapter
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.lookup.inline_cards import InlineCard
from bot.lookup.mri.table import presentations
from bot.screens.screen import Screen
from bot.service.service import Service
from state.people import Member
from state.records import Switch
from state.store import Store
from tests.access import only
from tests.adapters.telegram.test_conversation import running
from tests.adapters.telegram.test_webhook import running as running_by_webhook
from tests.botapi import BotApi, InlineQuery, PersonInChat
from tests.conftest import NOON
from tests.faults.steps import until
from tests.stored import database_of, stored

SECRET = "Mrs Smith 4711 denosumab"
ODD = (
    "x" * 4000,
    "<b>dex</b> & <i>",
    "😀" * 200,
    "\u202exed\u202c",
    "\x00",
    "%s{0}",
    "' OR 1=1 --",
)


async def answered(server: BotApi, query: InlineQuery) -> InlineQuery:
    await server.until(lambda: query.answered)
    return query


@pytest.fixture
async def closed(server: BotApi, service: Service) -> AsyncIterator[TelegramBot]:
    """A running bot that only person 1001 may use."""
    async with running(server, replace(service, access=only("1001"))) as bot:
        yield bot


async def test_an_empty_query_gives_the_mri_table(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    query = await answered(server, ann.asks_inline(""))
    assert [each["title"] for each in query.results] == [
        f"MRI: {row.title}" for row in presentations().values()
    ]
    assert (query.is_personal, query.cache_time) == (True, 60)
    assert server.refused_but() == []


async def test_a_card_is_posted_whole_with_its_look(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    query = await answered(server, ann.asks_inline("xgeva"))
    assert query.results[0]["description"].startswith("Not on call. Later 120 mg under the skin")
    posted = ann.picks(query)
    heading = "Denosumab 120 mg: CAUTION on haemodialysis"
    assert posted.text.startswith(f"{heading}\nNot on call. Later 120 mg under the skin")
    assert posted.marked("bold") == [heading]
    assert posted.buttons == []


async def test_a_card_posted_to_the_bot_itself_is_no_answer(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.picks(await answered(server, ann.asks_inline("dex")))
    ann.types("/help")
    await ann.sees("/triage")
    assert len(ann.bot_messages) == 1


async def test_odd_input_is_answered(bot: TelegramBot, server: BotApi, ann: PersonInChat) -> None:
    for typed in ODD:
        query = await answered(server, ann.asks_inline(typed))
        assert len(query.results) <= 8
    assert server.refused_but() == []


async def test_who_may_not_use_the_bot_gets_an_empty_answer(
    closed: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    stranger = server.private_chat(666, "Eve")
    query = await answered(server, stranger.asks_inline("sins"))
    assert (query.results, query.is_personal) == ([], True)
    assert (await answered(server, ann.asks_inline("sins"))).results


async def test_a_stranger_is_to_ask_again_in_an_hour(closed: TelegramBot, server: BotApi) -> None:
    stranger = server.private_chat(666, "Eve")
    assert (await answered(server, stranger.asks_inline("sins"))).cache_time == 3600


async def test_many_queries_at_once_take_turns(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call, most, now = Api.call, 0, 0

    async def counted(api: Api, method: str, **params: object) -> object:
        nonlocal most, now
        now += method == "answerInlineQuery"
        most = max(most, now)
        try:
            return await call(api, method, **params)
        finally:
            now -= method == "answerInlineQuery"

    monkeypatch.setattr(Api, "call", counted)
    server.faults.delay(0.05, "answerInlineQuery")
    queries = [ann.asks_inline(f"spine {number}") for number in range(20)]
    for query in queries:
        await answered(server, query)
    assert most == adapter.MOST_AT_ONCE


async def test_what_is_typed_is_neither_stored_nor_logged(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    store: Store,
    capfd: pytest.CaptureFixture[str],
) -> None:
    query = await answered(server, ann.asks_inline(SECRET))
    ann.types("/help")
    await ann.sees("/triage")
    noted = [number for (number,) in database_of(store).execute("SELECT update_id FROM inbox")]
    assert query.update_id is not None and query.update_id not in noted
    assert len(noted) == 1
    assert SECRET.encode() not in stored(store)
    assert "Smith" not in "".join(capfd.readouterr())


async def test_a_query_that_fails_stops_nothing_else(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(_: InlineCard) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(adapter, "_result", fail)
    failing = ann.asks_inline("sins")
    ann.types("/triage")
    await ann.sees("Which cord signs are new?")
    logged = list[str]()

    def is_logged() -> bool:
        logged.extend(capfd.readouterr())
        return "an inline query was not answered" in "".join(logged)

    await until(is_logged)
    assert not failing.answered
    assert SECRET not in "".join(logged)
    monkeypatch.undo()
    assert (await answered(server, ann.asks_inline("sins"))).results


async def test_a_refused_answer_stops_nothing_else(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    refusal = server.faults.refuse(400, "Bad Request: query is too old", "answerInlineQuery")
    refused = ann.asks_inline("sins")
    await server.until(lambda: refusal.hits)
    assert (await answered(server, ann.asks_inline("dex"))).results
    ann.types("/triage")
    await ann.sees("Which cord signs are new?")
    assert not refused.answered


async def test_inline_queries_by_webhook(
    server: BotApi, service: Service, ann: PersonInChat, unused_tcp_port: int
) -> None:
    async with running_by_webhook(server, service, unused_tcp_port):
        query = await answered(server, ann.asks_inline("sins"))
        assert query.results[0]["title"].startswith("SINS")


async def test_taps_on_a_look_up_go_on_without_a_case(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.types("/drug")
    listed = await ann.sees("pick a class")
    await ann.gets_answer(ann.taps(listed, "Opioid"))
    opioids = await ann.sees("Buprenorphine 7-day patch: OK")
    while "Morphine: AVOID" not in opioids.text:
        await ann.gets_answer(ann.taps(opioids, "More"))
    await ann.gets_answer(ann.taps(opioids, "Morphine"))
    await ann.sees("Morphine: AVOID on haemodialysis")
    ann.types("/ask")
    chapters = await ann.sees("Reference library")
    await ann.gets_answer(ann.taps(chapters, "MRI times"))
    first = await ann.sees("1.1  MRI: Cauda equina suspected")
    await ann.gets_answer(ann.taps(first, "MRI: Cauda equina suspected"))
    entry = await ann.sees("MRI within 4 h of the request, where offered; else within 12 h")
    assert ["Next", "This chapter", "Chapters"] in entry.buttons
    assert server.refused_but() == []


async def test_every_long_look_up_is_one_message(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    for number in range(1, 22):
        ann.types(f"/ask {number}")
    ann.types("/ask denosumab calcium dialysis")
    await ann.sees("Stored passages")
    assert len(ann.bot_messages) == 22
    assert server.refused_but() == []


@pytest.mark.parametrize("stops", ["out of use", "removed"])
async def test_what_is_looked_up_while_it_ends_is_not_answered(
    server: BotApi,
    service: Service,
    ann: PersonInChat,
    monkeypatch: pytest.MonkeyPatch,
    stops: str,
) -> None:
    began, may_end = threading.Event(), threading.Event()

    def cards(typed: str, _: object) -> list[InlineCard]:
        began.set()
        may_end.wait()
        return [InlineCard("1", typed, typed, Screen("info", typed, ()))]

    monkeypatch.setattr("bot.lookup.inline_cards.inline_cards", cards)
    with service.store.turn() as store:
        store.members.keep(Member("1001", "viewer", "", "", NOON))
    access = Access(service.store.members)
    async with running(server, replace(service, access=access)):
        query = ann.asks_inline("dex")
        await until(began.is_set)
        with service.store.turn() as store:
            if stops == "removed":
                store.members.remove("1001")
            else:
                store.out_of_use.keep(Switch("wrong dose", "wrong dose"))
        may_end.set()
        await answered(server, query)
    titles = [each["title"] for each in query.results]
    assert titles == ([] if stops == "removed" else ["CordCall"])
