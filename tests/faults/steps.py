"""Steps and checks that the fault tests share."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.service.service import Service
from state.records import StoredCase
from state.store import Store
from tests.botapi import Message, PersonInChat
from tests.conftest import NOON
from tests.dialogue import AFTER_NO_SIGN, FIRST, ask

PATIENCE = 10.0
LOOK_AGAIN = 0.005
FIRST_QUESTION = ask(FIRST)
SECOND_QUESTION = ask(AFTER_NO_SIGN)
EMERGENCY = "Call now: spinal surgeon"  # in the alert, not on the question below it
CAUDA_EQUINA = "Cauda equina: MRI 4 h from request"  # in the alert of a bladder that is ticked
REPEAT = "(repeat)\n"


async def until(holds: Callable[[], object]) -> None:
    """Wait for something that the server does not see."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(LOOK_AGAIN)


async def all_is_sent(store: Store) -> None:
    """Wait until the outbox is empty."""
    await until(lambda: store.outbox.queued() == [])


def case_of(service: Service, chat: str = "1001") -> StoredCase:
    """Read the active case of a chat."""
    case = service.store.cases.active(chat)
    assert case is not None
    return case


def spoil(service: Service, code: str) -> None:
    """Make a case unreadable."""
    with service.store.turn():
        service.store.database.execute(
            "INSERT INTO answers (code, question, value, who, at) VALUES (?, 'x', '{', '1', ?)",
            (code, NOON.isoformat()),
        )
    with pytest.raises(ValueError):
        service.store.cases.find(code)


def seen_at(service: Service) -> datetime | None:
    """Return what the clock said when the bot last looked at it."""
    seen = service.store.clock.seen()
    return seen and seen.seen_at


def with_text(person: PersonInChat, text: str) -> list[str]:
    """Return the messages of the bot that currently show a text."""
    return [message.text for message in person.bot_messages if text in message.text]


def button(message: Message, label: str) -> tuple[str, int]:
    """Return the token and the position of a button."""
    buttons = [b for row in (message.reply_markup or {})["inline_keyboard"] for b in row]
    (data,) = [b["callback_data"] for b in buttons if b["text"] == label]
    token, _, place = data.partition(":")
    return token, int(place)
