"""How far a row has been sent, recorded before and after each message."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.adapters.telegram.outbox.calls import Dropped, Later
from state.records import Card, Queued
from state.store import Store, StoreError


@dataclass(slots=True)
class Progress:
    """So many messages of `row` are `done`; if `begun`, the next one may have arrived."""

    row: Queued
    store: Store
    done: int = 0
    begun: bool = False

    def __post_init__(self) -> None:
        self.done, self.begun = self.row.said, self.row.sending

    async def begin(self) -> None:
        """Record that the next message begins, and wait until this is on the disk.

        Raises Dropped, StoreError, or Later if another worker sends it, or its group has become
        another chat: then it has not begun.
        """
        before = self.begun
        await self.store.beside(self._begins)
        self.begun = True
        try:
            await self.store.wait_for_disk()
        except StoreError:
            await self.note(begun=before)
            raise

    def _begins(self) -> None:
        if not self.store.workers.sends_to(self.row.chat):
            raise Later(None)
        if self._note(self.done, begun=True) != self.row.chat:
            raise Later(None)

    async def note(self, *, begun: bool) -> None:
        """Record how far the row is; the next message may have `begun` before."""
        await self._keep(self.done, begun=begun)

    async def message_done(self, cards: Iterable[Card] = (), sent: Any = None) -> None:
        """Record that a message was `sent`, or left out, and which messages show its case now."""
        await self._keep(self.done + 1, begun=False, cards=cards, sent=sent)

    async def _keep(
        self, done: int, *, begun: bool, cards: Iterable[Card] = (), sent: Any = None
    ) -> None:
        def note() -> str:
            return self._note(done, begun=begun, cards=cards, sent=sent)

        await self.store.beside(note, lasting=False)
        self.done, self.begun = done, begun

    def _note(self, done: int, *, begun: bool, cards: Iterable[Card] = (), sent: Any = None) -> str:
        """Note it, and return the chat of the row by now."""
        store = self.store
        row, chat = self.row, store.outbox.note_sending(self.row, done, sending=begun)
        if chat is None:
            raise Dropped(int(sent["message_id"]) if sent else None)
        for card in cards if chat == row.chat else ():  # else its group has moved on
            store.cards.keep(card)
        if sent and row.token and not row.code:
            store.buttons.note_shown(row.token, row.chat, int(sent["message_id"]))
        return chat
