"""Ticks at speed: each tap counts once, from an older screen too, and Done never unseen."""

from dataclasses import replace

import pytest

from bot.flows.grammar import Several, Value
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.incoming import Command, Incoming, Tap
from bot.screens.screen import Button, Screen, load
from bot.service.service import Service
from state.records import Queued
from tests.commands.test_notes import at_work
from tests.conftest import Clock
from tests.dialogue import CHAT, answer, asked, tap

OLDER = "That button is from an older screen"
CHECK = "The ticks have changed since that screen. Check them, then Done."
TICK_FIRST = "Tick what is there, or None of these."
QUESTIONS = [each for each in FLOW.questions.values() if isinstance(each, Several)]
BEFORE: dict[str, dict[str, Value]] = {
    "cord_signs": {},
    "blood_thinners": {"cord_signs": ["gait"]},
    "dialysis_days": {"cord_signs": ["gait"], "renal": "haemodialysis"},
}


@pytest.fixture
def phone(service: Service) -> Service:
    return replace(service, touch=True)


@pytest.fixture
def first(phone: Service) -> Queued:
    """The first question, not answered yet."""
    phone.take(Incoming(CHAT, "ann", Command("triage")))
    return newest(phone)


def newest(phone: Service) -> Queued:
    return phone.store.outbox.queued(CHAT)[-1]


def buttons(row: Queued) -> list[Button]:
    return [button for each in row.screens for line in load(each).rows for button in line]


def does(phone: Service, row: Queued, action: str, value: str = "") -> str:
    """Tap what a button of a message does, and return what was said."""
    place = [(each.does, each.value) for each in buttons(row)].index((action, value))
    phone.take(Incoming(CHAT, "ann", Tap(str(row.token), place), query="q"))
    return "\n".join(load(each).plain() for each in newest(phone).screens)


def ticks(phone: Service) -> Value | None:
    return at_work(phone).latest.get("cord_signs")


def test_quick_ticks_from_one_screen_all_count(phone: Service, first: Queued) -> None:
    for sign in ("gait", "bladder", "bowel"):
        assert OLDER not in does(phone, first, "tick cord_signs", sign)
    assert ticks(phone) == ["gait", "bladder", "bowel"]


def test_a_tick_tapped_twice_is_one_tick(phone: Service, first: Queued) -> None:
    does(phone, first, "tick cord_signs", "gait")
    once = at_work(phone)
    assert OLDER not in does(phone, first, "tick cord_signs", "gait")
    assert (at_work(phone).answers, at_work(phone).version) == (once.answers, once.version)
    second = newest(phone)
    does(phone, second, "untick cord_signs", "gait")
    does(phone, second, "untick cord_signs", "gait")
    assert ticks(phone) == "unknown"


def test_done_counts_only_from_the_newest_screen(phone: Service, first: Queued) -> None:
    does(phone, first, "tick cord_signs", "gait")
    second = newest(phone)
    does(phone, second, "tick cord_signs", "bowel")
    assert CHECK in does(phone, second, "done cord_signs")
    assert asked(phone) == "cord_signs" and ticks(phone) == ["gait", "bowel"]
    does(phone, newest(phone), "done cord_signs")
    assert asked(phone) != "cord_signs" and ticks(phone) == ["gait", "bowel"]


def test_none_counts_only_from_the_newest_screen(phone: Service, first: Queued) -> None:
    does(phone, first, "tick cord_signs", "gait")
    assert OLDER in does(phone, first, "answer cord_signs", "none")
    assert ticks(phone) == ["gait"]


def change(phone: Service, how: str) -> None:
    """Change the case otherwise than by a tick, and let it ask the first question again."""
    match how:
        case "done and back":
            tap(phone, "Done")
            tap(phone, "Back")
        case "noted":
            phone.take(Incoming(CHAT, "ann", Command("requested")))
        case "new signs":
            phone.take(Incoming(CHAT, "ann", Command("newsigns")))
        case "corrected":
            phone.take(Incoming(CHAT, "ann", Command("correct", "bladder,gait")))
            phone.take(Incoming(CHAT, "ann", Command("edit", "1")))


