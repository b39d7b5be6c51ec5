"""A command is answered in its topic, or in the chat if the topic cannot be written to."""

import pytest

from bot.access import Access
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.updates import LONGEST_REST, reduce
from bot.incoming import Command, Incoming, Text
from bot.service.service import Service
from tests.botapi import BotApi, PersonInChat
from tests.faults.steps import FIRST_QUESTION, all_is_sent

pytestmark = pytest.mark.usefixtures("hurry")

TOPIC = 42


@pytest.mark.parametrize("typed", ["/triage", "/triage@Example_Bot", "/help"])
async def test_a_command_in_a_topic_is_answered_there(
    bot: TelegramBot, server: BotApi, typed: str
) -> None:
    group = server.group_chat("Spine on call", forum=True)
    group.chat.topics.add(TOPIC)
    group.joins(1001, "Ann").types(typed, thread=TOPIC)
    await server.until(lambda: "private chat" in group.messages[-1].text)
    assert group.messages[-1].thread == TOPIC
    assert server.refused_but() == []


async def test_a_thread_of_replies_is_no_topic(bot: TelegramBot, server: BotApi) -> None:
    group = server.group_chat("Spine on call", supergroup=True)
    message = group.joins(1001, "Ann").types("/triage").as_json()
    group.chat.messages.clear()
    server.updates.push("message", {**message, "message_thread_id": TOPIC}, group.chat.id)
    await server.until(lambda: group.messages and "private chat" in group.messages[-1].text)
    assert server.refused_but() == []


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "deleted"])
async def test_what_cannot_go_to_its_topic_goes_to_the_chat(
    bot: TelegramBot, server: BotApi, closed: bool
) -> None:
    group = server.group_chat("Spine on call", forum=True)
    if closed:
        group.chat.topics.add(TOPIC)
        group.chat.closed_topics.add(TOPIC)
    group.joins(1001, "Ann").types("/triage", thread=TOPIC)
    await server.until(lambda: "private chat" in group.messages[-1].text)
    assert group.messages[-1].thread == 0


async def test_a_topic_of_a_private_chat_keeps_its_conversation(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    ann.chat.topics.add(TOPIC)
    ann.types("/triage", thread=TOPIC)
    card = await ann.sees(FIRST_QUESTION)
    ann.taps(card, "Gait or balance")
    await ann.sees("EMERGENCY")
    await all_is_sent(service.store)
    assert {message.thread for message in ann.bot_messages} == {TOPIC}


@pytest.mark.parametrize("thread", [-(10**30), -5, 0, True, 2**31])
def test_a_topic_that_telegram_never_gives_is_none(thread: int) -> None:
    chat = {"id": 1001, "type": "private"}
    message = {"message_id": 5, "from": {"id": 1001}, "chat": chat, "date": 1, "text": "/card"}
    message |= {"is_topic_message": True, "message_thread_id": thread}
    reduced = reduce({"update_id": 7, "message": message}, "bot", Access())
    assert isinstance(reduced, Incoming) and reduced.thread is None


LINE = ("back pain, no fever, " * 250)[:4070] + " legs weak"


@pytest.mark.parametrize("command", ["", "/mri ", "/triage ", "/TRIAGE ", "/sins "])
def test_a_line_of_a_patient_is_read_to_its_end(command: str) -> None:
    assert typed_after(f"{command}{LINE}") == LINE


@pytest.mark.parametrize("command", ["/ask ", "/drug ", "/called "])
def test_after_any_other_command_a_few_words_are_read(command: str) -> None:
    assert typed_after(f"{command}{LINE}") == LINE[:LONGEST_REST]


def typed_after(typed: str) -> str:
    chat = {"id": 1001, "type": "private"}
    message = {"message_id": 5, "from": {"id": 1001}, "chat": chat, "date": 1, "text": typed}
    reduced = reduce({"update_id": 7, "message": message}, "bot", Access())
    assert isinstance(reduced, Incoming)
    match reduced.act:
        case Command(_, read) | Text(read):
            return read
        case _:
            pytest.fail("not read")
