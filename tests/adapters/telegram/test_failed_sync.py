"""A message that a failed sync holds back has not begun: it is sent later, once and unmarked."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.adapters.telegram.outbox.calls import Calls
from bot.adapters.telegram.outbox.delivery import Delivery
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.pace import Pace
from bot.adapters.telegram.outbox.shown import Shown
from bot.screens.screen import Button, Screen, dump, text
from state.records import Priority
from state.store import Store, StoreError
from tests.conftest import NOON, Clock, stored_case
from tests.workers import joined

CHAT = "7"
SYNC_OF_THE_CALL = 2


class Api:
    username = "b"

    def __init__(self) -> None:
        self.unknown_tags = set[str]()
        self.sent = list[str]()

    async def call(self, _: str, **given: Any) -> dict[str, int]:
        self.sent.append(given["text"])
        return {"message_id": 5}


@pytest.mark.parametrize("priority", [Priority.ANSWER, Priority.CARD])
async def test_a_message_is_sent_unmarked_after_the_sync_before_its_call_failed(
    store: Store, clock: Clock, priority: Priority, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, waits, wait = Api(), list[None](), store.wait_for_disk
    screen = Screen("card", "KES-42", (text("weak legs"),), ((Button("x", "continue"),),))
    case = stored_case()
    with store.turn():
        store.cases.add(case)
        store.outbox.enqueue(
            chat=CHAT, code=case.code, screens=[dump(screen)], token="tok", query=None, tapped=None,
            anew=False, priority=priority, at=NOON,
        )  # fmt: skip

    async def fail_before_the_call() -> None:
        waits.append(None)
        if len(waits) == SYNC_OF_THE_CALL:
            raise StoreError("a sync failed")
        await wait()

    async def deliver() -> None:
        (row,) = store.outbox.queued(CHAT)
        guard = JustChanged(0, store.buttons.find, lambda: 0.0)
        calls = Calls(CHAT, api, Pace(first=False), guard, row.priority, store)  # type: ignore[arg-type]
        delivery = Delivery(
            row, calls, store, clock, "without", lambda _: True, Shown(),
            SimpleNamespace(),  # type: ignore[arg-type]
        )  # fmt: skip
        await delivery.run([screen])

    monkeypatch.setattr(store, "wait_for_disk", fail_before_the_call)
    async with joined(store):
        with pytest.raises(StoreError):
            await deliver()
        (row,) = store.outbox.queued(CHAT)
        assert not row.sending and api.sent == []
        await deliver()
    (message,) = api.sent
    assert "weak legs" in message and "(repeat)" not in message
