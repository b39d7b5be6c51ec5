"""Who is turned away, and in which words: groups, and people without access."""

from datetime import datetime, timedelta
from typing import Final

from bot.access import Access, Right
from bot.commands.enrolling import enrols
from bot.commands.invitations import token_in
from bot.commands.privacy import say_privacy
from bot.incoming import Command, Incoming, InGroup
from bot.installation import Setting
from bot.screens.notices import words
from state.groups import is_group

APART: Final = timedelta(hours=1)
MOST_REMEMBERED: Final = 10_000
MOST_TRIES: Final = 5
PRIVACY: Final = "privacy"


class OnceAnHour:
    """Remembers in memory when each chat was last told something: once an hour is enough."""

    def __init__(self) -> None:
        self._said = dict[str, datetime]()

    def is_due(self, chat: str, now: datetime) -> bool:
        """Return whether a chat is to be told, and count that as said."""
        said = self._said.get(chat)
        if said is not None and abs(now - said) < APART:
            return False
        self._said.pop(chat, None)
        self._said[chat] = now
        if len(self._said) > MOST_REMEMBERED:
            del self._said[next(iter(self._said))]
        return True

    def forget(self, chat: str) -> None:
        """Forget that a chat was told, so that it is told again."""
        self._said.pop(chat, None)


class Tries:
    """Counts in memory how often each stranger has tried an invitation: a few an hour."""

    def __init__(self) -> None:
        self._tries = dict[str, tuple[datetime, int]]()

    def may_try(self, who: str, now: datetime) -> bool:
        """Return whether a person may try an invitation now, and count that."""
        since, count = self._tries.pop(who, (now, 0))
        if abs(now - since) >= APART:
            since, count = now, 0
        self._tries[who] = since, count + 1
        if len(self._tries) > MOST_REMEMBERED:
            del self._tries[next(iter(self._tries))]
        return count < MOST_TRIES


def is_let_in(incoming: Incoming, access: Access) -> bool:
    """Return whether something is done for a chat: one of a person with access, or with a token."""
    if isinstance(incoming.act, InGroup):
        return False
    may_enrol = enrols(incoming) and access.may(incoming.who, Right.ADMIN)
    if is_group(incoming.chat) and not (may_enrol or access.is_enrolled(incoming.chat)):
        return False
    return access.may_use(incoming.who) or token_in(incoming) is not None


def refusal(incoming: Incoming, setting: Setting) -> tuple[str, str]:
    """Return what somebody without access is told, and its topic if it is not the usual one.

    Everybody may ask what is kept.
    """
    fixed = words("fixed")
    match incoming.act:
        case Command(name) if name.casefold() == PRIVACY:
            return say_privacy(setting), PRIVACY
    return fixed["not_allowed"].format(who=incoming.who), ""


def say_removed(who: str) -> str:
    """Say to somebody who has lost access that nothing was noted, and what becomes of the cases."""
    return words("fixed")["removed"].format(who=who)
