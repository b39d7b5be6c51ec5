"""Updates, messages, cards, buttons and chats, as a store keeps them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from state.groups import Answering, AskedBack, Colleague, Group
from state.records import LeftTap, Minted, Poll, Priority, Wanted
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import CHAT, a_card, a_case, add, buttons, closed, put, screens

LATER = NOON + timedelta(seconds=1)


def test_an_update_is_done_once_and_its_attempts_are_counted(store: Store) -> None:
    inbox = store.inbox
    with store.turn():
        assert inbox.receive(1, "tap", NOON, again=False) == 1
        assert inbox.receive(1, "tap", NOON, again=True) == 1
        assert inbox.receive(1, "tap", NOON, again=False) == 2
        assert inbox.left_taps() == [LeftTap(1, "tap", 2)]
        inbox.take_back([1, 2])
        assert inbox.left_taps() == [LeftTap(1, "tap", 1)]
        assert inbox.claim(1)
        assert not inbox.claim(1)
        inbox.take_back([1])
        assert inbox.receive(1, "tap", NOON, again=False) == 0
        assert inbox.left_taps() == []
        assert not inbox.claim(2)
        assert inbox.received([2]) == set()
        assert inbox.receive(2, None, NOON, again=False) == 1
        assert inbox.received([3, 2, 1]) == {1, 2}


def test_an_update_that_is_handled_as_it_comes_is_handled_once(store: Store) -> None:
    inbox = store.inbox
    with store.turn():
        assert inbox.note_handled(1, NOON)
        assert not inbox.note_handled(1, NOON)
        assert not inbox.claim(1)
        assert inbox.receive(1, "tap", NOON, again=False) == 0
        inbox.receive(2, "tap", NOON, again=False)
        assert not inbox.note_handled(2, NOON)
        assert inbox.left_taps() == [LeftTap(2, "tap", 1)]
    with store.turn():
        with pytest.raises(RuntimeError), store.part():
            assert inbox.note_handled(3, NOON)
            raise RuntimeError
        assert inbox.note_handled(3, NOON)


def test_taps_that_are_left_are_given_in_order_and_other_updates_are_not(store: Store) -> None:
    with store.turn():
        store.inbox.receive(3, "third", NOON, again=False)
        store.inbox.receive(1, "first", NOON, again=False)
        store.inbox.receive(2, None, NOON, again=False)
    assert store.inbox.left_taps() == [LeftTap(1, "first", 1), LeftTap(3, "third", 1)]


@pytest.mark.parametrize("received", [False, True])
def test_an_update_that_is_set_aside_is_counted_and_not_done(store: Store, received: bool) -> None:
    with store.turn():
        if received:
            store.inbox.receive(1, "tap", NOON, again=False)
        store.inbox.park(1, "tap", NOON)
    assert store.inbox.parked_count() == 1
    assert store.inbox.left_taps() == []
    with store.turn():
        assert not store.inbox.claim(1)
        assert store.inbox.receive(1, "tap", NOON, again=False) == 0


def test_old_updates_are_erased_but_for_a_tap_that_waits_and_the_number_of_one_set_aside(
    store: Store,
) -> None:
    with store.turn():
        for update_id, tap in enumerate((None, "waits", "done", "set aside", None)):
            store.inbox.receive(update_id, tap, NOON if update_id < 4 else LATER, again=False)
        store.inbox.claim(2)
        store.inbox.park(3, "set aside", NOON)
        store.inbox.forget(LATER)
    with store.turn():
        assert store.inbox.left_taps() == [LeftTap(1, "waits", 1)]
        assert store.inbox.parked_count() == 1
        assert store.inbox.receive(0, None, LATER, again=False) == 1
        assert store.inbox.receive(2, None, LATER, again=False) == 1
        assert store.inbox.receive(4, None, LATER, again=False) == 2


def test_where_polling_stands_is_kept_once(store: Store) -> None:
    assert store.inbox.poll() is None
    for poll in (Poll(7, NOON, NOON), Poll(9, LATER, NOON)):
        with store.turn():
            store.inbox.keep_poll(poll)
        assert store.inbox.poll() == poll


def test_the_outbox_keeps_the_order_and_forgets_what_was_shown(store: Store) -> None:
    with store.turn():
        for screen in ("1", "2", "3"):
            put(store, screen)
        put(store, "4", chat="other")
    assert screens(store, CHAT) == ["1", "2", "3"]
    assert screens(store) == ["1", "2", "3", "4"]
    assert store.outbox.chats_waiting() == [CHAT, "other"]
    with store.turn():
        put(store, "5", chat="urgent", priority=Priority.EMERGENCY)
    assert store.outbox.chats_waiting() == ["urgent", CHAT, "other"]
    with store.turn():
        store.outbox.sent(row.id for row in store.outbox.queued(CHAT)[:2])
        store.outbox.drop("other", store.outbox.queued("other")[0].id)
    assert screens(store) == ["3", "5"]


def test_however_many_are_sent_together_only_they_are_forgotten(store: Store) -> None:
    with store.turn():
        for number in range(12):
            put(store, str(number))
            put(store, str(number), chat="other")
    before = [[row.id for row in store.outbox.pressing(chat, 99)] for chat in (CHAT, "other")]
    with store.turn():
        store.outbox.sent([*before[0][:10], *before[1][1:10]])
        store.outbox.sent([])
        store.outbox.sent(before[1][1:2])
    for found in (store.outbox.pressing, lambda chat, _: store.outbox.queued(chat)):
        assert [row.id for row in found(CHAT, 99)] == before[0][10:]
        assert [row.id for row in found("other", 99)] == [before[1][0], *before[1][10:]]


def test_every_field_of_what_is_queued_comes_back(store: Store) -> None:
    with store.turn():
        store.outbox.enqueue(
            chat=CHAT,
            code="KES-42",
            screens=['["Zürich"]', "2"],
            token="token",
            query="query",
            tapped=12,
            anew=True,
            priority=Priority.EMERGENCY,
            at=NOON,
            thread=42,
        )
    (row,) = store.outbox.queued()
    assert (row.chat, row.code, row.screens) == (CHAT, "KES-42", ('["Zürich"]', "2"))
    assert (row.token, row.query, row.tapped, row.anew) == ("token", "query", 12, True)
    assert (row.priority, row.said, row.sending) == (Priority.EMERGENCY, 0, False)
    assert row.thread == 42
    assert isinstance(row.priority, Priority)
    with store.turn():
        assert store.outbox.note_sending(row, 1, sending=True) == CHAT
    assert store.outbox.queued() == [replace(row, said=1, sending=True)]
    with store.turn():
        store.chats.rename(CHAT, "-100")
        assert store.outbox.note_sending(row, 1, sending=True) == "-100"
        store.outbox.drop_all("-100")
        assert store.outbox.note_sending(row, 2, sending=False) is None


def test_a_number_of_the_outbox_is_never_given_twice(store: Store) -> None:
    with store.turn():
        put(store, "1")
        (first,) = store.outbox.queued()
        store.outbox.sent([first.id])
        put(store, "2")
    assert store.outbox.queued()[0].id > first.id


def test_what_is_dropped_of_a_chat_is_what_it_had_by_then(store: Store) -> None:
    with store.turn():
        for screen, chat in (("1", CHAT), ("2", "other"), ("3", CHAT), ("4", CHAT)):
            put(store, screen, chat)
        store.outbox.drop(CHAT, store.outbox.queued(CHAT)[1].id)
    assert screens(store) == ["2", "4"]


def test_what_presses_most_is_read_with_all_of_the_same_case(store: Store) -> None:
    with store.turn():
        put(store, "old board", code="KES-42", priority=Priority.CARD)
        put(store, "reminder", code="KES-43", priority=Priority.REMINDER)
        put(store, "answer")
        put(store, "elsewhere", chat="other", code="KES-42", priority=Priority.EMERGENCY)
        put(store, "emergency", code="KES-42", priority=Priority.EMERGENCY)

    def pressing(most: int) -> list[str]:
        return [row.screens[0] for row in store.outbox.pressing(CHAT, most)]

    assert pressing(1) == ["old board", "emergency"]
    assert pressing(2) == ["old board", "answer", "emergency"]
    assert pressing(4) == ["old board", "reminder", "answer", "emergency"]


def test_a_case_has_one_message_in_each_role(store: Store) -> None:
    alert = replace(a_card(), role="alert", message_id=8)
    add(store, a_case())
    with store.turn():
        store.cards.keep(a_card())
        store.cards.keep(alert)
        store.cards.keep(a_card(message_id=9))
    assert store.cards.find("KES-42", "card", CHAT) == a_card(message_id=9)
    assert store.cards.find("KES-42", "former", CHAT) is None
    with store.turn():
        store.cards.drop("KES-42", "card", CHAT)
    assert store.cards.find("KES-42", "card", CHAT) is None
    assert store.cards.find("KES-42", "alert", CHAT) == alert


def test_buttons_are_current_while_their_case_is_as_it_was(store: Store) -> None:
    add(store, a_case())
    with store.turn():
        store.buttons.mint(buttons(), NOON)
    assert store.buttons.find("token") == buttons()
    assert store.buttons.find("other") is None
    assert store.buttons.is_current("token", CHAT)
    assert not store.buttons.is_current("token", "other")
    assert not store.buttons.is_current("other", CHAT)
    with store.turn():
        kept = store.cases.save(a_case(), a_case())
    assert not store.buttons.is_current("token", CHAT)
    with store.turn():
        store.buttons.mint(replace(buttons(version=2), token="closed"), NOON)
        store.cases.save(replace(kept, status="closed"), kept)
    assert not store.buttons.is_current("closed", CHAT)


def test_old_buttons_are_erased(store: Store) -> None:
    with store.turn():
        store.buttons.mint(buttons(None), NOON)
        store.buttons.mint(replace(buttons(None), token="new"), LATER)
        store.buttons.forget(LATER)
    assert store.buttons.find("token") is None
    assert store.buttons.find("new") is not None


def test_what_waits_for_a_chat_that_cannot_be_reached_is_dropped(store: Store) -> None:
    add(store, a_case(), a_case("KES-43", chat="other"))
    with store.turn():
        for chat, code in ((CHAT, "KES-42"), ("other", "KES-43")):
            put(store, code, chat, code)
            store.reminders.set(code, [Wanted("mri_due", NOON, NOON)])
        store.chats.set_reachable(CHAT, reachable=False)
    assert screens(store) == ["KES-43"]
    assert store.reminders.pending("KES-42") == []
    assert store.cases.codes_to_remind(NOON, CHAT) == []
    assert store.cases.codes_to_remind(NOON, "other") == ["KES-43"]
    with store.turn():
        store.chats.set_reachable(CHAT, reachable=True)
    assert store.cases.codes_to_remind(NOON, CHAT) == ["KES-42"]


def test_a_group_that_moves_takes_everything_along_but_its_messages(store: Store) -> None:
    case = replace(a_case(), chat="-1")
    add(store, case)
    with store.turn():
        store.cards.keep(a_card(chat="-1"))
        store.buttons.mint(buttons(chat="-1"), NOON)
        put(store, "1", chat="-1")
        store.chats.rename("-1", "-1001")
    assert store.cases.active("-1") is None
    assert store.cases.active("-1001") == replace(case, chat="-1001")
    assert [row.chat for row in store.outbox.queued()] == ["-1001"]
    minted = store.buttons.find("token")
    assert store.cards.find(case.code, "card", "-1") is None
    assert minted and minted.chat == "-1001"


def test_a_message_has_the_buttons_that_it_was_shown_with_last(store: Store) -> None:
    def minted(token: str, does: str, chat: str = "1001") -> Minted:
        return Minted(token, chat, None, 0, ((does, ""),))

    with store.turn():
        for each in (
            minted("a", "handover withdraw OFFER"), minted("b", "cases page 2"),
            minted("c", "handover read OFFER"), minted("d", "handover read OFFER", "1002"),
        ):  # fmt: skip
            store.buttons.mint(each, NOON)
        assert store.buttons.messages_with("1001", "OFFER") == []
        store.buttons.note_shown("a", "1001", 7)
        store.buttons.note_shown("c", "1001", 9)
        store.buttons.note_shown("d", "1002", 7)
    assert store.buttons.messages_with("1001", "OFFER") == [7, 9]
    assert store.buttons.messages_with("1001", "OTHER") == []
    with store.turn():
        store.buttons.note_shown("b", "1001", 7)
    assert store.buttons.messages_with("1001", "OFFER") == [9]
    assert store.buttons.messages_with("1002", "OFFER") == [7]


def test_the_people_of_a_group_move_with_it(store: Store) -> None:
    ann, bob = Colleague("-1", "1001", "Ann", NOON), Colleague("-1", "1002", "Bob", NOON)
    newer = Colleague("-1001", "1002", "Bob B", LATER)
    add(store, a_case(chat="-1"))
    with store.turn():
        store.groups.enrol(Group("-1", "1001", NOON))
        for each in (ann, bob):
            store.groups.see(each)
        store.groups.note_answering(Answering("KES-42", "1002", NOON))
        store.chats.rename("-1", "-1001")
    assert store.groups.find("-1") is None and store.groups.colleagues("-1") == []
    assert store.groups.find("-1001") == Group("-1001", "1001", NOON)
    assert store.groups.groups_of("1001") == ["-1001"]
    assert store.groups.may_see("KES-42", "1002") and not store.groups.may_see("KES-42", "1003")
    assert store.groups.answering("KES-42") == Answering("KES-42", "1002", NOON)
    with store.turn():
        store.groups.enrol(Group("-1", "1002", LATER))
        store.groups.see(bob)
        store.groups.see(newer)
        store.chats.rename("-1", "-1001")
    assert store.groups.find("-1001") == Group("-1001", "1001", NOON)
    assert store.groups.colleague("-1001", "1002") == newer


def test_who_is_asked_back_about_a_case_is_who_was_last(store: Store) -> None:
    asked = [
        AskedBack("KES-42", "1001", NOON, 3, ["gait"]),
        AskedBack("KES-42", "1002", LATER, 4, "none"),
    ]
    add(store, a_case(chat="-1"))
    assert store.groups.asked_back("KES-42") is None
    for each in asked:
        with store.turn():
            store.groups.note_asked_back(each)
        assert store.groups.asked_back("KES-42") == each
    with store.turn():
        store.people.forget("1002")
    assert store.groups.asked_back("KES-42") is None


def test_a_tap_that_waits_and_what_it_tapped_follow_the_group(store: Store) -> None:
    add(store, a_case(chat="-1"))
    with store.turn():
        for number, chat in ((1, "-1"), (2, "-12")):
            tap = json.dumps([chat, "1001", "token", 0, "query", 7])
            store.inbox.receive(number, tap, NOON, again=False)
        store.chats.rename("-1", "-1001")
    chats = [json.loads(left.tap)[0] for left in store.inbox.left_taps()]
    assert chats == ["-1001", "-12"]


def test_a_group_that_moves_to_one_with_a_case_goes_on_with_that_one(store: Store) -> None:
    add(store, a_case("KES-42", chat="-1"), a_case("KES-43", chat="-1001"))
    with store.turn():
        store.chats.rename("-1", "-1001")
    assert store.cases.active_code("-1001") == "KES-43"
    assert len(store.cases.listed("-1001", NOON)) == 2


def test_a_chat_that_has_anything_left_is_kept(store: Store) -> None:
    add(store, *(closed(a_case(f"KES-4{n}", chat=f"{n}")) for n in range(3)))
    with store.turn():
        for chat in "012":
            store.chats.set_reachable(chat, reachable=False)
        store.cases.forget(LATER, 3)
        store.buttons.mint(buttons(None, chat="0"), NOON)
        put(store, "waits", chat="1")
        store.chats.forget_unused()
        for chat in "012":
            store.cases.add(a_case(f"VER-1{chat}", chat=chat))
    reminded = [store.cases.codes_to_remind(NOON, chat) for chat in "012"]
    assert reminded == [[], [], ["VER-12"]]


def test_a_look_up_that_has_asked_is_kept_until_it_ends(store: Store) -> None:
    with store.turn():
        assert store.chats.look_up(CHAT) == ""
        store.chats.keep_look_up(CHAT, "sins T6,")
        store.chats.keep_look_up(CHAT, "sins T6,mechanical,")
    assert store.chats.look_up(CHAT) == "sins T6,mechanical,"
    assert store.chats.look_up("other") == ""
    with store.turn():
        store.chats.end_look_up("other")
    assert store.chats.look_up(CHAT)
    with store.turn():
        store.chats.end_look_up(CHAT)
    assert store.chats.look_up(CHAT) == ""


def test_what_waits_is_counted_from_the_oldest_row_on(store: Store) -> None:
    assert store.outbox.waiting() == (0, None)
    with store.turn():
        put(store, "x", chat="terminal")
        put(store, "y")
        put(store, "z")
    assert store.outbox.waiting() == (3, NOON)
    assert store.outbox.waiting(besides="terminal") == (2, NOON)
    assert store.outbox.waiting(besides=CHAT) == (1, NOON)
