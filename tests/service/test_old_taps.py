"""A tap on an older screen changes nothing, above all not which case a chat works on."""

from dataclasses import replace

import pytest

from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import Screen, load
from bot.service.service import Service

CHAT = "1001"


@pytest.fixture
def phone(service: Service) -> Service:
    return replace(service, touch=True)


def asks(phone: Service, act: Command | Tap | Text) -> list[Screen]:
    phone.take(Incoming(CHAT, CHAT, act))
    return [load(each) for each in phone.store.outbox.queued(CHAT)[-1].screens]


def active(phone: Service) -> str | None:
    case = phone.store.cases.active(CHAT)
    return case.code if case else None


def newest_token(phone: Service) -> str:
    return phone.store.outbox.queued(CHAT)[-1].token or ""


@pytest.fixture
def two_cases(phone: Service) -> tuple[str, str, str]:
    """Return an old button's token from the first case, the first case and the second."""
    asks(phone, Command("triage"))
    first, old = active(phone) or "", newest_token(phone)
    asks(phone, Tap(old, 0))
    asks(phone, Command("triage"))
    return old, first, active(phone) or ""


def test_an_outdated_tap_leaves_the_chat_with_its_case_and_names_that(
    phone: Service, two_cases: tuple[str, str, str]
) -> None:
    old, first, second = two_cases
    shown = asks(phone, Tap(old, 0))
    assert active(phone) == second != first
    assert "older screen" in shown[0].plain() and second in shown[0].title
    assert not any(first in screen.plain() for screen in shown)


def test_an_outdated_tap_takes_up_no_closed_case(
    phone: Service, two_cases: tuple[str, str, str]
) -> None:
    old, first, _ = two_cases
    asks(phone, Command("resume", first))
    current = newest_token(phone)
    asks(phone, Command("close", "other"))
    assert active(phone) is None
    for token in (old, current):
        asks(phone, Tap(token, 0))
        assert active(phone) is None


def test_a_present_button_of_another_case_takes_it_up(
    phone: Service, two_cases: tuple[str, str, str]
) -> None:
    _, first, second = two_cases
    asks(phone, Command("resume", first))
    present = newest_token(phone)
    asks(phone, Command("resume", second))
    asks(phone, Tap(present, 0))
    assert active(phone) == first