@pytest.mark.parametrize("how", ["done and back", "noted", "new signs", "corrected"])
def test_a_tick_from_before_another_change_is_not_taken(
    phone: Service, first: Queued, how: str
) -> None:
    does(phone, first, "tick cord_signs", "gait")
    second = newest(phone)
    change(phone, how)
    before = at_work(phone)
    assert asked(phone) == "cord_signs"
    for old in (first, second):
        assert OLDER in does(phone, old, "tick cord_signs", "bowel")
    assert at_work(phone).answers == before.answers


def test_a_tick_from_before_done_is_not_taken(phone: Service, first: Queued) -> None:
    does(phone, first, "tick cord_signs", "gait")
    second = newest(phone)
    tap(phone, "Done")
    assert OLDER in does(phone, second, "tick cord_signs", "bowel")
    assert ticks(phone) == ["gait"]


def test_a_tick_of_another_case_is_taken_from_its_newest_screen_only(
    phone: Service, first: Queued
) -> None:
    code = at_work(phone).code
    does(phone, first, "tick cord_signs", "gait")
    phone.take(Incoming(CHAT, "ann", Command("triage")))
    assert OLDER in does(phone, first, "tick cord_signs", "bowel")
    case = phone.store.cases.find(code)
    assert case is not None and case.latest == {"cord_signs": ["gait"]}
    assert at_work(phone).code != code


def stands_at(phone: Service, key: str) -> Screen:
    phone.take(Incoming(CHAT, "ann", Command("triage")))
    answer(phone, up_to=key, **BEFORE[key])
    return load(newest(phone).screens[-1])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_none_and_done_stand_where_they_are(phone: Service, question: Several) -> None:
    shown = stands_at(phone, question.id)
    options = words_of(FLOW, question.id).options
    labels = [options[each.key] for each in question.options[:2]]
    places = set[tuple[int, int, int]]()
    for label in (*labels, f"✓ {labels[0]}"):
        row = len(shown.rows) - 2
        assert [each.label for each in shown.rows[row]] == ["None of these", "Done"]
        places.add((row, *(len(line) for line in shown.rows[:2])))
        shown = tap(phone, label)[-1]
    assert len(places) == 1


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_done_without_a_tick_is_refused_with_a_word(phone: Service, question: Several) -> None:
    stands_at(phone, question.id)
    before = at_work(phone)
    assert TICK_FIRST in tap(phone, "Done")[0].plain()
    assert at_work(phone).answers == before.answers and asked(phone) == question.id
    label = words_of(FLOW, question.id).options[question.options[0].key]
    tap(phone, label)
    tap(phone, f"✓ {label}")
    assert TICK_FIRST in tap(phone, "Done")[0].plain()
    assert asked(phone) == question.id


def yes(question: Several) -> str:
    return "Correction" if question.id == "cord_signs" else "Yes, that is it"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_none_over_ticks_asks_once(phone: Service, question: Several) -> None:
    stands_at(phone, question.id)
    tick = question.options[0].key
    tap(phone, words_of(FLOW, question.id).options[tick])
    tap(phone, "None of these")
    assert at_work(phone).latest[question.id] == [tick]
    tap(phone, yes(question))
    assert at_work(phone).latest[question.id] == []
    assert asked(phone) != question.id


def test_none_without_a_tick_asks_nothing(phone: Service, first: Queued) -> None:
    tap(phone, "None of these")
    assert ticks(phone) == []


def test_quick_ticks_count_after_a_tick_was_taken_back(
    phone: Service, first: Queued, clock: Clock
) -> None:
    does(phone, first, "tick cord_signs", "gait")
    clock.pass_by(seconds=1)
    does(phone, newest(phone), "tick cord_signs", "bowel")
    phone.take(Incoming(CHAT, "ann", Command("undo", "answer")))
    assert ticks(phone) == ["gait"]
    screen = newest(phone)
    for sign in ("bladder", "lhermitte"):
        assert OLDER not in does(phone, screen, "tick cord_signs", sign)
    assert ticks(phone) == ["gait", "bladder", "lhermitte"]
