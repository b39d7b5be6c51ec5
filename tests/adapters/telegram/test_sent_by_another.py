"""What another worker sends by now is not sent here, and has not begun."""

from types import SimpleNamespace

import pytest

from bot.adapters.telegram.outbox.calls import Calls, Later
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.out_of_reach import OutOfReach
from bot.adapters.telegram.outbox.pace import CALLED, FLOODED, Pace
from bot.adapters.telegram.outbox.progress import Progress
from bot.adapters.telegram.together import Together
from state.groups import Group
from state.records import Priority
from state.sqlite.workers import Workers
from state.store import Store
from tests.adapters.telegram.test_failed_sync import CHAT, Api
from tests.conftest import NOON

GROUP = "-100"


class Another(Workers):
    """Another worker sends to every chat."""

    def sends_to(self, chat: str) -> bool:
        return False


class Three(Workers):
    """One of three; what it tells is noted."""

    count = 3  # type: ignore[misc]

    def __init__(self) -> None:
        self.words = list[tuple[object, ...]]()

    def tell(self, *words: object) -> None:
        self.words.append(words)


async def test_a_message_begins_only_if_its_chat_is_still_this_worker_s(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.turn():
        store.outbox.enqueue(
            chat=CHAT, code=None, screens=["{}"], token=None, query=None, tapped=None, anew=False,
            priority=Priority.ANSWER, at=NOON,
        )  # fmt: skip
    (row,) = store.outbox.queued(CHAT)
    monkeypatch.setattr(store, "workers", Another())
    with pytest.raises(Later):
        await Progress(row, store).begin()
    assert [each.sending for each in store.outbox.queued(CHAT)] == [False]


async def test_what_is_moved_to_another_chat_does_not_begin_in_the_former(store: Store) -> None:
    """Another worker may send it there by now, and has noted that it has begun."""
    with store.turn():
        store.groups.enrol(Group("-5", CHAT, NOON))
        store.outbox.enqueue(
            chat="-5", code=None, screens=["{}"], token=None, query=None, tapped=None, anew=False,
            priority=Priority.ANSWER, at=NOON,
        )  # fmt: skip
    (row,) = store.outbox.queued("-5")
    with store.turn():
        store.chats.rename("-5", "-1005")
    with pytest.raises(Later):
        await Progress(row, store).begin()
    assert [each.sending for each in store.outbox.queued("-1005")] == [False]


async def test_no_call_is_made_for_a_chat_that_another_sends_to(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, guard = Api(), JustChanged(0, store.buttons.find, lambda: 0.0)
    calls = Calls(CHAT, api, Pace(first=False), guard, Priority.ANSWER, store)  # type: ignore[arg-type]
    monkeypatch.setattr(store, "workers", Another())
    with pytest.raises(Later):
        await calls.call("editMessageText", message_id=5, text="weak legs")
    assert api.sent == []


def test_what_another_worker_queued_for_who_came_back_outlasts_an_older_refusal(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal of a call from before reaches the one that sends after they tapped Start."""
    with store.turn():
        store.chats.activate(CHAT, None)
        for _ in range(2):
            store.outbox.enqueue(
                chat=CHAT, code=None, screens=["{}"], token=None, query=None, tapped=None,
                anew=False, priority=Priority.ANSWER, at=NOON,
            )  # fmt: skip
    before, after = store.outbox.queued(CHAT)
    monkeypatch.setattr(store, "workers", Three())
    given_up = OutOfReach(store, Pace(lambda: 0.0), lambda _: (), lambda _: None)
    given_up.give_up(CHAT, before.id, came_back=False)
    assert store.outbox.queued(CHAT) == [after] and store.chats.is_reachable(CHAT)
    given_up.give_up(CHAT, after.id, came_back=False)
    assert store.outbox.queued(CHAT) == [] and store.chats.is_reachable(CHAT) is False


def test_calls_to_a_group_and_floods_are_told_and_counted_once() -> None:
    """Who hears of a call counts it in the group's budget, and tells nobody."""
    first, second = Three(), Three()
    one, two = (Pace(lambda: 0.0, first=True, workers=each) for each in (first, second))
    sender = SimpleNamespace(pace=two)
    together = Together(sender, SimpleNamespace())  # type: ignore[arg-type]
    for _ in range(13):
        one.called(GROUP, Priority.ANSWER)
    one.called("1", Priority.ANSWER)
    one.flooded("2", 5.0)
    assert first.words == [*[(CALLED, GROUP, Priority.ANSWER)] * 13, (FLOODED, "2", 5.0)]
    assert two.groups.seconds_to_wait(GROUP, Priority.ANSWER) == 0
    for words in first.words:
        together.told([*words])  # type: ignore[list-item]
    assert two.groups.seconds_to_wait(GROUP, Priority.ANSWER) == 60
    assert two.seconds_to_wait("2", Priority.REMINDER) == 5
    assert second.words == []


def test_a_worker_that_began_late_is_told_what_a_group_was_called_before() -> None:
    """It needs to take nothing as made any more, and exceeds no budget after several starts."""
    now = 1_000.0
    old, new = Three(), Three()
    one = Pace(lambda: now, first=True, workers=old)
    for _ in range(12):
        one.called(GROUP, Priority.ANSWER)
    now += 20
    two = Pace(lambda: now, workers=new)
    two.groups.called(GROUP, Priority.ANSWER)
    one.groups.called(GROUP, Priority.ANSWER)
    old.words.clear()
    one.leave_to_others()
    assert old.words == [], "it sends to the group itself"
    old.sends_to = lambda _: False  # type: ignore[method-assign]
    one.leave_to_others()
    (words,) = old.words
    Together(SimpleNamespace(pace=two), SimpleNamespace()).told([*words])  # type: ignore[arg-type, list-item]
    assert two.groups.seconds_to_wait(GROUP, Priority.ANSWER) == 40
    assert two.groups.seconds_to_wait(GROUP, Priority.EMERGENCY) == 0
    two.leave_to_others()
    assert new.words == []


def test_what_another_knows_less_of_changes_nothing() -> None:
    two = Pace(lambda: 50.0, first=True, workers=Three())
    for _ in range(13):
        two.groups.called(GROUP, Priority.ANSWER)
    two.groups.told(GROUP, [(59.0, Priority.ANSWER)])
    assert two.groups.seconds_to_wait(GROUP, Priority.ANSWER) == 60


def test_who_has_not_heard_what_others_called_takes_some_calls_as_made() -> None:
    """They may have called in a group while it was theirs; a first run knows its own calls."""
    pace = Pace(lambda: 0.0, first=True, workers=Three())
    together = Together(SimpleNamespace(pace=pace), SimpleNamespace())  # type: ignore[arg-type]
    for _ in range(6):
        pace.called(GROUP, Priority.ANSWER)
    assert pace.groups.seconds_to_wait(GROUP, Priority.ANSWER) == 0
    together.missed()
    assert pace.groups.seconds_to_wait(GROUP, Priority.ANSWER) == 60
    for _ in range(6):
        assert pace.groups.seconds_to_wait("-200", Priority.ANSWER) == 0
        pace.called("-200", Priority.ANSWER)
    assert pace.groups.seconds_to_wait("-200", Priority.ANSWER) == 60


def test_the_calls_a_second_are_divided_among_the_workers() -> None:
    alone, shared = Pace(lambda: 0.0), Pace(lambda: 0.0, workers=Three())
    for pace in (alone, shared):
        for number in range(25):
            pace.called(str(number))
    assert shared.seconds_to_wait("99", Priority.REMINDER) == pytest.approx(
        3 * alone.seconds_to_wait("99", Priority.REMINDER)
    )


def test_what_one_worker_shows_the_others_know() -> None:
    words = list[tuple[object, ...]]()
    keyboard = {"inline_keyboard": [[{"text": "No", "callback_data": "a:0"}]]}
    one = JustChanged(1.0, lambda _: None, lambda: 0.0, lambda *told: words.append(told))
    two = JustChanged(1.0, lambda _: None, lambda: 0.0, lambda *told: words.append(told))
    one.note("7", 5, keyboard)
    (told,) = words
    Together(SimpleNamespace(), two).told([*told])  # type: ignore[arg-type, list-item]
    assert words == [told]
    assert two.is_too_soon("7", {"message_id": 5}, "a", 0)
