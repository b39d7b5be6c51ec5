"""What the bot says about itself: commands by scope and language, names, menu buttons."""

from __future__ import annotations

from dataclasses import dataclass, field

from .chats import Chat, Json, User

DEFAULT_MENU: Json = {"type": "default"}


@dataclass(slots=True)
class Profile:
    """Commands are kept by (scope, language), the scope written as chat:5 or chat_member:5:7."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def text(self, name: str, language: str) -> str:
        return self.texts.get((name, language)) or self.texts.get((name, ""), "")

    def commands_for(self, chat: Chat, user: User) -> list[Json]:
        """The menu this user sees in this chat: the narrowest scope that has one."""
        if chat.type == "private":
            scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
        else:
            leads = chat.members.get(user.id) in ("administrator", "creator")
            scopes = [
                f"chat_member:{chat.id}:{user.id}",
                *([f"chat_administrators:{chat.id}"] if leads else []),
                f"chat:{chat.id}",
                *(["all_chat_administrators"] if leads else []),
                "all_group_chats",
                "default",
            ]
        keys = [(scope, language) for scope in scopes for language in (user.language_code, "")]
        return next((self.commands[key] for key in keys if self.commands.get(key)), [])
