"""Updates are bad, duplicated, late or out of order: each good one is processed once."""

import random
from typing import Any

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.faults.steps import (
    FIRST_QUESTION,
    SECOND_QUESTION,
    all_is_sent,
    case_of,
    until,
    with_text,
)
from tests.stored import stored

SECRET = "Mrs Smith 4711"
CHAT = {"id": 1001, "type": "private"}
FROM = {"id": 1001, "is_bot": False, "first_name": SECRET}
MESSAGE = {"message_id": 1, "chat": CHAT, "from": FROM, "date": 0, "text": SECRET}
TAP = {"id": "1", "from": FROM, "message": MESSAGE, "data": SECRET}
HUGE = str(2**70)
POISON: dict[str, dict[str, Any]] = {
    "message is null": {"message": None},
    "message is a text": {"message": SECRET},
    "message is a list": {"message": [MESSAGE]},
    "no chat": {"message": {"from": FROM, "text": SECRET}},
    "chat is null": {"message": {**MESSAGE, "chat": None}},
    "chat without a type": {"message": {**MESSAGE, "chat": {"id": 1001}}},
    "chat id is a word": {"message": {**MESSAGE, "chat": {**CHAT, "id": SECRET}}},
    "no sender": {"message": {"message_id": 1, "chat": CHAT, "text": SECRET}},
    "sender is null": {"message": {**MESSAGE, "from": None}},
    "sender id is null": {"message": {**MESSAGE, "from": {**FROM, "id": None}}},
    "tap is null": {"callback_query": None},
    "tap is a number": {"callback_query": 7},
    "tap without id": {"callback_query": {"from": FROM, "message": MESSAGE, "data": SECRET}},
    "tap without sender": {"callback_query": {"id": "1", "message": MESSAGE, "data": SECRET}},
    "tapped message has no id": {"callback_query": {**TAP, "message": {"chat": CHAT}}},
    "tapped message has no number": {
        "callback_query": {**TAP, "message": {**MESSAGE, "message_id": SECRET}}
    },
    "tapped message has a huge number": {
        "callback_query": {**TAP, "message": {**MESSAGE, "message_id": HUGE}}
    },
    "member is null": {"my_chat_member": None},
    "member without status": {"my_chat_member": {"chat": CHAT, "new_chat_member": {}}},
    "place in a group without status": {
        "my_chat_member": {"chat": {"id": -7, "type": "group"}, "new_chat_member": None}
    },
    "somebody in a group is null": {"chat_member": None},
    "moved to nowhere": {
        "message": {**MESSAGE, "chat": {"id": -7, "type": "group"}, "migrate_to_chat_id": SECRET}
    },
}


def asked_again(person: PersonInChat) -> int:
    return len(with_text(person, "About CordCall: "))


async def test_each_poison_is_parked_and_every_good_update_around_it_is_done(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.updates.hold()
    for poison in POISON.values():
        ann.types("/help")
        server.updates.push_raw(poison)
    ann.types("/triage")
    server.updates.release()
    await ann.sees(FIRST_QUESTION)
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)
    assert asked_again(ann) == len(POISON)
    assert service.store.inbox.parked_count() == len(POISON)
    logged = capsys.readouterr()
    assert logged.out.count("an update was set aside") == len(POISON)
    assert SECRET not in logged.out + logged.err
    assert SECRET.encode() not in stored(service.store)


