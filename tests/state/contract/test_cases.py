"""Cases: stored data comes back, grows, is found by its chat, and is erased completely."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from state.records import (
    FIRST_PLACE,
    TAKEN_BACK,
    Answer,
    Entry,
    OpenCase,
    Place,
    StoredCase,
    Told,
    Value,
    Wanted,
)
from state.store import Store
from tests.conftest import NOON
from tests.state.contract.values import CHAT, a_card, a_case, add, buttons, closed, put, screens

EARLIER = NOON - timedelta(days=1)
LONG_AGO = NOON - timedelta(days=31)
MANY = 100


@pytest.mark.parametrize(
    "value", [True, False, 0, 12, 5.5, "no", 'says "x", then y', "µ → ø", [], ["a", "b,c"]]
)
def test_an_answer_of_every_kind_comes_back(store: Store, value: Value) -> None:
    add(store, a_case().with_answer("asked", value, "bob", NOON))
    kept = store.cases.find("KES-42")
    assert kept is not None
    assert kept.answers[1:] == (Answer("asked", value, "bob", NOON),)
    assert type(kept.latest["asked"]) is type(value)


def test_every_field_of_a_case_comes_back(store: Store) -> None:
    case = StoredCase(
        code="VER-10",
        chat="-100",
        owner="eve",
        status="waiting",
        begun_at=EARLIER,
        flow="triage",
        fingerprint="f2",
        ruleset="r2",
        touched_at=NOON,
        position="ecog",
        revisiting="kps",
        version=3,
        adding=True,
        answers=(Answer("ecog", 1, "eve", EARLIER), Answer("ecog", 2, "bob", NOON)),
        timeline=(Entry("called", "surgeon", "eve", EARLIER), Entry("mri_done", "", "bob", NOON)),
    )
    add(store, case)
    assert store.cases.find("VER-10") == case
    assert store.cases.active("-100") == case
    assert store.cases.listed("-100", NOON) == [case]


def test_a_moment_of_another_zone_is_the_same_moment(store: Store) -> None:
    here = NOON.astimezone(timezone(timedelta(hours=9)))
    add(store, closed(a_case(touched_at=here)))
    kept = store.cases.find("KES-42")
    assert kept is not None and kept.touched_at == NOON
    with store.turn():
        assert store.cases.forget(NOON, MANY) == 0
        assert store.cases.forget(NOON + timedelta(minutes=1), MANY) == 1


def test_a_case_that_is_not_kept_is_not_found(store: Store) -> None:
    assert store.cases.find("KES-42") is None
    assert store.cases.active(CHAT) is None
    assert store.cases.active_code(CHAT) is None


def test_a_save_adds_what_is_new_and_counts_the_version(store: Store) -> None:
    add(store, a_case())
    changed = replace(
        a_case().with_answer("ecog", 1, "bob", NOON).with_entry(Entry("called", "", "bob", NOON)),
        status="waiting",
        position="kps",
        revisiting="ecog",
        adding=True,
        fingerprint="f2",
        ruleset="r2",
        begun_at=EARLIER,
        touched_at=NOON + timedelta(hours=1),
    )
    with store.turn():
        kept = store.cases.save(changed, a_case())
    assert kept == replace(changed, version=1)
    assert store.cases.find("KES-42") == kept
    with store.turn():
        again = store.cases.save(kept.with_answer("kps", "100", "bob", NOON), kept)
    assert again.version == 2
    assert store.cases.find("KES-42") == again


def test_a_look_at_a_case_leaves_its_version(store: Store) -> None:
    add(store, a_case())
    later = replace(a_case(), touched_at=NOON + timedelta(hours=1))
    with store.turn():
        store.buttons.mint(buttons(), NOON)
        assert store.cases.touch(later, a_case()) == later
    assert store.cases.find("KES-42") == later
    assert store.buttons.is_current("token", CHAT)


def test_a_chat_changes_the_case_it_is_working_on(store: Store) -> None:
    add(store, a_case("KES-42"), a_case("KES-43"))
    assert store.cases.active_code(CHAT) == "KES-43"
    with store.turn():
        store.cases.activate(CHAT, "KES-42")
    assert store.cases.active(CHAT) == a_case("KES-42")
    with store.turn():
        store.cases.activate(CHAT, None)
    assert store.cases.active_code(CHAT) is None


def test_a_chats_cases_are_listed_the_newest_first_and_closed_ones_for_a_while(
    store: Store,
) -> None:
    earlier = a_case("KES-41", touched_at=EARLIER)
    closed = replace(a_case("KES-43", touched_at=EARLIER), status="closed")
    empty = replace(a_case("KES-44", touched_at=NOON + timedelta(hours=1)), answers=())
    add(store, earlier, a_case("KES-42"), closed, empty, a_case("VER-10", chat="other"))
    listed = store.cases.listed(CHAT, EARLIER)
    assert [each.code for each in listed] == ["KES-44", "KES-42", "KES-41", "KES-43"]
    assert listed[1] == a_case("KES-42")
    listed = store.cases.listed(CHAT, EARLIER + timedelta(seconds=1))
    assert [each.code for each in listed] == ["KES-44", "KES-42", "KES-41"]
    assert store.cases.codes_under_way(CHAT) == ["KES-42", "KES-41"]
    assert store.cases.codes_open(CHAT) == ["KES-44", "KES-42", "KES-41"]


def test_a_case_whose_answers_were_taken_back_is_not_under_way(store: Store) -> None:
    case = a_case("KES-42")
    twice = case.with_answer("mri", "done", "ann", NOON)
    for each in (case, twice):
        add(
            store,
            replace(each, code=f"KES-4{len(each.answers)}").with_answer(
                "cord_signs", TAKEN_BACK, "ann", NOON
            ),
        )
    assert store.cases.codes_under_way(CHAT) == ["KES-42"]
    kept = store.cases.find("KES-42")
    assert kept is not None and kept.latest == {"mri": "done"}


def test_a_chats_cases_to_remind_are_open_lately_touched_and_can_be_reached(store: Store) -> None:
    closed = replace(a_case("KES-43"), status="closed")
    waiting = replace(a_case("KES-44", chat="2", touched_at=EARLIER), status="waiting")
    old = a_case("KES-45", chat="2", touched_at=LONG_AGO)
    add(store, a_case("KES-42"), closed, waiting, old, a_case("KES-46", chat="3"))
    with store.turn():
        store.cases.add(a_case("KES-47", chat="never active", touched_at=EARLIER))
        store.chats.set_reachable("3", reachable=False)
    for chat, codes in ((CHAT, ["KES-42"]), ("2", ["KES-44"]), ("3", []), ("4", [])):
        assert store.cases.codes_to_remind(EARLIER, chat) == codes
    assert store.cases.codes_to_remind(EARLIER, "never active") == ["KES-47"]
    assert store.cases.codes_to_remind(NOON, "2") == []


def test_the_open_cases_come_page_by_page_last_touched_first(store: Store) -> None:
    waiting = replace(a_case("KES-44", chat="2", touched_at=EARLIER), status="waiting")
    shut = closed(a_case("KES-43"))
    add(store, a_case("KES-42"), shut, waiting, a_case("KES-45"), a_case("KES-41", chat="3"))
    with store.turn():
        for code in ("KES-42", "KES-44"):
            store.cards.keep(a_card(code))
        store.cards.keep(replace(a_card("KES-45"), role="alert"))
        store.chats.set_reachable("2", reachable=False)
    found, place = list[OpenCase](), FIRST_PLACE
    while page := store.cases.open_after(place, 2):
        found += page
        place = page[-1].place
    assert [each.code for each in found] == ["KES-45", "KES-42", "KES-41", "KES-44"]
    assert [each.code for each in found if each.shown] == ["KES-42"]
    assert [each.code for each in found if not each.reachable] == ["KES-44"]
    last, case = found[-1], waiting
    assert (last.touched_at, last.chat, last.ruleset, last.policy) == (
        case.touched_at, case.chat, case.ruleset, case.policy
    )  # fmt: skip
    assert store.cases.open_after(Place(EARLIER, "KES-44"), 9) == []


def test_how_far_the_cards_are_redrawn_is_kept(store: Store) -> None:
    assert store.redraws.place() is None
    for place in (FIRST_PLACE, Place(NOON, "KES-42"), None):
        with store.turn():
            store.redraws.keep(place)
        assert store.redraws.place() == place


def test_an_old_case_is_erased_with_all_that_was_its_own(store: Store) -> None:
    old = closed(a_case("KES-41", touched_at=LONG_AGO))
    old = old.with_entry(Entry("called", "", "ann", NOON))
    add(store, a_case("KES-42", chat="2"), old)
    with store.turn():
        for code, chat in (("KES-41", CHAT), ("KES-42", "2")):
            store.cards.keep(a_card(code, chat))
            store.buttons.mint(replace(buttons(code, chat=chat), token=code), NOON)
            store.reminders.set(code, [Wanted("mri_due", NOON, NOON)])
            put(store, code, chat, code)
    with store.turn():
        assert store.cases.forget(NOON - timedelta(days=30), MANY) == 1
    assert store.cases.find("KES-41") is None
    assert store.cases.active_code(CHAT) is None
    assert store.cards.find("KES-41", "card", CHAT) is None
    assert store.buttons.find("KES-41") is None
    assert store.reminders.pending("KES-41") == []
    assert screens(store) == ["KES-42"]
    assert store.cases.active("2") == a_case("KES-42", chat="2")
    assert store.cards.find("KES-42", "card", "2") == a_card("KES-42", "2")
    assert store.buttons.find("KES-42") is not None
    assert len(store.reminders.pending("KES-42")) == 1


def test_a_code_that_was_erased_begins_anew(store: Store) -> None:
    old = closed(a_case(touched_at=LONG_AGO))
    add(store, old.with_entry(Entry("called", "", "ann", NOON)))
    with store.turn():
        store.cases.forget(NOON, MANY)
    fresh = replace(a_case(), answers=())
    add(store, fresh)
    assert store.cases.find("KES-42") == fresh


def test_an_open_case_is_never_erased_and_one_without_an_answer_is(store: Store) -> None:
    empty = replace(a_case("KES-40", touched_at=LONG_AGO), answers=())
    noted = replace(empty, code="KES-43").with_entry(Entry("called", "", "ann", LONG_AGO))
    opened = a_case("KES-41", touched_at=LONG_AGO)
    waiting = replace(opened, code="KES-44", status="waiting")
    add(store, empty, noted, opened, waiting, closed(replace(opened, code="KES-42")))
    with store.turn():
        assert store.cases.forget(NOON, MANY) == 2
    left = [c for c in ("KES-40", "KES-41", "KES-42", "KES-43", "KES-44") if store.cases.find(c)]
    assert left == ["KES-41", "KES-43", "KES-44"]


def test_old_cases_are_erased_in_parts_the_oldest_first(store: Store) -> None:
    times = [LONG_AGO + timedelta(minutes=n) for n in range(5)]
    add(store, *(closed(a_case(f"KES-4{n}", touched_at=at)) for n, at in enumerate(times)))
    for erased, left in ((2, "KES-42"), (2, "KES-44"), (1, None)):
        with store.turn():
            assert store.cases.forget(NOON, 2) == erased
        assert (
            next((c for c in (f"KES-4{n}" for n in range(5)) if store.cases.find(c)), None) == left
        )


def test_an_old_open_case_is_asked_about_once_a_period(store: Store) -> None:
    old = a_case("KES-41", touched_at=LONG_AGO)
    others = (
        a_case("KES-42", touched_at=NOON),
        closed(replace(old, code="KES-43")),
        replace(old, code="KES-44", chat="terminal"),
        replace(old, code="KES-45", answers=()),
        replace(old, code="KES-46", chat="blocked"),
    )
    add(store, old, *others)
    with store.turn():
        store.chats.set_reachable("blocked", reachable=False)
    before = NOON - timedelta(days=30)
    assert store.cases.codes_to_ask_about(before, 9, besides="terminal") == ["KES-41"]
    with store.turn():
        store.cases.note_asked("KES-41", NOON)
    assert store.cases.codes_to_ask_about(before, 9, besides="terminal") == []
    assert store.cases.codes_to_ask_about(NOON, 9, besides="terminal") == []
    a_period_later = NOON + timedelta(seconds=1)
    assert "KES-41" in store.cases.codes_to_ask_about(a_period_later, 9, besides="terminal")
    case = store.cases.find("KES-41")
    assert case is not None
    with store.turn():
        store.cases.touch(replace(case, touched_at=NOON + timedelta(days=1)), case)
    later = NOON + timedelta(days=2)
    assert "KES-41" in store.cases.codes_to_ask_about(later, 9, besides="terminal")


def test_open_cases_with_an_answer_are_counted_by_what_was_last_said(store: Store) -> None:
    told = Told("emergency", 12, "give")
    add(
        store,
        replace(a_case("AAA-10"), told=told),
        replace(a_case("BBB-10", chat="b"), told=replace(told, steroid="ask")),
        replace(a_case("CCC-10"), told=replace(told, level="urgent")),
        a_case("DDD-10"),
        replace(a_case("EEE-10"), answers=()),
        closed(replace(a_case("FFF-10"), told=told)),
    )
    assert store.cases.open_levels() == {"emergency": 2, "urgent": 1, "": 1}
    assert store.cases.open_levels(besides="b") == {"emergency": 1, "urgent": 1, "": 1}


def test_what_a_chat_saw_after_its_own_case_is_named_newest_first(store: Store) -> None:
    minutes = [NOON + timedelta(minutes=n) for n in range(6)]
    own = a_case("KES-41", touched_at=minutes[1])
    reminded, asked = a_case("KES-43"), a_case("KES-44")
    add(
        store, own, a_case("KES-42", touched_at=minutes[2]), reminded, asked, a_case("KES-45"),
        closed(a_case("KES-46", touched_at=minutes[3])),
        a_case("KES-47", "other", touched_at=minutes[3]),
    )  # fmt: skip
    with store.turn():
        store.reminders.set("KES-43", [Wanted("mri_due", NOON, NOON)])
        assert store.reminders.claim("KES-43", minutes[4])
        store.cases.note_asked("KES-44", minutes[3])

    def named(until: datetime) -> list[str]:
        return store.cases.shown_after("KES-41", CHAT, until)

    assert named(minutes[5]) == ["KES-43", "KES-44", "KES-42"]
    assert named(minutes[3]) == ["KES-44", "KES-42"]
    assert named(minutes[1]) == []
    with store.turn():
        store.reminders.set("KES-41", [Wanted("mri_due", NOON, NOON)])
        assert store.reminders.claim("KES-41", minutes[5])
    assert named(minutes[5]) == []
