"""Everything behind the API: the bot, its chats and people, open queries, updates and files."""

from __future__ import annotations

from itertools import count

from .changes import Changes
from .chats import Chat, Document, Json, Message, User, Version
from .clock import Clock
from .errors import Refusal, bad_request, forbidden
from .mentions import mentioned_in, with_known_people
from .params import Params, Upload
from .profile import Profile
from .queries import InlineQuery, Tap
from .quota import GroupQuota
from .updates import UpdateQueue
from .webhook import Webhook

TOPIC_COLOUR = 0x6FB9F0


class World:
    def __init__(self, token: str, clock: Clock, bot_name: str, bot_username: str) -> None:
        self.clock = clock
        self.changes = Changes()
        self.bot = User(int(token.partition(":")[0]), bot_name, username=bot_username, is_bot=True)
        self.updates = UpdateQueue(clock, self.changes)
        self.webhook = Webhook(self.updates, clock, self.changes)
        self.profile = Profile()
        self.quota = GroupQuota(clock)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.documents: dict[str, Document] = {}
        self.answer_seconds = 15.0
        self.privacy_mode = True
        self.revision = 0
        self._message_ids = count(1)
        self._query_ids = count(4_000_000_000_000_001)
        self._file_ids = count(1)

    @property
    def today(self) -> int:
        return int(self.clock.now())

    def new_query_id(self) -> str:
        return str(next(self._query_ids))

    def touch(self, chat: Chat) -> None:
        chat.revision += 1
        self.revision += 1
        self.changes.notify()

    def post(
        self,
        chat: Chat,
        sender: User,
        text: str = "",
        entities: list[Json] | None = None,
        reply_markup: Json | None = None,
        reply_to: Message | None = None,
        document: Document | None = None,
        service: Json | None = None,
        via_bot: User | None = None,
        thread: int = 0,
        sender_chat: Chat | None = None,
        silent: bool = False,
    ) -> Message:
        """Supergroups number their messages themselves, all other chats share one sequence."""
        entities = self.entities_in(chat, entities or [])
        own = chat.type == "supergroup"
        message_id = len(chat.messages) + 1 if own else next(self._message_ids)
        message = Message(
            message_id,
            chat,
            sender,
            self.today,
            [Version(self.today, text, entities, reply_markup)],
            reply_to,
            document,
            via_bot,
            service or {},
            thread=thread,
            sender_chat=sender_chat,
            silent=silent,
            mentioned=frozenset(mentioned_in(text, entities, self.users)),
        )
        chat.messages[message_id] = message
        if sender.is_bot and sender_chat is None and not service:
            chat.last_bot_id = sender.id
        self.touch(chat)
        return message

    def delete(self, message: Message) -> None:
        chat = message.chat
        message.deleted = True
        chat.pinned = [pinned for pinned in chat.pinned if pinned is not message]
        self.touch(chat)

    def open_topic(self, chat: Chat, by: User, name: str) -> int:
        """The topic's number is that of the message that opens it."""
        opened = {"name": name, "icon_color": TOPIC_COLOUR}
        message = self.post(chat, by, service={"forum_topic_created": opened})
        message.thread = message.id
        chat.topics.add(message.id)
        return message.id

    def entities_in(self, chat: Chat, entities: list[Json]) -> list[Json]:
        return with_known_people(entities, chat, self.users, self.chats)

    def store(self, upload: Upload, kind: str = "document") -> Document:
        file_id = f"BQACAgEAAxkDAAIB{next(self._file_ids):012d}"
        document = Document(file_id, upload.name, upload.mime_type, upload.content, kind)
        self.documents[file_id] = document
        return document

    def chat_to_read(self, params: Params) -> Chat:
        """The chat that ``chat_id`` names. Raises Refusal."""
        given = params.text("chat_id")
        if not given:
            raise bad_request("chat_id is empty")
        chat_id = params.integer("chat_id")
        chat = self.chats.get(chat_id)
        if chat is None:
            if chat_id in self.users:
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("Chat not found")
        if chat.type == "supergroup" and (refusal := self.why_not_write(chat)):
            raise refusal
        return chat

    def chat_to_write(self, params: Params) -> Chat:
        chat = self.chat_to_read(params)
        if refusal := self.why_not_write(chat):
            raise refusal
        return chat

    def why_not_write(self, chat: Chat) -> Refusal | None:
        if chat.migrated_to is not None:
            return bad_request(
                "group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.migrated_to},
            )
        if chat.bot_status == "kicked":
            if chat.type == "private":
                return forbidden("bot was blocked by the user")
            return forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.bot_status == "left":
            return forbidden(f"bot is not a member of the {chat.type} chat")
        return None

    def message_in(self, chat: Chat, params: Params, what: str) -> Message:
        message = chat.messages.get(params.integer("message_id"))
        if message is None or message.deleted:
            raise bad_request(f"{what} not found")
        return message
