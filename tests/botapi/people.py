"""What a person does with the bot: types, taps, edits, blocks it, asks it from any chat."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .chats import Chat, Json, Message, User, Version, keyboard_rows
from .deep_links import start_token
from .membership import my_chat_member
from .mentions import typed_entities
from .privacy import hears
from .queries import InlineQuery, Tap
from .world import World

GROUP_ANONYMOUS_BOT = User(1_087_968_824, "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = User(136_817_688, "Channel", username="Channel_Bot", is_bot=True)
_INLINE_LANE = 1 << 33
_CHOSEN_LANE = 2 << 33
_TAP_LANE = 3 << 33


class PersonInChat:
    """One person in one chat; every act is told to the bot at once, as an update."""

    def __init__(self, world: World, user: User, chat: Chat) -> None:
        self._world = world
        self.user = user
        self.chat = chat

    @property
    def messages(self) -> list[Message]:
        """All that is in the chat, oldest first, without what was deleted."""
        return self.chat.visible

    @property
    def bot_messages(self) -> list[Message]:
        bot_id = self._world.bot.id
        return [message for message in self.chat.visible if message.sender.id == bot_id]

    @property
    def last(self) -> Message:
        """The bot's newest message. IndexError when there is none."""
        return self.bot_messages[-1]

    def types(
        self,
        text: str,
        reply_to: Message | None = None,
        thread: int = 0,
        *,
        mentions: Iterable[PersonInChat] = (),
        as_channel: Chat | None = None,
    ) -> Message:
        """``mentions`` are people picked from the app's list, whose first names are in the text.

        Written in the name of a channel, or by an administrator who is anonymous, the message
        carries ``sender_chat`` and the account of Telegram's that stands for it.
        """
        sender, sender_chat = self.user, as_channel
        if as_channel:
            sender = CHANNEL_BOT
        elif self.user.id in self.chat.anonymous:
            sender, sender_chat = GROUP_ANONYMOUS_BOT, self.chat
        message = self._world.post(
            self.chat,
            sender,
            text,
            typed_entities(text, [person.user for person in mentions]),
            reply_to=reply_to,
            thread=thread,
            sender_chat=sender_chat,
        )
        if hears(self._world, message):
            self._world.updates.push("message", message.as_json(), self.chat.id, message.date)
        return message

    def edits(self, message: Message, text: str) -> None:
        today = self._world.today
        message.versions.append(Version(today, text, typed_entities(text, ()), None))
        self._world.touch(self.chat)
        if hears(self._world, message):
            self._world.updates.push("edited_message", message.as_json(), self.chat.id)

    def taps(self, message: Message, button: str | tuple[int, int], version: int = -1) -> Tap:
        """Taps by label or by (row, column), on an earlier ``version`` of the message if asked.

        LookupError when there is no such button, or when it is not one that calls the bot.
        """
        found = _find(message.versions[version], button)
        if "callback_data" not in found:
            raise LookupError(f"the button {found['text']!r} does not call the bot")
        return self.taps_data(message, found["callback_data"])

    def taps_data(self, message: Message, data: str) -> Tap:
        """A tap that carries any data at all, as a forged client may send it."""
        world = self._world
        tap = Tap(world.new_query_id(), self.user, message, data, world.clock.now())
        world.taps[tap.id] = tap
        payload = {
            "id": tap.id,
            "from": self.user.as_json(),
            "message": message.as_callback_json(),
            "chat_instance": str(-self.chat.id * 7919),
            "data": data,
        }
        tap.update_id = world.updates.push("callback_query", payload, self.user.id + _TAP_LANE)
        return tap

    def blocks(self) -> None:
        my_chat_member(self._world, self.chat, self.user, "kicked")

    def unblocks(self) -> None:
        my_chat_member(self._world, self.chat, self.user, "member")

    def opens(self, url: str) -> PersonInChat:
        """Goes to an address that starts the bot, such as the one a tap was answered with; the
        token is sent in the private chat, which is returned. LookupError for another address."""
        token = start_token(url, self._world.bot.username)
        if token is None:
            raise LookupError(f"{url!r} does not start the bot")
        opened = Chat(self.user.id, "private", person=self.user)
        chat = self._world.chats.setdefault(self.user.id, opened)
        private = PersonInChat(self._world, self.user, chat)
        if chat.bot_status == "kicked":
            private.unblocks()
        private.types(f"/start {token}")
        return private

    def asks_inline(self, text: str) -> InlineQuery:
        """Types ``@bot text`` in the field below the chat."""
        world = self._world
        query = InlineQuery(world.new_query_id(), self.user, text, world.clock.now())
        world.inline_queries[query.id] = query
        payload = {"id": query.id, "from": self.user.as_json(), "query": text, "offset": ""}
        query.update_id = world.updates.push("inline_query", payload, self.user.id + _INLINE_LANE)
        return query

    def picks(self, query: InlineQuery, index: int = 0) -> Message:
        """Sends the chosen result into this chat."""
        world, result = self._world, query.results[index]
        message = world.post(self.chat, self.user, **result["shown"], via_bot=world.bot)
        if self.chat.type != "private" and hears(world, message):
            world.updates.push("message", message.as_json(), self.chat.id)
        payload = {"result_id": result["id"], "from": self.user.as_json(), "query": query.query}
        world.updates.push("chosen_inline_result", payload, self.user.id + _CHOSEN_LANE)
        return message

    async def sees(self, text: str, timeout: float | None = None) -> Message:
        """Waits until a message of the bot shows ``text`` and returns the newest such one."""

        def newest() -> Message | None:
            found = (message for message in reversed(self.bot_messages) if text in message.text)
            return next(found, None)

        return await self.sees_when(newest, timeout)

    async def sees_when(
        self, found: Callable[[], Message | None], timeout: float | None = None
    ) -> Message:
        """Waits until ``found`` gives a message."""
        message = await self._world.changes.until(found, timeout)
        assert message
        return message

    async def gets_answer(self, tap: Tap, timeout: float | None = None) -> str:
        """Waits until the bot answered the tap and returns the toast."""
        await self._world.changes.until(lambda: tap.answered, timeout)
        return tap.text


def _find(version: Version, button: str | tuple[int, int]) -> Json:
    rows = keyboard_rows(version)
    if isinstance(button, tuple):
        return rows[button[0]][button[1]]
    for row in rows:
        for candidate in row:
            if candidate["text"] == button:
                return candidate
    labels = [candidate["text"] for row in rows for candidate in row]
    raise LookupError(f"no button {button!r} among {labels}")
