"""Records to keep."""

from dataclasses import replace
from datetime import datetime

from state.records import Card, Minted, Priority, StoredCase
from state.store import Store
from tests.conftest import NOON

CHAT = "chat"


def a_case(code: str = "KES-42", chat: str = CHAT, touched_at: datetime = NOON) -> StoredCase:
    return StoredCase(
        code=code,
        chat=chat,
        owner="ann",
        status="open",
        begun_at=NOON,
        flow="triage",
        fingerprint="f",
        ruleset="r",
        touched_at=touched_at,
    ).with_answer("cord_signs", ["gait", "bladder"], "ann", NOON)


def closed(case: StoredCase) -> StoredCase:
    return replace(case, status="closed")


def add(store: Store, *cases: StoredCase) -> None:
    """Keep cases, each the active one of its chat, in a turn of its own."""
    with store.turn():
        for case in cases:
            store.cases.add(case)
            store.cases.activate(case.chat, case.code)


def a_card(code: str = "KES-42", chat: str = CHAT, message_id: int = 7) -> Card:
    return Card(code, "card", chat, message_id, NOON)


def buttons(code: str | None = "KES-42", version: int = 0, chat: str = CHAT) -> Minted:
    return Minted("token", chat, code, version, (("answer ecog", "0"), ("back", "")))


def put(
    store: Store,
    screen: str,
    chat: str = CHAT,
    code: str | None = None,
    priority: Priority = Priority.ANSWER,
) -> None:
    store.outbox.enqueue(
        chat=chat,
        code=code,
        screens=[screen],
        token=None,
        query=None,
        tapped=None,
        anew=False,
        priority=priority,
        at=NOON,
    )


def screens(store: Store, chat: str | None = None) -> list[str]:
    return [screen for row in store.outbox.queued(chat) for screen in row.screens]
