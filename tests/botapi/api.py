"""The server as a test uses it: start and stop, people and groups, faults, recorded calls."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TypeVar

from .calls import CallLog
from .chats import Chat, User
from .clock import Clock
from .dispatch import Dispatcher
from .faults import Faults
from .groups import SUPERGROUP_BASE, Group
from .membership import RIGHTS
from .people import PersonInChat
from .quota import GroupQuota
from .server import LOOPBACK, Server
from .updates import UpdateQueue
from .webhook import Webhook
from .world import World

T = TypeVar("T")

TOKEN = "1234567890:AAF-TestTokenOfNoRealBot_0123456789ab"


class BotApi:
    """A Bot API server, on loopback unless ``host`` names another address; port 0 takes a free one.

    ``record`` bounds the record of calls: None keeps all, 0 keeps none.
    """

    def __init__(
        self,
        token: str = TOKEN,
        port: int = 0,
        *,
        host: str = LOOPBACK,
        clock: Clock | None = None,
        record: int | None = None,
        bot_name: str = "Example",
        bot_username: str = "example_bot",
    ) -> None:
        self.token = token
        self.clock = clock or Clock()
        self.world = World(token, self.clock, bot_name, bot_username)
        self.faults = Faults(self.clock)
        self.calls = CallLog(record)
        self.dispatcher = Dispatcher(self.world, self.faults, self.calls)
        self._server = Server(self, port, host)
        self._group_ids = count(4_001)

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        """Ends waiting polls and the webhook's deliveries too."""
        await self.world.webhook.stop()
        self.world.updates.end_poll()
        await self._server.stop()

    async def __aenter__(self) -> BotApi:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The root, without /bot."""
        return self._server.url

    @property
    def base_url(self) -> str:
        """As python-telegram-bot wants it: the token is appended."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    @property
    def updates(self) -> UpdateQueue:
        return self.world.updates

    @property
    def quota(self) -> GroupQuota:
        return self.world.quota

    @property
    def webhook(self) -> Webhook:
        return self.world.webhook

    @property
    def latency(self) -> float:
        """Seconds added to every call."""
        return self.dispatcher.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.dispatcher.latency = seconds

    @property
    def answer_seconds(self) -> float:
        """How many real seconds after a tap or an inline query an answer is still taken."""
        return self.world.answer_seconds

    @answer_seconds.setter
    def answer_seconds(self, seconds: float) -> None:
        self.world.answer_seconds = seconds

    def private_chat(
        self,
        user_id: int,
        first_name: str = "Person",
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "en",
    ) -> PersonInChat:
        """The person's chat with the bot, opened when it is asked for first."""
        user = self.world.users.setdefault(
            user_id, User(user_id, first_name, last_name, username, language_code)
        )
        chat = self.world.chats.setdefault(user_id, Chat(user_id, "private", person=user))
        return PersonInChat(self.world, user, chat)

    def group_chat(
        self,
        title: str = "Group",
        *,
        supergroup: bool = False,
        forum: bool = False,
        bot_status: str = "member",
    ) -> Group:
        """A new group, in which the bot was the last to write; with ``bot_status`` left, it is
        not in it yet. A forum, a supergroup with topics, begins with General alone."""
        number = next(self._group_ids)
        supergroup |= forum
        chat = Chat(
            SUPERGROUP_BASE - number if supergroup else -number,
            "supergroup" if supergroup else "group",
            title,
            bot_status=bot_status,
            bot_rights=RIGHTS,
            last_bot_id=self.world.bot.id,
            is_forum=forum,
        )
        self.world.chats[chat.id] = chat
        return Group(self.world, chat)

    def channel(self, title: str = "Channel") -> Chat:
        """A channel in whose name somebody may write in a group; the bot is not in it."""
        number = SUPERGROUP_BASE - next(self._group_ids)
        return Chat(number, "channel", title, bot_status="left")

    def person_in(self, chat_id: int, user_id: int) -> PersonInChat:
        """KeyError for a chat or a person that is not known."""
        return PersonInChat(self.world, self.world.users[user_id], self.world.chats[chat_id])

    async def until(self, predicate: Callable[[], T], timeout: float | None = None) -> T:
        """The first true value of ``predicate``; looks again whenever something happened."""
        try:
            return await self.world.changes.until(predicate, timeout)
        except TimeoutError as late:
            latest = [str(call) for call in self.calls][-8:]
            raise TimeoutError(f"{late}; last calls: {latest}") from None

    def refused_but(self, *descriptions: str) -> list[str]:
        """The refusals whose description contains none of these: empty in a clean test."""
        return [
            str(call)
            for call in self.calls.refused
            if not any(allowed in call.description for allowed in descriptions)
        ]
