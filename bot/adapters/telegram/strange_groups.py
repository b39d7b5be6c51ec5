"""Groups that are not enrolled, and who may not act in one: they are told why."""

from contextlib import suppress
from typing import Final

from bot.access import Right
from bot.adapters.telegram.membership import Placed
from bot.adapters.telegram.outbox.sender import Sender
from bot.incoming import Incoming, InGroup
from bot.screens.notices import words
from bot.service.service import Service
from bot.service.strangers import is_let_in
from state.store import StoreError

MOST_WELCOME: Final = 1000


class StrangeGroups:
    """Answers without a turn. Remembers in memory which groups an admin has added the bot to."""

    def __init__(self, service: Service, sender: Sender) -> None:
        self._service = service
        self._sender = sender
        self._welcome = dict[str, None]()
        self._moved = dict[str, None]()

    def expect(self, old: str, new: str) -> None:
        """Note that an enrolled group moves: whoever is said to add the bot to it is no stranger.

        What is said of its old id does not count any more.
        """
        if self._service.access.is_enrolled(old):
            _remember(self._welcome, new)
            _remember(self._moved, old)

    def is_answered(self, place: Placed) -> bool:
        """Say to whoever adds the bot how a group is enrolled; leave the group of a stranger."""
        access, said = self._service.access, words("groups")
        if not place.present:
            self._welcome.pop(place.chat, None)
        if access.is_enrolled(place.chat):
            return place.chat in self._moved
        if place.present and access.may(place.by, Right.ADMIN):
            _remember(self._welcome, place.chat)
            self._sender.refuse(place.chat, said["send_enrol"], None)
        elif place.present and place.chat not in self._welcome:
            self._sender.refuse(place.chat, said["added_by_stranger"], None, leaves=True)
        return True

    def is_turned_away(self, incoming: Incoming) -> bool:
        """Turn away what nobody may do in a group, in words once an hour; False for all else.

        Somebody without access is told nothing where colleagues work.
        """
        service, chat = self._service, incoming.chat
        may_use, enrolled = service.may_use(incoming.who), service.access.is_enrolled(chat)
        if is_let_in(incoming, service.access) and may_use:
            return False
        if incoming.query:
            why = words("fixed")["only_in_private" if may_use else "not_taken"]
            self._sender.confirm_aside(incoming.query, why)
        said, anonymous = words("groups"), isinstance(incoming.act, InGroup)
        if enrolled and not anonymous:
            return True
        what = "anonymous" if anonymous else "not_enrolled" if may_use else "of_strangers"
        leaves = what == "of_strangers" and chat not in self._welcome
        if service.refusals.is_due(f"{chat} {what}", service.clock()) or leaves:
            self._sender.refuse(chat, said[what], incoming.thread, leaves=leaves)
            with suppress(StoreError):
                service.note_refusal(incoming)
        return True


def _remember(chats: dict[str, None], chat: str) -> None:
    chats[chat] = None
    if len(chats) > MOST_WELCOME:
        del chats[next(iter(chats))]
