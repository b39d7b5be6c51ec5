"""What is no act of its sender for this bot: forwarded, through or for another bot, by Telegram."""

from typing import Any

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.botapi.queries import Tap
from tests.faults.steps import FIRST_QUESTION, all_is_sent, button, case_of, with_text

OTHER_BOT = {"id": 4711, "is_bot": True, "first_name": "Other", "username": "other_bot"}
CHANNEL = {"id": -1_001, "type": "channel", "title": "Ward"}
FORWARDED = {"forward_origin": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 1}}
NOT_ACTS = {
    "forwarded": ("/given", FORWARDED, "Forwarded messages are not read"),
    "forwarded by an older server": ("/scanned", {"forward_date": 1}, "Forwarded messages"),
    "a forwarded answer": ("gait", FORWARDED, "Forwarded messages are not read"),
    "through another bot": ("/given", {"via_bot": OTHER_BOT}, "sent through another bot"),
    "for another bot": ("/requested@other_bot", {}, "names another bot"),
}
SERVICE = (
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1001, "type": "private"}}},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
    {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}},
    {"new_chat_title": "Ward"},
    {"new_chat_members": [OTHER_BOT]},
    {"left_chat_member": OTHER_BOT},
    {"new_chat_photo": []},
    {"group_chat_created": True},
    {"write_access_allowed": {}},
    {"users_shared": {"request_id": 1, "users": []}},
    {"something_of_next_year": {}},
)


def sends(server: BotApi, person: PersonInChat, **fields: Any) -> None:
    """Send a message with any fields."""
    message = server.world.post(person.chat, person.user, fields.get("text", ""))
    body = {**message.as_json(), **fields}
    if "text" not in fields:
        body.pop("text", None)
    server.updates.push("message", body, person.chat.id)


async def all_handled(server: BotApi, service: Service) -> None:
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)


@pytest.mark.parametrize(("typed", "fields", "said"), NOT_ACTS.values(), ids=NOT_ACTS)
async def test_what_is_not_an_act_is_noted_never_and_told_once_but_of_a_note_each_time(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    typed: str,
    fields: dict[str, Any],
    said: str,
) -> None:
    await tap(ann, await card_of(ann), "Gait or balance")
    await all_handled(server, service)
    before = case_of(service)
    for _ in range(3):
        sends(server, ann, text=typed, **fields)
    await ann.sees(said)
    await all_handled(server, service)
    assert len(with_text(ann, said)) == (3 if typed.startswith("/") else 1)
    after = case_of(service)
    assert (after.answers, after.timeline) == (before.answers, before.timeline)


async def test_a_forwarded_note_is_told_even_after_another_forwarded_message(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await card_of(ann)
    for typed in ("good night", "/card", "/scanned"):
        sends(server, ann, text=typed, **FORWARDED)
        await all_handled(server, service)
    assert len(with_text(ann, "Forwarded messages are not read")) == 2


async def test_each_kind_is_told_by_itself(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    for typed, fields, _ in NOT_ACTS.values():
        sends(server, ann, text=typed, **fields)
    await all_handled(server, service)
    said = {said for _, _, said in NOT_ACTS.values()} - {"Forwarded messages"}
    assert sorted(len(with_text(ann, each)) for each in said) == [1, 1, 2]


@pytest.mark.parametrize("name", ["Example_Bot", "EXAMPLE_BOT", "example_bot"])
async def test_the_name_of_the_bot_counts_in_any_case(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, name: str
) -> None:
    ann.types(f"/triage@{name}")
    await ann.sees(FIRST_QUESTION)
    group = server.group_chat()
    group.joins(1001, "Ann").types(f"/triage@{name}")
    await server.until(lambda: "not enrolled" in group.messages[-1].text)


@pytest.mark.parametrize("fields", SERVICE, ids=lambda fields: next(iter(fields)))
async def test_what_telegram_itself_says_in_a_chat_gets_silence(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, fields: dict[str, Any]
) -> None:
    sends(server, ann, **fields)
    ann.types("/triage")
    await ann.sees(FIRST_QUESTION)
    await all_handled(server, service)
    assert len(ann.bot_messages) == 1
    assert service.store.inbox.parked_count() == 0


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document", "location", "contact"])
async def test_what_a_person_sends_that_is_not_text_is_answered(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, kind: str
) -> None:
    sends(server, ann, **{kind: {}})
    await ann.sees("Pictures and voice messages are not kept")


def taps(server: BotApi, who: int, message: dict[str, Any] | None, data: str) -> Tap:
    """Tap a button as a client may forge it, on a message in any chat or on none."""
    person = server.private_chat(1002, "Eve")
    tap = person.taps_data(person.types("x"), data)
    update = server.updates.waiting[-1].body["callback_query"]
    update["from"] = {**update["from"], "id": who}
    update.pop("message")
    if message:
        update["message"] = message
    else:
        update["inline_message_id"] = "AbC"
    return tap


@pytest.mark.parametrize("who", [1001, 1087968824, 136817688, 777000])
@pytest.mark.parametrize("inline", [False, True], ids=["in a group", "on an inline message"])
async def test_a_tap_outside_a_private_chat_is_answered_and_does_nothing(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    who: int,
    inline: bool,
) -> None:
    card = await card_of(ann)
    await all_handled(server, service)
    token, place = button(card, "Gait or balance")
    group = {"id": -1_001, "type": "supergroup", "title": "Ward"}
    message = {"message_id": card.id, "date": 0, "chat": group}
    server.updates.hold()
    stray = taps(server, who, None if inline else message, f"{token}:{place}")
    server.updates.release()
    nobody = who != 1001 and not inline
    said = "tapped as the group or as a channel" if nobody else "only in your private chat"
    assert said in await ann.gets_answer(stray)
    assert case_of(service).answers == ()
