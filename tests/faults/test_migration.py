"""A group becomes a supergroup mid-case: everything continues under the new id, in any order."""

from dataclasses import replace

import pytest

from bot.access import Access, Right
from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Command, Incoming
from bot.service.group_moves import move
from bot.service.service import Service
from state import groups
from state.records import StoredCase
from state.store import Store
from tests.botapi import BotApi
from tests.botapi.groups import Group
from tests.conftest import NOON
from tests.faults.steps import REPEAT, all_is_sent, button, until
from tests.starting import redraw_all

pytestmark = pytest.mark.usefixtures("hurry")

OWNER, BOB = "1001", "1002"
ANNS_CASE, BOBS_CASE = "Owner: Ann", "Owner: Bob"
TABLES = ("groups", "colleagues", "cases", "cards", "buttons", "outbox")


class Ward:
    """An enrolled group with its own cases."""

    def __init__(self, server: BotApi, bot: TelegramBot, service: Service) -> None:
        self.server = server
        self.group = server.group_chat("Spine on call")
        self.group.joins(int(OWNER))
        self._bot = bot
        self._service = replace(service, touch=True)
        with service.store.turn() as store:
            store.groups.enrol(groups.Group(self.key, OWNER, NOON))

    @property
    def key(self) -> str:
        return str(self.group.chat.id)

    def does(self, command: str, rest: str = "", chat: str = "") -> None:
        """Process a command of Bob's, under the original id of the group unless told otherwise."""
        act = Command(command, rest)
        self._service.take(Incoming(chat or self.key, BOB, act, name="Bob"))

    async def sends(self, chat: str = "") -> None:
        for each in (chat or self.key, OWNER):
            self._bot._sender.wake(each)
        await all_is_sent(self._service.store)

    async def begins(self) -> str:
        """Let Ann begin a case in the group."""
        self._service.take(Incoming(self.key, OWNER, Command("triage"), name="Ann"))
        await self.sends()
        return case_in(self._service, self.key).code


@pytest.fixture
def service(service: Service) -> Service:
    """Everybody may have cases, in groups as well."""
    return replace(service, access=Access(everybody=Right.CLINICIAN, groups=service.store.groups))


@pytest.fixture
def ward(server: BotApi, bot: TelegramBot, service: Service) -> Ward:
    return Ward(server, bot, service)


def case_in(service: Service, chat: str) -> StoredCase:
    """Read the only case of a group."""
    (case,) = service.store.cases.listed(chat, NOON)
    return case


def chat_of(service: Service, code: str) -> str:
    case = service.store.cases.find(code)
    assert case is not None
    return case.chat


def said(group: Group, text: str) -> list[int]:
    return [message.id for message in group.messages if text in message.text]


def chats_in(store: Store) -> set[str]:
    """List the chats in any table."""
    rows = (store.database.execute(f"SELECT DISTINCT chat FROM {table}") for table in TABLES)
    return {chat for each in rows for (chat,) in each}


async def test_a_send_that_tells_of_the_new_id_arrives_there(
    ward: Ward, server: BotApi, service: Service
) -> None:
    code = await ward.begins()
    server.updates.hold()
    moved = ward.group.migrates()
    ward.does("triage")
    ward.does("help")
    await ward.sends()
    new = str(moved.chat.id)
    assert chats_in(service.store) == {new}
    assert chat_of(service, code) == new
    assert len(said(moved, BOBS_CASE)) == len(said(moved, "About CordCall: ")) == 1
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
    ward.does("triage")
    if backwards:
        server.updates.reorder_next()
    server.updates.release()
    await server.until(lambda: said(moved, BOBS_CASE))
    await all_is_sent(service.store)
    new = str(moved.chat.id)
    assert chats_in(service.store) == {new}
    assert chat_of(service, code) == new
    minted = service.store.buttons.find(token)
    assert minted is not None and minted.chat == new
    for each in service.store.cases.listed(new, NOON):
        card = service.store.cards.find(each.code, "card", new)
        shown = said(moved, ANNS_CASE if each.code == code else BOBS_CASE)
        assert card is not None and [card.message_id] == shown


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


