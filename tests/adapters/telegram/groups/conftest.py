"""A group that shares its cases: three people in it, and the bot that they use."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.access import Access
from bot.adapters.telegram import reminder_loop
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import group_budget, group_order
from bot.service.service import Service
from state.people import Member
from tests.adapters.telegram.groups.steps import ANN, BOB, CAT, Team, three_join
from tests.adapters.telegram.test_conversation import running
from tests.botapi import BotApi
from tests.botapi.groups import Group
from tests.conftest import NOON


@pytest.fixture
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a group's minute pass at once, and gather no cards: nobody waits for the budget."""
    monkeypatch.setattr(group_budget, "SECONDS", 0.01)
    monkeypatch.setattr(group_order, "CARDS_EVERY", 0.0)


@pytest.fixture
def hasty(short_minutes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the ticker check often as well: a test's clock moves at once."""
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    monkeypatch.setattr(reminder_loop, "SHORTEST_SLEEP", 0.01)


@pytest.fixture
def shared(service: Service) -> Service:
    """A service with one owner, Ann, and two clinicians; groups may be enrolled."""
    store = service.store
    with store.turn():
        for who, name in ((BOB, "@bob"), (CAT, "@cat")):
            store.members.keep(Member(str(who), "clinician", name, str(ANN), NOON))
    access = Access(store.members, frozenset({str(ANN)}), groups=store.groups)
    return replace(service, touch=True, access=access)


@pytest.fixture
async def bot(server: BotApi, shared: Service) -> AsyncIterator[TelegramBot]:
    async with running(server, shared) as running_bot:
        yield running_bot


@pytest.fixture
def group(server: BotApi) -> Group:
    return server.group_chat("Spine on call")


@pytest.fixture
async def team(bot: TelegramBot, server: BotApi, group: Group) -> Team:
    """Three people in an enrolled group."""
    people = three_join(server, group)
    group.changes_bot(people["Ann"], "member")
    people["Ann"].types("/enrol")
    await people["Ann"].sees("This group now shares its cases")
    return people
