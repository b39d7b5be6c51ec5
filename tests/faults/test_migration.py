"""A group becomes a supergroup mid-case: everything continues under the new id, in any order."""

from dataclasses import replace

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Command, Incoming
from bot.service.service import Service
from state.sqlite.store import SqliteStore
from tests.botapi import BotApi
from tests.botapi.groups import Group
from tests.faults.steps import FIRST_QUESTION, REPEAT, all_is_sent, button, case_of, until
from tests.starting import redraw_all

pytestmark = pytest.mark.usefixtures("hurry")

OWNER = "1001"
TABLES = ("cases", "cards", "buttons", "outbox", "chats")


class Ward:
    """A group with its own cases, stored directly, since the bot asks only in private chats."""

    def __init__(self, server: BotApi, bot: TelegramBot, service: Service) -> None:
        self.server = server
        self.group = server.group_chat("Spine on call")
        self.group.joins(int(OWNER))
        self._bot = bot
        self._service = replace(service, touch=True)

    @property
    def key(self) -> str:
        return str(self.group.chat.id)

    def does(self, command: str, rest: str = "") -> None:
        """Process a command for the group under its original id."""
        self._service.take(Incoming(self.key, OWNER, Command(command, rest)))

    async def sends(self) -> None:
        self._bot._sender.wake(self.key)
        await all_is_sent(self._service.store)

    async def begins(self) -> str:
        self.does("triage")
        await self.sends()
        return case_of(self._service, self.key).code


@pytest.fixture
def ward(server: BotApi, bot: TelegramBot, service: Service) -> Ward:
    return Ward(server, bot, service)


def said(group: Group, text: str) -> list[int]:
    return [message.id for message in group.messages if text in message.text]


def chats_in(store: SqliteStore) -> set[str]:
    """List the chats in any table."""
    rows = (store.database.execute(f"SELECT DISTINCT chat FROM {table}") for table in TABLES)
    return {chat for each in rows for (chat,) in each}


async def test_a_send_that_tells_of_the_new_id_arrives_there(
    ward: Ward, server: BotApi, service: Service
) -> None:
    code = await ward.begins()
    server.updates.hold()
    moved = ward.group.migrates()
    ward.does("plan")
    ward.does("help")
    await ward.sends()
    new = str(moved.chat.id)
    assert chats_in(service.store) == {new}
    assert case_of(service, new).code == code
    assert len(said(moved, "Open a section.")) == len(said(moved, "About CordCall: ")) == 1
    server.updates.release()
    await server.until(lambda: len(server.updates) == 0)
    assert chats_in(service.store) == {new}
    assert said(moved, REPEAT) == []
    assert service.store.inbox.parked_count() == 0


@pytest.mark.parametrize("backwards", [False, True])
async def test_the_service_messages_tell_of_the_new_id_in_either_order(
    ward: Ward, server: BotApi, service: Service, backwards: bool
) -> None:
    code = await ward.begins()
    token, _ = button(ward.group.messages[-1], "Bladder")
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    moved = ward.group.migrates()
    ward.does("plan")
    if backwards:
        server.updates.reorder_next()
    server.updates.release()
    await server.until(lambda: said(moved, "Open a section."))
    await all_is_sent(service.store)
    new = str(moved.chat.id)
    assert chats_in(service.store) == {new}
    assert case_of(service, new).code == code
    minted = service.store.buttons.find(token)
    assert minted is not None and minted.chat == new
    card = service.store.cards.find(code, "card")
    assert card is not None and (card.chat, [card.message_id]) == (
        new,
        said(moved, "Open a section."),
    )
    assert len(said(moved, "Open a section.")) == 1


async def test_only_one_of_the_two_service_messages_is_enough(
    ward: Ward, server: BotApi, service: Service
) -> None:
    await ward.begins()
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    moved = ward.group.migrates()
    server.updates.forget_all()
    server.updates.push_raw({"message": moved.messages[0].as_json()})
    server.updates.release()
    await until(lambda: chats_in(service.store) == {str(moved.chat.id)})


async def test_the_new_id_is_taken_over_as_a_whole_or_not_at_all(
    ward: Ward, server: BotApi, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ward.begins()
    ward.does("plan")
    old, before = ward.key, service.store.outbox.queued()
    with pytest.raises(RuntimeError), service.store.turn() as store:
        store.chats.rename(old, "-1000000009999")
        raise RuntimeError
    assert chats_in(service.store) == {old}
    assert service.store.outbox.queued() == before
    await ward.sends()


async def test_no_message_of_the_new_group_is_taken_for_a_card_of_the_old_one(
    ward: Ward, server: BotApi, service: Service
) -> None:
    """A supergroup numbers its messages from 1: the same number is another message there."""
    first = await ward.begins()
    await server.until(lambda: len(server.updates) == 0)
    card = service.store.cards.find(first, "card")
    assert card is not None
    moved = ward.group.migrates()
    new = str(moved.chat.id)
    await until(lambda: chats_in(service.store) == {new})
    while len(moved.messages) < card.message_id:
        taken = replace(service, touch=True)
        taken.take(Incoming(new, OWNER, Command("help")))
        ward._bot._sender.wake(new)
        await all_is_sent(service.store)
    helped = said(moved, "About CordCall: ")
    assert card.message_id in helped
    redraw_all(replace(service, touch=True))
    replace(service, touch=True).take(Incoming(new, OWNER, Command("look")))
    ward._bot._sender.wake(new)
    await all_is_sent(service.store)
    assert said(moved, "About CordCall: ") == helped
    assert said(moved, FIRST_QUESTION)


@pytest.mark.parametrize("after", [False, True])
async def test_a_move_while_a_message_is_under_way_loses_nothing(
    ward: Ward, server: BotApi, service: Service, after: bool
) -> None:
    await ward.begins()
    await server.until(lambda: len(server.updates) == 0)
    slow = server.faults.delay(0.2, "sendMessage", after=after)
    ward.does("plan")
    ward._bot._sender.wake(ward.key)
    await until(lambda: slow.hits)
    moved = ward.group.migrates()
    await server.until(lambda: said(moved, "Open a section."))
    await all_is_sent(service.store)
    await server.until(lambda: len(server.calls.of("sendMessage")) == 3)
    shown = [m.text for m in moved.messages if "Open a section." in m.text]
    assert [text.startswith(REPEAT) for text in shown] in ([False], [True], [False, True])
    new = str(moved.chat.id)
    replace(service, touch=True).take(Incoming(new, OWNER, Command("look")))
    ward._bot._sender.wake(new)
    await all_is_sent(service.store)
    assert FIRST_QUESTION in moved.messages[-1].text
    assert {row[0] for row in service.store.database.execute("SELECT chat FROM cards")} == {new}
