"""Takes a case off the messages that show it: it is about to be erased, or to go elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.screens.people import draw_expired
from bot.screens.screen import dump
from state.records import Card, Priority
from state.store import Store


def expire(
    store: Store, cards: Iterable[Card], at: datetime, *, handed_on: Sequence[str] = ()
) -> None:
    """Queue an edit for each message that shows a case which is about to be erased, or to go.

    Those that are `handed_on` stay open, and that is said. It is sent whether or not the chat
    still has access.
    """
    for card in cards:
        store.outbox.enqueue(
            chat=card.chat,
            code=None,
            screens=[dump(draw_expired(handed_on=card.code in handed_on))],
            token=None,
            query=None,
            tapped=card.message_id,
            anew=False,
            priority=Priority.REFUSAL,
            at=at,
        )
