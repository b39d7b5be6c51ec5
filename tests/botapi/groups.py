"""A group as its members shape it: who joins and leaves, the bot's place in it, migration."""

from __future__ import annotations

from .chats import Chat, Json, Message, User
from .membership import RIGHTS, chat_member, my_chat_member
from .people import PersonInChat
from .privacy import hears
from .world import World

SUPERGROUP_BASE = -1_000_000_000_000


class Group:
    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    @property
    def messages(self) -> list[Message]:
        return self.chat.visible

    def joins(
        self,
        user_id: int,
        first_name: str = "Member",
        status: str = "member",
        language_code: str = "en",
        username: str = "",
    ) -> PersonInChat:
        """``status`` may also be administrator or creator."""
        user = self._world.users.setdefault(
            user_id, User(user_id, first_name, username=username, language_code=language_code)
        )
        chat_member(self._world, self.chat, user, user, status)
        self._tell(user, {"new_chat_members": [user.as_json()]})
        return PersonInChat(self._world, user, self.chat)

    def leaves(self, person: PersonInChat) -> None:
        self._goes(person, person, "left")

    def removes(self, person: PersonInChat, by: PersonInChat) -> None:
        """An administrator throws somebody out."""
        self._goes(person, by, "kicked")

    def promotes(
        self, person: PersonInChat, by: PersonInChat, status: str, *, anonymous: bool = False
    ) -> None:
        """Somebody becomes an administrator, or a member again; in a supergroup an administrator
        may be anonymous: what they write is then the group's, what they tap is still theirs."""
        self._only_in_a_supergroup(anonymous, "an anonymous administrator")
        act = self.chat.anonymous.add if anonymous else self.chat.anonymous.discard
        act(person.user.id)
        chat_member(self._world, self.chat, by.user, person.user, status)

    def changes_bot(
        self, by: PersonInChat, status: str, *, without: frozenset[str] = frozenset()
    ) -> None:
        """Someone adds the bot, promotes it, or removes it: member, administrator (``without``
        some rights, such as can_pin_messages), restricted, kicked."""
        self._only_in_a_supergroup(status == "restricted", "a restricted member")
        my_chat_member(self._world, self.chat, by.user, status, RIGHTS - without)

    def another_bot_says(self, text: str) -> Message:
        """No bot gets another's messages, but a /command without a name is then not for us."""
        other = User(5_550_000_001, "Other", username="other_bot", is_bot=True)
        return self._world.post(self.chat, other, text)

    def migrates(self) -> Group:
        """Becomes a supergroup with a new id; the old one refuses and names the new one."""
        world, old = self._world, self.chat
        new = Chat(
            SUPERGROUP_BASE + old.id,
            "supergroup",
            old.title,
            members=dict(old.members),
            bot_status=old.bot_status,
            bot_rights=old.bot_rights,
            last_bot_id=old.last_bot_id,
        )
        world.chats[new.id] = new
        by = next((world.users[user_id] for user_id in old.members), world.bot)
        self._tell(by, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        migrated = Group(world, new)
        migrated._tell(by, {"migrate_from_chat_id": old.id})
        return migrated

    def opens_topic(self, by: PersonInChat, name: str) -> int:
        """The new topic's message_thread_id, which is that of the message that opens it."""
        return self._world.open_topic(self.chat, by.user, name)

    def closes_topic(self, by: PersonInChat, thread: int) -> None:
        """Nobody writes in it any more but who may manage topics."""
        self.chat.closed_topics.add(thread)
        self._tell(by.user, {"forum_topic_closed": {}}, thread)

    def reopens_topic(self, by: PersonInChat, thread: int) -> None:
        self.chat.closed_topics.discard(thread)
        self._tell(by.user, {"forum_topic_reopened": {}}, thread)

    def deletes_topic(self, thread: int) -> None:
        """Its messages go with it; no update tells of it."""
        self.chat.topics.discard(thread)
        self.chat.closed_topics.discard(thread)
        for message in self.chat.visible:
            if message.thread == thread:
                self._world.delete(message)

    def person(self, person: PersonInChat) -> PersonInChat:
        """The same person in this chat, as after a migration."""
        return PersonInChat(self._world, person.user, self.chat)

    def _goes(self, person: PersonInChat, by: PersonInChat, status: str) -> None:
        chat_member(self._world, self.chat, by.user, person.user, status)
        self._tell(by.user, {"left_chat_member": person.user.as_json()})

    def _only_in_a_supergroup(self, asked: bool, what: str) -> None:
        if asked and self.chat.type != "supergroup":
            raise ValueError(f"{what} is possible in a supergroup only")

    def _tell(self, sender: User, service: Json, thread: int = 0) -> None:
        message = self._world.post(self.chat, sender, service=service, thread=thread)
        if hears(self._world, message):
            self._world.updates.push("message", message.as_json(), self.chat.id)
