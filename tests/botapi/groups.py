"""A group as its members shape it: who joins and leaves, the bot's place in it, migration."""

from __future__ import annotations

from .chats import Chat, Json, Message, User
from .membership import chat_member, my_chat_member
from .people import PersonInChat
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
    ) -> PersonInChat:
        """``status`` may also be administrator or creator."""
        user = self._world.users.setdefault(
            user_id, User(user_id, first_name, language_code=language_code)
        )
        chat_member(self._world, self.chat, user, user, status)
        self._tell(user, {"new_chat_members": [user.as_json()]})
        return PersonInChat(self._world, user, self.chat)

    def leaves(self, person: PersonInChat) -> None:
        chat_member(self._world, self.chat, person.user, person.user, "left")
        self._tell(person.user, {"left_chat_member": person.user.as_json()})

    def changes_bot(self, by: PersonInChat, status: str) -> None:
        """Someone adds the bot, promotes it, or removes it: member, administrator, kicked."""
        my_chat_member(self._world, self.chat, by.user, status)

    def migrates(self) -> Group:
        """Becomes a supergroup with a new id; the old one refuses and names the new one."""
        world, old = self._world, self.chat
        new = Chat(
            SUPERGROUP_BASE + old.id,
            "supergroup",
            old.title,
            members=dict(old.members),
            bot_status=old.bot_status,
        )
        world.chats[new.id] = new
        by = next((world.users[user_id] for user_id in old.members), world.bot)
        self._tell(by, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        migrated = Group(world, new)
        migrated._tell(by, {"migrate_from_chat_id": old.id})
        return migrated

    def person(self, person: PersonInChat) -> PersonInChat:
        """The same person in this chat, as after a migration."""
        return PersonInChat(self._world, person.user, self.chat)

    def _tell(self, sender: User, service: Json) -> None:
        message = self._world.post(self.chat, sender, service=service)
        if self.chat.bot_status in ("member", "administrator"):
            self._world.updates.push("message", message.as_json(), self.chat.id)