async def test_the_new_group_is_not_left_if_somebody_is_said_to_have_added_the_bot_to_it(
    ward: Ward, server: BotApi, service: Service
) -> None:
    """The word of the new place may come before that of the move, and that of the old one too."""
    code = await ward.begins()
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    old, moved = ward.group, ward.group.migrates()
    by = moved.joins(6666, "Eve")
    old.chat.bot_status = moved.chat.bot_status = "left"
    moved.changes_bot(by, "member")
    old.changes_bot(by, "left")
    waiting = [{**each.body} for each in server.updates.waiting]
    server.updates.forget_all()
    for body in reversed(waiting):
        server.updates.push_raw({key: body[key] for key in body if key != "update_id"})
    server.updates.release()
    new = str(moved.chat.id)
    await until(lambda: chats_in(service.store) == {new})
    await server.until(lambda: len(server.updates) == 0)
    await until(lambda: said(moved, ANNS_CASE))
    await ward._bot._sender._refusing.finish()
    assert chat_of(service, code) == new and moved.chat.bot_status == "member"
    assert said(moved, "I am leaving") == [] and server.calls.of("leaveChat") == []


async def test_the_new_id_is_taken_over_as_a_whole_or_not_at_all(
    ward: Ward, server: BotApi, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ward.begins()
    ward.does("triage")
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
    for _ in range(2):
        ward.does("help")
        await ward.sends()
    first = await ward.begins()
    await server.until(lambda: len(server.updates) == 0)
    card = service.store.cards.find(first, "card", ward.key)
    assert card is not None
    moved = ward.group.migrates()
    new = str(moved.chat.id)
    await until(lambda: chats_in(service.store) == {new})
    while len(moved.messages) < card.message_id:
        ward.does("help", chat=new)
        await ward.sends(new)
    others = [message.id for message in moved.messages if first not in message.text]
    assert card.message_id in others
    before = [moved.chat.messages[each].text for each in others]
    redraw_all(replace(service, touch=True))
    ward.does("have", first, chat=new)
    await ward.sends(new)
    assert [moved.chat.messages[each].text for each in others] == before
    assert said(moved, BOBS_CASE)


async def test_a_card_that_arrives_as_its_group_moves_is_no_card_of_the_old_one(
    ward: Ward, server: BotApi, service: Service
) -> None:
    """Telegram tells of a move twice, and may confirm a message after both."""
    slow = server.faults.delay(1.0, "sendMessage", after=True)
    ward.does("triage")
    old = ward.key
    ward._bot._sender.wake(old)
    await until(lambda: slow.hits)
    for _ in range(2):
        with service.store.turn():
            move(ward._service, old, "-1000000009999")
    await until(lambda: not ward._bot._sender._draining)
    assert old not in chats_in(service.store)


@pytest.mark.parametrize("after", [False, True])
async def test_a_move_while_a_message_is_under_way_loses_nothing(
    ward: Ward, server: BotApi, service: Service, after: bool
) -> None:
    await ward.begins()
    await server.until(lambda: len(server.updates) == 0)
    slow = server.faults.delay(0.2, "sendMessage", after=after)
    ward.does("triage")
    ward._bot._sender.wake(ward.key)
    await until(lambda: slow.hits)
    moved = ward.group.migrates()
    await until(lambda: said(moved, ANNS_CASE) and said(moved, BOBS_CASE))
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)
    shown = [message.text for message in moved.messages if BOBS_CASE in message.text]
    assert [text.startswith(REPEAT) for text in shown] in ([False], [True], [False, True])
    new = str(moved.chat.id)
    ward.does("help", chat=new)
    await ward.sends(new)
    assert "About CordCall: " in moved.messages[-1].text
    assert {row[0] for row in service.store.database.execute("SELECT chat FROM cards")} == {new}
