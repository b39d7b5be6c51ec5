"""What a person does with the bot: types, taps, edits, blocks it, asks it from any chat."""

from __future__ import annotations

import re
from collections.abc import Callable

from .chats import Chat, Json, Message, User, Version, keyboard_rows
from .membership import my_chat_member
from .queries import InlineQuery, Tap
from .telegram_html import utf16_length
from .world import World

PATIENCE = 30.0  # seconds for a step of a test
_COMMAND = re.compile(r"(?<!\S)/\w{1,64}(?:@(\w+))?")
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

    def types(self, text: str, reply_to: Message | None = None, thread: int = 0) -> Message:
        message = self._world.post(
            self.chat,
            self.user,
            text,
            _command_entities(text),
            reply_to=reply_to,
            thread=thread,
        )
        if self._heard(message):
            self._world.updates.push("message", message.as_json(), self.chat.id, message.date)
        return message

    def edits(self, message: Message, text: str) -> None:
        today = self._world.today
        message.versions.append(Version(today, text, _command_entities(text), None))
        self._world.touch(self.chat)
        if self._heard(message):
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
        payload = {"result_id": result["id"], "from": self.user.as_json(), "query": query.query}
        world.updates.push("chosen_inline_result", payload, self.user.id + _CHOSEN_LANE)
        return message

    async def sees(self, text: str, timeout: float = PATIENCE) -> Message:
        """Waits until a message of the bot shows ``text`` and returns the newest such one."""

        def newest() -> Message | None:
            found = (message for message in reversed(self.bot_messages) if text in message.text)
            return next(found, None)

        return await self.sees_when(newest, timeout)

    async def sees_when(
        self, found: Callable[[], Message | None], timeout: float = PATIENCE
    ) -> Message:
        """Waits until ``found`` gives a message."""
        message = await self._world.changes.until(found, timeout)
        assert message
        return message

    async def gets_answer(self, tap: Tap, timeout: float = PATIENCE) -> str:
        """Waits until the bot answered the tap and returns the toast."""
        await self._world.changes.until(lambda: tap.answered, timeout)
        return tap.text

    def _heard(self, message: Message) -> bool:
        """In a group with privacy mode on, a bot hears commands and replies to itself only."""
        world, chat = self._world, self.chat
        if chat.bot_status in ("left", "kicked") or chat.migrated_to is not None:
            return False
        if chat.type == "private" or not world.privacy_mode or chat.bot_status == "administrator":
            return True
        if message.reply_to and message.reply_to.sender.id == world.bot.id:
            return True
        command = _COMMAND.match(message.text)
        if command is None:
            return False
        named = command[1] or world.bot.username
        return named.casefold() == world.bot.username.casefold()


def _command_entities(text: str) -> list[Json]:
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": len(found.group()),
        }
        for found in _COMMAND.finditer(text)
    ]


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
