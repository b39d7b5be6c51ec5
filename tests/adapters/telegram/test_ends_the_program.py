"""An update that ends the program is set aside in the end, whatever came with it."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.access import Access, Right
from bot.adapters.telegram.doing import MOST_ATTEMPTS
from bot.adapters.telegram.inbox import Inbox
from bot.adapters.telegram.kept_update import Update
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.incoming import Incoming
from bot.service.service import Done, Service
from bot.service.tap_limit import TapLimit
from state.records import Poll

RUNS = MOST_ATTEMPTS + 2
ANN, BOB = "1000", "2000"


class EndsTheProgram(BaseException):
    """Stands for whatever ends a process in mid-turn."""


class AtOnce:
    """Takes Ann's update by itself, before Bob's, as if it were not known whether he may."""

    def answer(self, read: list[Update]) -> list[Update]:
        return read

    def part_unsure(self, updates: list[Update]) -> tuple[list[Update], list[Update]]:
        return [each for each in updates if each.id == 1], [each for each in updates if each.id > 1]

    async def turn_outsiders_away(self, unsure: list[Update]) -> list[Update]:
        return unsure

    async def confirm_and_write(self, _: list[Update]) -> None:
        """Do nothing."""

    def delete_named(self, _: list[Update]) -> None:
        """Do nothing."""

    def current_taps(self, _: list[Update]) -> list[Update]:
        return []

    def confirm(self, _: list[Update]) -> None:
        """Do nothing."""


class Sender:
    outage = SimpleNamespace(tell_all=lambda _: None, is_over=lambda: None)

    def wake(self, _: str) -> None:
        """Do nothing."""

    def came_back(self, _: str) -> None:
        """Do nothing."""


def typed(number: int, who: str, words: str) -> dict[str, Any]:
    person = {"id": int(who), "is_bot": False, "first_name": "A"}
    chat = {"id": int(who), "type": "private"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": words}
    return {"update_id": number, "message": message}


async def test_it_is_set_aside_though_another_came_before_it_in_the_same_poll(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, do = service.store, Service.do
    access = Access(everybody=Right.CLINICIAN, groups=store.groups, members=store.members)
    service = replace(service, access=access)

    def end(service: Service, incoming: Incoming, *given: Any, **named: Any) -> Done:
        if incoming.who == BOB:
            raise EndsTheProgram
        return do(service, incoming, *given, **named)

    monkeypatch.setattr(Service, "do", end)
    ended = 0
    for _ in range(RUNS):
        guard, now = JustChanged(0, store.buttons.find, lambda: 0.0), service.clock()
        inbox = Inbox(service, Sender(), AtOnce(), guard, TapLimit(0))  # type: ignore[arg-type]
        try:
            updates = typed(1, ANN, "/triage"), typed(2, BOB, "hello")
            await inbox.take(updates, Poll(3, now, now))
        except EndsTheProgram:
            ended += 1
    assert ended == MOST_ATTEMPTS


async def test_of_those_that_are_posted_at_once_no_other_one_is(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, do, done = service.store, Service.do, list[str]()
    access = Access(everybody=Right.CLINICIAN, groups=store.groups, members=store.members)
    service = replace(service, access=access)

    def end(service: Service, incoming: Incoming, *given: Any, **named: Any) -> Done:
        if incoming.who == BOB:
            raise EndsTheProgram
        done.append(incoming.who)
        return do(service, incoming, *given, **named)

    monkeypatch.setattr(Service, "do", end)
    monkeypatch.setattr(AtOnce, "part_unsure", lambda _, updates: (updates, []))
    people = ("1000", BOB, "3000", "4000")
    ended = 0
    for _ in range(RUNS):
        guard = JustChanged(0, store.buttons.find, lambda: 0.0)
        inbox = Inbox(service, Sender(), AtOnce(), guard, TapLimit(0))  # type: ignore[arg-type]
        posts = (inbox.take([typed(n, who, "/triage")]) for n, who in enumerate(people, 1))
        results = await asyncio.gather(*posts, return_exceptions=True)
        ended += any(isinstance(each, EndsTheProgram) for each in results)
        await asyncio.sleep(0)
    assert ended == MOST_ATTEMPTS
    assert store.inbox.parked_count() == 1
    assert {who: len(store.cases.listed(who, service.clock())) for who in people} == {
        "1000": 1, BOB: 0, "3000": 1, "4000": 1,
    }  # fmt: skip
