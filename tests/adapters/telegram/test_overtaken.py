"""A reminder or a question waits behind a limit of Telegram's, and the case goes on meanwhile."""

from datetime import timedelta

import pytest

from bot.adapters.telegram import reminder_loop, tidying
from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from state.records import Priority
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, case_of, until, with_text

pytestmark = pytest.mark.usefixtures("hurry")

BEFORE = NOON + timedelta(hours=9)
LIMIT_S = 3  # longer than a chat is paced for, so that the reminder meets it
REMINDER = "Reminder: "
STILL_OPEN = "is still open"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the ticker and the tidier check often: a test's clock moves at once."""
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    monkeypatch.setattr(reminder_loop, "SHORTEST_SLEEP", 0.01)
    monkeypatch.setattr(tidying, "SECONDS_TO_NEXT", 0.02)


async def limited(server: BotApi, service: Service) -> None:
    """Wait until what nobody waits for was refused, and is kept for later."""
    await until(lambda: server.calls.faulted)
    (row,) = service.store.outbox.queued()
    assert row.priority is Priority.REMINDER


async def begin(ann: PersonInChat, server: BotApi, service: Service) -> None:
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    await all_is_sent(service.store)
    server.faults.flood(LIMIT_S, 1001, "sendMessage")


@pytest.mark.parametrize(
    ("typed", "answer", "reminded"),
    [
        ("/scanned", "MRI done, not read", None),
        ("/close other", "Case closed", None),
        ("/requested", "MRI requested", "Requested 21:00"),
        ("/help", "About CordCall", "Not requested yet"),
    ],
)
async def test_only_a_reminder_that_is_still_needed_is_sent_and_says_what_is_so_now(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock,
    typed: str, answer: str, reminded: str | None,
) -> None:  # fmt: skip
    await begin(ann, server, service)
    clock.now = BEFORE
    await limited(server, service)
    ann.types(typed)
    await ann.sees(answer)
    await all_is_sent(service.store)
    reminders = with_text(ann, REMINDER)
    assert len(reminders) == (1 if reminded else 0)
    assert not reminded or reminded in reminders[0]


@pytest.mark.parametrize(("typed", "asked"), [("/close other", False), ("/help", True)])
async def test_a_question_about_an_old_case_that_was_closed_meanwhile_is_not_asked(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock,
    typed: str, asked: bool,
) -> None:  # fmt: skip
    await tap(ann, await card_of(ann), "None of these")
    await all_is_sent(service.store)
    old = case_of(service).code
    for _ in range(31):
        clock.pass_by(hours=23)
        await until(lambda: (seen := service.store.clock.seen()) and seen.seen_at == clock.now)
    server.faults.flood(LIMIT_S, 1001, "sendMessage")
    clock.pass_by(hours=23)
    await limited(server, service)
    ann.types(typed)
    await ann.sees("Case closed" if not asked else "About CordCall")
    await all_is_sent(service.store)
    assert len(with_text(ann, f"{old} {STILL_OPEN}")) == asked
