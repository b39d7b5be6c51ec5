"""A tap on a button that has just taken another one's place is not taken, and says so."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.kept_update import Update, kept_tap, read_kept
from bot.adapters.telegram.outbox.just_changed import (
    MOST_REMEMBERED,
    SECONDS_OF_BACKLOG,
    SECONDS_TO_ANSWER,
    JustChanged,
)
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from state.records import LeftTap, Minted
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import AFTER_NO_SIGN, ask
from tests.faults.steps import all_is_sent, case_of, until

GUARD = 0.8
LAST_RECEIVED = 1_800_000_000.0
TOO_SOON = "Not taken: the screen had just changed. Tap again."
Keys = list[list[tuple[str, str]]]
FIRST: Keys = [[("Yes", "answer cancer yes"), ("No", "answer cancer no")], [("Back", "back")]]
NEXT: Keys = [[("Yes", "answer asia yes"), ("No", "answer asia no")], [("Back", "back")]]
TICKS: Keys = [
    [("Gait", "tick signs gait"), ("Bowel", "tick signs bowel")], [("Done", "done signs")]
]  # fmt: skip
TICKED: Keys = [
    [("✓ Gait", "untick signs gait"), ("Bowel", "tick signs bowel")], [("Done", "done signs")]
]  # fmt: skip


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Screen:
    """A message whose keyboards are shown one after the other, each under a token of its own."""

    def __init__(self, guard: float = GUARD) -> None:
        self.clock = Seconds()
        self.minted = dict[str, Minted]()
        self.guard = JustChanged(guard, self.minted.get, self.clock)

    def shows(self, keys: Keys, message_id: int = 7) -> str:
        token = f"token{len(self.minted)}"
        actions = tuple((does, "") for row in keys for _, does in row)
        self.minted[token] = Minted(token, "1", "KES-42", 0, actions)
        self.guard.note("1", message_id, {"inline_keyboard": self.keyboard(keys, token)})
        return token

    @staticmethod
    def keyboard(keys: Keys, token: str) -> list[list[dict[str, str]]]:
        places = count()
        return [
            [{"text": label, "callback_data": f"{token}:{next(places)}"} for label, _ in row]
            for row in keys
        ]

    def refuses(self, token: str, place: int, message_id: int = 7) -> bool:
        return self.guard.is_too_soon("1", {"message_id": message_id}, token, place)

    def waits(self, seconds: float) -> None:
        self.clock.now += seconds


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.4, 0.7])
@pytest.mark.parametrize("before", [None, FIRST, TICKS])
def test_a_button_in_another_ones_place_is_not_taken_at_once(
    before: Keys | None, seconds: float
) -> None:
    screen = Screen()
    if before:
        screen.shows(before)
        screen.waits(60)
    token = screen.shows(NEXT)
    screen.waits(seconds)
    assert [screen.refuses(token, place) for place in range(2)] == [True, True]
    screen.waits(0.9 - seconds)
    assert not any(screen.refuses(token, place) for place in range(3))


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.7, 0.9])
def test_the_same_button_in_the_same_place_is_taken_at_once(seconds: float) -> None:
    screen = Screen()
    screen.shows(FIRST)
    screen.waits(60)
    token = screen.shows(NEXT)
    screen.waits(seconds)
    assert not screen.refuses(token, 2)


def test_a_tick_that_got_its_mark_is_another_button_and_the_others_are_not() -> None:
    screen = Screen()
    screen.shows(TICKS)
    screen.waits(60)
    token = screen.shows(TICKED)
    screen.waits(0.1)
    assert [screen.refuses(token, place) for place in range(3)] == [True, False, False]
    token = screen.shows(TICKS)
    screen.waits(0.7)
    assert [screen.refuses(token, place) for place in range(3)] == [True, False, False]
    screen.waits(0.2)
    assert not screen.refuses(token, 0)


def test_a_button_with_another_label_is_another_button_whatever_it_does() -> None:
    screen = Screen()
    screen.shows([[("Open case", "look")]])
    screen.waits(60)
    assert screen.refuses(screen.shows([[("Continue", "look")]]), 0)


def test_a_button_that_changed_before_the_last_edit_still_has_to_wait() -> None:
    screen = Screen()
    screen.shows(FIRST)
    screen.waits(60)
    screen.shows(NEXT)
    screen.waits(0.3)
    token = screen.shows(NEXT)
    screen.waits(0.4)
    assert screen.refuses(token, 0)
    screen.waits(0.2)
    assert not screen.refuses(token, 0)


def test_a_button_of_an_earlier_keyboard_is_left_to_its_version() -> None:
    screen = Screen()
    old = screen.shows(FIRST)
    screen.waits(60)
    screen.shows(NEXT)
    assert not screen.refuses(old, 0)


def test_messages_do_not_concern_each_other() -> None:
    screen = Screen()
    first = screen.shows(FIRST, message_id=7)
    screen.waits(60)
    second = screen.shows(FIRST, message_id=8)
    assert not screen.refuses(first, 0, message_id=7)
    assert screen.refuses(second, 0, message_id=8)


def test_without_a_guard_every_tap_is_taken() -> None:
    screen = Screen(guard=0)
    screen.shows(FIRST)
    assert not screen.refuses(screen.shows(NEXT), 0)


def test_only_so_many_messages_are_remembered() -> None:
    screen = Screen()
    first = screen.shows(FIRST, message_id=0)
    for number in range(MOST_REMEMBERED - 1):
        screen.guard.note("1", number + 1, {"inline_keyboard": []})
    assert screen.refuses(first, 0, message_id=0)
    screen.guard.note("1", MOST_REMEMBERED, {"inline_keyboard": []})
    assert not screen.refuses(first, 0, message_id=0)


def test_a_tap_that_waited_for_the_start_is_not_taken_if_its_screen_may_have_been_new() -> None:
    screen = Screen()
    screen.guard.begin(last_received=LAST_RECEIVED)
    long_before, after = LAST_RECEIVED - 60, LAST_RECEIVED + 1
    on_new = {"message_id": 7, "date": long_before, "edit_date": after}
    on_old = {"message_id": 8, "date": long_before}
    sent_anew = {"message_id": 9, "date": after}
    assert screen.guard.is_too_soon("1", on_new, "token", 0)
    assert screen.guard.is_too_soon("1", sent_anew, "token", 0)
    assert not screen.guard.is_too_soon("1", on_old, "token", 0)
    screen.waits(SECONDS_OF_BACKLOG)
    assert not screen.guard.is_too_soon("1", on_new, "token", 0)


def test_a_tap_that_waited_while_the_program_was_busy_does_not_ripen() -> None:
    screen = Screen()
    screen.shows(FIRST)
    screen.waits(60)
    screen.guard.asks()
    screen.guard.is_answered()
    token = screen.shows(NEXT)
    screen.waits(2)
    screen.guard.asks()
    screen.guard.is_answered()
    assert screen.refuses(token, 0)
    screen.guard.asks()
    screen.waits(SECONDS_TO_ANSWER)
    screen.guard.is_answered()
    assert not screen.refuses(token, 0)


def test_ticks_of_a_screen_that_an_earlier_run_has_shown_are_taken_at_once() -> None:
    screen = Screen()
    first = screen.shows(TICKS)
    shown = {"inline_keyboard": screen.keyboard(TICKS, first)}
    anew = Screen()
    anew.minted = screen.minted
    anew.guard = JustChanged(GUARD, anew.minted.get, anew.clock)
    tapped = {"message_id": 7, "date": LAST_RECEIVED, "reply_markup": shown}
    assert not anew.guard.is_too_soon("1", tapped, first, 0)
    token = anew.shows(TICKED)
    anew.waits(0.1)
    assert [anew.refuses(token, place) for place in range(3)] == [True, False, False]


@pytest.mark.parametrize("too_soon", [True, False])
def test_a_tap_that_came_too_soon_does_so_after_a_restart(too_soon: bool) -> None:
    tapped = Incoming("1", "1", Tap("token", 3), "query", 7)
    kept = kept_tap(Update(5, tapped, too_soon=too_soon))
    assert kept is not None
    assert read_kept(LeftTap(5, kept, 1)) == Update(5, tapped, too_soon=too_soon)


def test_a_tap_kept_by_an_older_version_is_taken() -> None:
    kept = '["1", "1", "token", 3, "query", 7]'
    read = read_kept(LeftTap(5, kept, 1))
    assert read == Update(5, Incoming("1", "1", Tap("token", 3), "query", 7))


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    clock = Seconds()
    monkeypatch.setattr("bot.adapters.telegram.app.monotonic", clock)
    return clock


async def passes(server: BotApi, service: Service, clock: Seconds, seconds: float) -> None:
    """Let time pass once everything has been sent, and the bot asks for more."""
    await all_is_sent(service.store)
    await until(lambda: server.updates.is_polled)
    clock.now += seconds


@pytest.fixture
async def bot(server: BotApi, service: Service, seconds: Seconds) -> AsyncIterator[TelegramBot]:
    """A running bot with the guard of a new deployment."""
    api = Api(server.token, server.url)
    running = TelegramBot(api, replace(service, touch=True), tap_guard=GUARD)
    ready = asyncio.Event()
    task = asyncio.create_task(running.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    yield running
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_double_tap_does_not_answer_the_next_question(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, seconds: Seconds
) -> None:
    card = await card_of(ann)
    await passes(server, service, seconds, 1)
    await tap(ann, card, "None of these")
    card = await ann.sees(ask(AFTER_NO_SIGN))
    edits = len(server.calls.of("editMessageText"))
    answers = len(case_of(service).answers)
    await passes(server, service, seconds, 0.4)
    assert await tap(ann, card, "None") == TOO_SOON
    await server.until(lambda: not service.store.inbox.left_taps())
    assert len(case_of(service).answers) == answers
    assert len(server.calls.of("editMessageText")) == edits
    await passes(server, service, seconds, 0.5)
    assert await tap(ann, card, "None") == ""
    assert len(case_of(service).answers) == answers + 1
    assert server.refused_but() == []


async def test_other_ticks_of_a_question_are_taken_at_once(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, seconds: Seconds
) -> None:
    await card_of(ann)
    await passes(server, service, seconds, 1)
    await tap(ann, ann.last, "Bladder")
    await server.until(lambda: "✓ Bladder" in str(ann.last.buttons))
    below = ann.last
    await passes(server, service, seconds, 1)
    assert TOO_SOON not in await tap(ann, below, "Gait or balance")
    assert TOO_SOON not in await tap(ann, below, "Bowel")
    assert case_of(service).latest["cord_signs"] == ["bladder", "gait", "bowel"]
