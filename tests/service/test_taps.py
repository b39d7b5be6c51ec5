"""A tap on another case's message: looking there leaves the chat on its own case."""

from dataclasses import dataclass, replace

import pytest

from bot.incoming import Command, Incoming, Tap
from bot.screens.screen import Screen, load
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import Queued
from tests.commands.test_notes import at_work
from tests.dialogue import CHAT, tap

NOW_ON = "Now on {}. Another case is open too: /cases."


@pytest.fixture
def touched(service: Service) -> Service:
    return replace(service, touch=True)


def do(service: Service, name: str, rest: str = "") -> Queued:
    service.take(Incoming(CHAT, "ann", Command(name, rest)))
    return service.store.outbox.queued(CHAT)[-1]


def tap_on(service: Service, row: Queued, label: str) -> list[Screen]:
    """Tap the button with this label on an earlier message."""
    buttons = [b.label for each in row.screens for line in load(each).rows for b in line]
    service.take(Incoming(CHAT, "ann", Tap(str(row.token), buttons.index(label)), query="q"))
    return [load(each) for each in service.store.outbox.queued(CHAT)[-1].screens]


@dataclass(frozen=True)
class Other:
    """A case and its messages, while the chat is working on another case."""

    code: str
    question: Queued
    card: Queued
    plan: Queued
    more: Queued


@pytest.fixture
def one(touched: Service) -> Other:
    do(touched, "triage")
    tap(touched, "Gait or balance")
    tap(touched, "Done")
    question = touched.store.outbox.queued(CHAT)[-1]
    card, plan, more = (do(touched, name) for name in ("card", "plan", "more"))
    code = at_work(touched).code
    do(touched, "triage")
    tap(touched, "None of these")
    return Other(code, question, card, plan, more)


def said(screens: list[Screen]) -> str:
    return "\n".join(screen.plain() for screen in screens)


def test_looking_at_another_case_leaves_the_chat_on_its_own(touched: Service, one: Other) -> None:
    here = at_work(touched).code
    looks = (
        (one.card, "Hand over"),
        (one.card, "Plan"),
        (one.plan, "At once"),
        (one.plan, "Why this urgency"),
    )
    for row, label in (*looks, (one.question, "Case")):
        screens = tap_on(touched, row, label)
        assert all(one.code in screen.plain() for screen in screens), label
        assert "Now on" not in said(screens)
        assert at_work(touched).code == here


def test_a_reminder_of_another_case_that_is_put_off_leaves_the_chat_on_its_own(
    touched: Service, one: Other
) -> None:
    code, here = one.code, at_work(touched).code
    case = touched.store.cases.find(code)
    assert case is not None
    with touched.store.turn():
        Reminding(touched).remind(touched.store.reminders.pending(code)[0])
    row = touched.store.outbox.queued(CHAT)[-1]
    assert f"{code}: reminded again at 12:30." in tap_on(touched, row, "Snooze 30 min")[0].plain()
    assert at_work(touched).code == here
    opened = tap_on(touched, row, "Open case")
    assert said(opened).count(NOW_ON.format(code)) == 1
    assert at_work(touched).code == code


def test_going_on_with_another_case_is_said_once(touched: Service, one: Other) -> None:
    for row, label in ((one.question, "No"), (one.card, "Continue")):
        here = at_work(touched).code
        screens = tap_on(touched, row, label)
        assert said(screens).count(NOW_ON.format(one.code)) == 1
        assert at_work(touched).code == one.code
        assert "Now on" not in said(tap(touched, "Not known"))
        do(touched, "resume", here)


def test_a_case_that_is_closed_by_its_button_leaves_the_chat_on_its_own(
    touched: Service, one: Other
) -> None:
    code, here = one.code, at_work(touched).code
    tap_on(touched, one.more, "Close case")
    do(touched, "resume", here)
    menu = touched.store.outbox.queued(CHAT)[-2]
    assert "Case closed" in said(tap_on(touched, menu, "Transferred"))
    closed = touched.store.cases.find(code)
    assert closed is not None and closed.status == "closed"
    assert at_work(touched).code == here


def test_where_the_other_case_is_closed_nothing_is_said(touched: Service, one: Other) -> None:
    do(touched, "close", "treated")
    assert "Now on" not in said(tap_on(touched, one.card, "Hand over"))
    assert at_work(touched).code == one.code
