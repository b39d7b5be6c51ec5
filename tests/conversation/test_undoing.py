"""Taking back: what is taken back counts nowhere, and the time line keeps both."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.engine import Engine
from bot.conversation.events import (
    Answered,
    BroughtIn,
    Closed,
    Corrected,
    Done,
    Edited,
    Event,
    NewSigns,
    Noted,
    Noting,
    Scanned,
    SuspectedEarlier,
    Ticked,
    Undone,
    WentOn,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import Alert, Ask, Notice, Reply, SayUndone, ShowCard
from bot.conversation.time_line import cauda_equina_due, is_under_way, lately, offered
from bot.conversation.undoing import BY_TAP, KINDS, acts, undoable, word_for
from bot.flows.triage import FLOW
from state.records import TAKEN_BACK, Entry, StoredCase, Value
from tests.conftest import NOON, stored_case
from tests.conversation.paths import Chance, choices

MINUTE = timedelta(minutes=1)
GAIT: dict[str, Value] = {"cord_signs": ["gait"], "infection_signs": False, "renal": "normal"}
NOTES: dict[str, Noting] = {
    "given": Noted("steroid_given"),
    "requested": Noted("mri_requested"),
    "called": Noted("called", "surgeon"),
    "begun": Noted("treatment_begun"),
}


class Night:
    """A case and its clock: each event comes a minute after the one before."""

    def __init__(self, engine: Engine, **answers: Value) -> None:
        self.engine = engine
        self.now = NOON
        self.case = stored_case()
        self.replies: tuple[Reply, ...] = ()
        for key, value in answers.items():
            self.does(Answered(key, value))

    def does(self, *events: Event) -> StoredCase:
        for event in events:
            self.now += MINUTE
            turn = self.engine.advance(self.case, event, "ann", self.now)
            self.case, self.replies = turn.case, turn.replies
        return self.case

    @property
    def asked(self) -> str:
        return self.engine.stand(self.case, self.now).asked

    def assessed(self) -> object:
        return self.engine.stand(replace(self.case, revisiting=None), NOON).assessment

    def says(self, kind: type[Reply]) -> list[Reply]:
        return [each for each in self.replies if isinstance(each, kind)]


@pytest.fixture
def night(engine: Engine) -> Night:
    return Night(engine, **GAIT)


@pytest.mark.parametrize("word", NOTES)
def test_a_note_is_taken_back_and_the_time_line_keeps_both(night: Night, word: str) -> None:
    before, kind = night.assessed(), KINDS[word][0]
    offers = offered(night.case, night.engine.stand(night.case, night.now))
    night.does(NOTES[word], Undone())
    noted, undone = night.case.timeline
    assert (noted.kind, undone) == (kind, Entry("undone", "1", "ann", night.now))
    assert night.case.undone_by(undone) == noted
    assert night.case.noted == () and night.case.newest_entry(kind) is None
    assert lately(night.case, noted) is None
    assert offered(night.case, night.engine.stand(night.case, night.now)) == offers
    assert night.assessed() == before
    assert night.says(SayUndone) == [SayUndone(noted, ())]
    assert night.says(ShowCard) == [ShowCard()]


def test_only_the_newest_of_a_kind_is_taken_back(night: Night) -> None:
    night.does(Noted("called", "surgeon"), Noted("called", "radiology"), Noted("mri_requested"))
    night.does(Undone("called"))
    assert [each.detail for each in night.case.noted] == ["surgeon", ""]
    night.does(Undone("called"))
    assert [each.kind for each in night.case.noted] == ["mri_requested"]


def test_the_newest_act_is_taken_back_and_then_the_one_before(night: Night) -> None:
    night.does(Noted("steroid_given"), Answered("cancer", "known"), Noted("mri_requested"))
    night.does(Undone())
    assert [each.kind for each in night.case.noted] == ["steroid_given"]
    night.does(Undone())
    assert "cancer" not in night.case.latest and night.asked == "cancer"
    night.does(Undone())
    assert night.case.noted == () and "renal" in night.case.latest
    night.does(Undone(), Undone(), Undone())
    assert night.case.latest == {} and night.asked == "cord_signs"
    before = night.case
    night.does(Undone())
    assert night.replies[0] == Notice("nothing_to_undo")
    assert (night.case.answers, night.case.timeline) == (before.answers, before.timeline)


def test_a_note_may_be_made_again_at_once(night: Night) -> None:
    night.does(Noted("steroid_given"), Undone("given"), Noted("steroid_given"))
    assert [each.kind for each in night.case.noted] == ["steroid_given"]
    assert len(night.case.timeline) == 3


def test_a_request_that_is_taken_back_starts_no_clock(engine: Engine) -> None:
    night = Night(engine, cord_signs=["bladder", "bowel"], infection_signs=False, renal="normal")
    night.does(Noted("mri_requested"))
    result = engine.stand(night.case, night.now).assessment
    assert cauda_equina_due(night.case, result) is not None
    night.does(Undone("requested"))
    assert cauda_equina_due(night.case, result) is None


def test_an_mri_done_by_mistake_takes_its_answer_back(night: Night) -> None:
    night.does(Answered("mri", "not_done"))
    before = night.assessed()
    night.does(Scanned())
    assert night.case.latest["mri"] == "done"
    night.does(Undone("scanned"))
    assert night.case.latest["mri"] == "not_done"
    assert night.assessed() == before
    assert night.case.newest_entry("mri_done") is None


def test_an_mri_done_twice_is_not_read_again_after_undoing(night: Night) -> None:
    night.case = night.case.with_answer("mri", "done", "ann", NOON)
    night.case = night.case.with_answer("lesions_seen", "none", "ann", NOON)
    night.does(Edited("mri"), Answered("mri", "not_done"))
    before = night.case.latest
    night.does(Scanned())
    assert (night.case.latest["mri"], night.case.latest["lesions_seen"]) == ("done", "unknown")
    night.does(Undone())
    assert night.case.latest == before


def test_an_mri_that_is_no_longer_called_done_keeps_its_answer(night: Night) -> None:
    night.does(Scanned(), Edited("mri"), Answered("mri", "not_possible"), Undone("scanned"))
    assert night.case.latest["mri"] == "not_possible"
    assert night.case.noted == ()


def test_new_signs_are_taken_back_with_their_ticks_and_done(night: Night) -> None:
    before = night.assessed()
    tick = Ticked("cord_signs", "bladder", on=True)
    night.does(NewSigns(), tick, Done("cord_signs"), Undone("newsigns"))
    assert night.case.latest["cord_signs"] == ["gait"]
    assert night.assessed() == before
    assert [each.kind for each in night.case.timeline] == ["new_signs", "undone"]


def test_a_correction_is_taken_back_with_sound(night: Night) -> None:
    before = night.assessed()
    night.does(Edited("cord_signs"), Corrected("none"))
    assert night.case.latest["cord_signs"] == []
    night.does(Undone())
    assert night.case.latest["cord_signs"] == ["gait"]
    assert night.assessed() == before
    assert night.says(Alert)


def test_a_closed_case_is_opened_again(night: Night) -> None:
    night.does(Closed("treated"))
    assert night.case.status == "closed"
    night.does(Undone("closed"))
    assert night.case.status == "open"
    assert night.case.newest_entry("closed") is None
    assert night.replies[-1] == ShowCard()
    night.does(WentOn())
    assert night.replies == (Ask(night.asked),)


def test_the_first_answer_to_a_question_is_taken_back(night: Night) -> None:
    before = night.case.latest
    night.does(Answered("cancer", "known"), Undone("answer"))
    assert night.case.latest == before
    assert night.asked == "cancer" and night.replies[-1] == Ask("cancer")
    (said,) = night.says(SayUndone)
    assert isinstance(said, SayUndone)
    assert [(each.question, each.value) for each in said.answers] == [("cancer", "known")]


def test_the_answer_that_replaced_another_gives_that_one_back(night: Night) -> None:
    night.does(Answered("cancer", "none"), Edited("cancer"), Answered("cancer", "known"))
    night.does(Undone())
    assert night.case.latest["cancer"] == "none" and night.asked == "cancer"
    night.does(Undone())
    assert "cancer" not in night.case.latest


def test_answers_that_came_in_together_are_taken_back_together(night: Night) -> None:
    before = night.case.latest
    night.does(BroughtIn((("cancer", "known"), ("primary", "lung"))))
    assert night.case.latest["primary"] == "lung"
    night.does(Undone())
    assert night.case.latest == before and night.asked == "cancer"


def test_a_time_of_suspicion_is_taken_back_and_not_asked_again(night: Night) -> None:
    before, asked = night.assessed(), night.asked
    night.does(SuspectedEarlier("2 h ago"))
    assert night.assessed() != before
    night.does(Undone())
    assert night.assessed() == before and night.asked == asked


def test_a_steroid_decision_that_changes_is_said_with_sound(engine: Engine) -> None:
    night = Night(engine, **GAIT)
    night.does(Answered("cancer", "known"))
    night.does(Edited("infection_signs"), Answered("infection_signs", True))
    assert night.says(Alert)
    night.does(Undone())
    (said,) = night.says(Alert)
    assert isinstance(said, Alert) and said.changed
    assert said.changed.keys == ("infection_signs",)


def test_an_urgency_that_goes_with_its_only_answer_is_withdrawn(engine: Engine) -> None:
    night = Night(engine, cord_signs=["gait"])
    night.does(Undone())
    assert Notice("no_longer") in night.replies and night.asked == "cord_signs"


def test_a_case_whose_answers_were_all_taken_back_starts_its_clock_anew(engine: Engine) -> None:
    night = Night(engine, cord_signs=["gait"])
    night.does(Undone())
    night.now += timedelta(hours=5)
    night.does(Answered("cord_signs", ["gait"]))
    assert engine.stand(night.case, night.now).assessment.due == night.now + timedelta(hours=12)


def test_a_button_takes_back_for_ten_minutes(night: Night) -> None:
    night.does(Noted("steroid_given"))
    given_at, case = night.now, night.case
    for late, kept in ((BY_TAP - MINUTE / 60, 0), (BY_TAP, 1)):
        tap = Undone("given", tapped=True)
        turn = night.engine.advance(case, tap, "ann", given_at + late)
        assert len(turn.case.noted) == kept
        assert (undoable(case, given_at + late) is None) == bool(kept)
    assert turn.replies[0] == Notice("undo_late", "given")
    night.now += timedelta(days=1)
    night.does(Undone("given"))
    assert night.case.noted == ()


def test_the_newest_note_can_be_undone_by_button(night: Night) -> None:
    assert undoable(night.case, night.now) is None
    night.does(Noted("steroid_given"), Noted("mri_requested"))
    newest = undoable(night.case, night.now)
    assert newest is not None and newest.kind == "mri_requested"
    night.does(Undone())
    newest = undoable(night.case, night.now)
    assert newest is not None and newest.kind == "steroid_given"


def test_what_can_be_taken_back_is_listed_newest_first(night: Night) -> None:
    night.does(Noted("steroid_given"), Noted("called", "other"), Scanned())
    night.does(Answered("cancer", "known"), Noted("called", "surgeon"))
    found = acts(night.case, FLOW.landmarks)
    assert [each.words[0] for each in found] == ["called", "answer", "scanned", "given"]
    night.does(Undone(), Undone())
    found = acts(night.case, FLOW.landmarks)
    assert [each.words for each in found] == [("scanned", "answer"), ("called",), ("given",)]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("given", "given"), (" GIVEN ", "given"), ("steroid_given", "given"),
        ("corrected", "newsigns"), ("answer", "answer"), ("", ""), ("dose", None), ("g", None),
    ],
)  # fmt: skip
def test_what_is_taken_back_is_named_by_its_word_or_kind(said: str, word: str | None) -> None:
    assert word_for(said) == word


NOTING: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from([*NOTES.values(), Scanned(), Closed("treated")]),
    st.sampled_from([Corrected("none"), Corrected("bladder"), Corrected("gait,bladder")]),
)


@given(seed=st.integers(0, 10_000), count=st.integers(0, 40), event=NOTING)
@settings(max_examples=150, deadline=None)
def test_a_note_and_its_undoing_leave_the_assessment_as_it_was(
    machine: FlowMachine, seed: int, count: int, event: Event
) -> None:
    engine = Engine(machine, "stepwise", UTC)
    night = Night(engine)
    for step in machine.replay(Chance(seed), "stepwise").steps[: count + 1]:
        night.case = night.case.with_answer(step.key, step.value, "ann", NOON)
    before, assessed = night.case, night.assessed()
    if isinstance(event, Corrected):
        night.does(Edited("cord_signs"))
    night.does(event)
    if len(night.case.noted) == len(before.noted):
        return
    noted = night.case
    night.does(Undone())
    assert night.assessed() == assessed
    assert night.case.latest == before.latest and night.case.noted == before.noted
    assert len(night.case.timeline) == len(noted.timeline) + 1 == len(before.timeline) + 2
    assert night.case.timeline[:-1] == noted.timeline
    assert night.case.status != "closed"


@given(seed=st.integers(0, 10_000), count=st.integers(1, 40), changed=st.integers(0, 100))
@settings(max_examples=150, deadline=None)
def test_an_answer_and_its_undoing_leave_the_case_as_it_was(
    machine: FlowMachine, seed: int, count: int, changed: int
) -> None:
    engine = Engine(machine, "stepwise", UTC)
    night = Night(engine)
    steps = machine.replay(Chance(seed), "stepwise").steps[:count]
    for step in steps:
        night.case = night.case.with_answer(step.key, step.value, "ann", NOON)
    before, assessed = night.case, night.assessed()
    step = steps[changed % len(steps)]
    values = choices(step.question)
    night.does(Edited(step.key), Answered(step.key, values[changed % len(values)]))
    if len(night.case.answers) == len(before.answers):
        return
    night.does(Undone())
    assert night.case.latest == before.latest and night.assessed() == assessed
    assert night.asked in (step.key, engine.stand(before, NOON).asked)
    assert night.case.answers[: len(before.answers)] == before.answers


def test_what_was_taken_back_is_not_an_answer() -> None:
    case = stored_case()
    for number, value in enumerate(["a", "b", TAKEN_BACK, TAKEN_BACK, "c"]):
        case = case.with_answer("q", value, "ann", NOON + number * MINUTE)
        other = case.with_answer("r", "d", "ann", NOON).with_answer("r", TAKEN_BACK, "ann", NOON)
        assert other.latest == case.latest and other.given == case.given
    assert [each.value for each in case.given] == ["c"]
    assert is_under_way(case)
    assert not is_under_way(replace(case, answers=case.answers[:4]))


def test_the_time_of_the_clock_does_not_matter(night: Night) -> None:
    night.does(Noted("steroid_given"))
    night.now = datetime(2026, 1, 1, tzinfo=UTC)
    night.does(Undone("given", tapped=True))
    assert night.case.noted == ()