async def test_each_poison_alone_stops_nothing(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    for number, poison in enumerate(POISON.values(), start=1):
        server.updates.push_raw(poison)
        await until(lambda n=number: service.store.inbox.parked_count() == n)
    await card_of(ann)


@pytest.mark.parametrize(
    "harmless",
    [
        {},
        {"a_kind_of_tomorrow": {"x": SECRET}},
        {"callback_query": {"id": "1", "from": FROM, "inline_message_id": "x", "data": "y"}},
        {"my_chat_member": {"chat": {"id": -7, "type": "channel"}, "new_chat_member": None}},
        {"chat_member": {"chat": {"id": -7, "type": "channel"}, "new_chat_member": None}},
    ],
)
async def test_what_concerns_nobody_is_neither_answered_nor_parked(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    harmless: dict[str, Any],
) -> None:
    server.updates.push_raw(harmless)
    await server.until(lambda: len(server.updates) == 0)
    await card_of(ann)
    assert len(ann.bot_messages) == 1
    assert service.store.inbox.parked_count() == 0


async def test_an_update_that_comes_again_and_again_is_done_once(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    first = server.updates.next_id
    card = await card_of(ann)
    tap = ann.taps(card, "None of these")
    await ann.gets_answer(tap)
    await ann.sees(SECOND_QUESTION)
    ann.types("/help")
    await ann.sees("About CordCall: ")
    for number in range(first, server.updates.next_id):
        server.updates.deliver_again(number)
        server.updates.deliver_again(number)
    ann.types("/privacy")
    await ann.sees("end-to-end")
    await all_is_sent(service.store)
    assert [answer.value for answer in case_of(service).answers] == [[]]
    assert asked_again(ann) == 1
    assert len(with_text(ann, SECOND_QUESTION)) == 1
    assert len(server.calls.of("answerCallbackQuery")) == 1


@pytest.mark.parametrize("shuffle", [None, random.Random(1), random.Random(2)])
async def test_a_batch_in_the_wrong_order_is_done_in_the_order_of_its_numbers(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    shuffle: random.Random | None,
) -> None:
    card = await card_of(ann)
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    tap = ann.taps(card, "None of these")
    for section in (1, 2, 3):
        ann.types(f"/plan {section}")
    ann.types("/back")
    server.updates.reorder_next(shuffle)
    server.updates.release()
    assert await ann.gets_answer(tap) == ""
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)
    assert case_of(service).latest == {"cord_signs": []}
    assert case_of(service).revisiting == "cord_signs"
    plans = [m.id for m in ann.bot_messages if "· Plan" in m.versions[0].text]
    assert plans == sorted(plans)
    assert FIRST_QUESTION in ann.last.text


async def test_what_was_typed_three_days_ago_is_done_and_its_old_tap_is_forgiven(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    long_ago = server.world.today - 3 * 86_400
    assert card.reply_markup is not None
    data = card.reply_markup["inline_keyboard"][-1][0]["callback_data"]
    message = {**card.as_json(), "date": long_ago}
    server.updates.push_raw({"callback_query": {**TAP, "message": message, "data": data}})
    typed = {**ann.messages[0].as_json(), "date": long_ago, "text": "/help"}
    server.updates.push_raw({"message": typed})
    await ann.sees("About CordCall: ")
    await server.until(lambda: len(server.updates) == 0)
    await until(lambda: server.calls.of("answerCallbackQuery"))
    await all_is_sent(service.store)
    assert len(server.calls.of("answerCallbackQuery")) == 1
    assert server.refused_but("query is too old") == []
    assert service.store.inbox.parked_count() == 0


@pytest.mark.parametrize("next_id", [1_000, 999_000_000])
async def test_numbers_that_jump_after_a_quiet_week_are_accepted(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    next_id: int,
) -> None:
    card = await card_of(ann)
    await server.until(lambda: len(server.updates) == 0)
    clock.pass_by(days=7)
    server.updates.jump(next_id)
    for _ in range(2):
        ann.types("/help")
    await server.until(lambda: asked_again(ann) == 2 and len(server.updates) == 0)
    kept = service.store.inbox.poll()
    assert kept is not None and kept.next_update == next_id + 2
    ann.taps(card, "None of these")
    await ann.sees(SECOND_QUESTION)


async def test_numbers_of_this_week_that_come_again_are_harmless(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await card_of(ann)
    ann.types("/help")
    await ann.sees("About CordCall: ")
    old = range(server.updates.next_id - 2, server.updates.next_id)
    for hours in (1, 24, 47):
        clock.pass_by(hours=hours)
        service.forget_old()
        for number in old:
            server.updates.deliver_again(number)
        ann.types("/privacy")
        await server.until(lambda: len(server.updates) == 0)
    await server.until(lambda: len(with_text(ann, "end-to-end")) == 3)
    await all_is_sent(service.store)
    assert asked_again(ann) == 1 and len(with_text(ann, FIRST_QUESTION)) == 1


async def test_a_number_that_cannot_be_kept_is_set_aside_and_moves_polling_nowhere(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poll = Api.poll
    offsets = list[int]()

    async def with_a_huge_number(api: Api, offset: int, kinds: list[str]) -> list[dict[str, Any]]:
        offsets.append(offset)
        updates = await poll(api, offset, kinds)
        return [*updates, {"update_id": 10**22, "message": MESSAGE}]

    await card_of(ann)
    monkeypatch.setattr(Api, "poll", with_a_huge_number)
    for number in range(1, 4):
        ann.types("/help")
        await until(lambda n=number: asked_again(ann) == n)
    monkeypatch.undo()
    assert service.store.inbox.parked_count() == 1
    assert offsets == sorted(offsets) and 0 not in offsets
    poll_now = service.store.inbox.poll()
    assert poll_now is not None and poll_now.next_update < 10**10
