"""What is done at once, without a turn: inline queries, people without access, taps, deletions."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from bot.adapters.telegram.behind import let_others_write
from bot.adapters.telegram.inline import Inline
from bot.adapters.telegram.kept_update import Update
from bot.adapters.telegram.membership import Departed, Moved, Placed, Reached
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.outsiders import Outsiders
from bot.adapters.telegram.still_there import StillThere
from bot.adapters.telegram.strange_groups import StrangeGroups
from bot.adapters.telegram.updates import Asked, Stray
from bot.commands.invitations import opened_by, say_lapsed, token_in
from bot.incoming import Incoming, Tap
from bot.screens.notices import words
from bot.service.service import Service
from bot.service.strangers import Tries, is_let_in, refusal, say_removed
from bot.service.tap_limit import TapLimit
from state.groups import is_group
from state.store import StoreError

REMOVED_A_MINUTE: Final = 6


class AtOnce:
    """Answers what needs no turn, however much of it there is, before what needs one."""

    def __init__(
        self, service: Service, sender: Sender, inline: Inline, still_there: StillThere
    ) -> None:
        self._service = service
        self._sender = sender
        self._inline = inline
        self._still_there = still_there
        self._strange = StrangeGroups(service, sender)
        self._outsiders = Outsiders(still_there, service, sender)
        self._tries = Tries()
        self._removed = TapLimit(REMOVED_A_MINUTE)

    def answer(self, updates: Iterable[Update]) -> list[Update]:
        """Answer what needs no turn; return the other updates, which are stored.

        What becomes of the chat of somebody without access is ignored.
        """
        updates = list(updates)
        for update in updates:
            if isinstance(update.reduced, Moved):
                self._strange.expect(update.reduced.old, update.reduced.new)
        return [update for update in updates if not self._is_answered(update)]

    def part_unsure(self, updates: list[Update]) -> tuple[list[Update], list[Update]]:
        """Return the updates to handle now, and those of people who may be in no such group.

        Raises StoreError.
        """
        return self._outsiders.part(updates)

    async def turn_outsiders_away(self, unsure: list[Update]) -> list[Update]:
        """Return the updates without those of people who are not in the group that they act in.

        Raises StoreError.
        """
        return await self._outsiders.turn_away(unsure)

    def _is_answered(self, update: Update) -> bool:
        match update.reduced:
            case Incoming(chat) if is_group(chat):
                return self._strange.is_turned_away(update.reduced)
            case Incoming(chat):
                turned_away = self._is_turned_away(update.reduced)
                if not turned_away:
                    self._still_there.ask(chat)
                return turned_away
            case None:
                return True
            case Asked():
                self._inline.answer(update.reduced)
                return True
            case Stray(query, as_nobody):
                why = "tapped_as_nobody" if as_nobody else "only_in_private"
                self._sender.confirm_aside(query, words("fixed")[why])
                return True
            case Reached(chat):
                return not self._service.may_use(chat)
            case Moved(old, new):
                return not any(map(self._service.access.is_enrolled, (old, new)))
            case Departed(chat):
                return not self._service.access.is_enrolled(chat)
            case Placed():
                return self._strange.is_answered(update.reduced)
        return False

    def _is_turned_away(self, incoming: Incoming) -> bool:
        """Turn somebody away, in words once an hour; return False for whoever may use this.

        Somebody with an invitation that they may use goes on to a turn, which lets them in. Whoever
        has worked here is told each time that nothing was noted: silence would be read as noted.
        """
        service, now = self._service, self._service.clock()
        if is_let_in(incoming, service.access) and service.may_use(incoming.who):
            return False
        if incoming.query:
            self._sender.confirm_aside(incoming.query, words("fixed")["not_taken"])
        if token_in(incoming) and self._tries.may_try(incoming.who, now):
            if opened_by(service.store, service.access, incoming, now):
                return False
            self._sender.refuse(incoming.chat, say_lapsed(incoming.who), incoming.thread)
            return True
        said, topic = refusal(incoming, service.setting)
        due = service.refusals.is_due(f"{incoming.chat}{topic}", now)
        if not topic and self._has_worked(incoming):
            said, due = say_removed(incoming.who), due or not incoming.query
        if due:
            self._sender.refuse(incoming.chat, said, incoming.thread)
            with suppress(StoreError):
                self._service.note_refusal(incoming)
        return True

    def delete_named(self, updates: Iterable[Update]) -> None:
        """Delete the messages that identify a person, whatever becomes of the rest of them."""
        for update in updates:
            named = update.reduced
            if isinstance(named, Incoming) and named.to_delete is not None:
                self._sender.delete(named.chat, named.to_delete)

    def _has_worked(self, incoming: Incoming) -> bool:
        """Return whether somebody without access has worked here; not known beyond a limit."""
        if self._removed.is_over(incoming.who):
            return False
        try:
            return self._service.store.ownership.has_worked(incoming.who)
        except StoreError:
            return False

    async def confirm_and_write(self, updates: Iterable[Update]) -> None:
        """Confirm taps before what they change, and let that be written to the network."""
        if current := self.current_taps(updates):
            self.confirm(current)
            await let_others_write()

    def confirm(self, current: Iterable[str]) -> None:
        """Confirm taps that are on current screens."""
        for query in current:
            self._sender.confirm(query)

    def current_taps(self, updates: Iterable[Update]) -> list[str]:
        """Return the taps to confirm at once: in each chat the first, for the next may not count.

        A later one waits until it is known what is to be said of it, and so does each in a group,
        and in a chat to which another worker sends: that one confirms it with what it has done.
        While CordCall is out of use, each tap is answered with why instead.
        """
        taps, sends_to = dict[str, tuple[str, str | None]](), self._service.store.workers.sends_to
        if self._service.out_of_use:
            return []
        for update in updates:
            tap = update.reduced
            explained = update.too_soon or update.too_many
            if not isinstance(tap, Incoming) or is_group(tap.chat) or explained:
                continue
            if isinstance(tap.act, Tap) and sends_to(tap.chat):
                taps.setdefault(tap.chat, (tap.act.token, tap.query))
        current = self._service.store.buttons.is_current
        return [query for chat, (token, query) in taps.items() if query and current(token, chat)]
