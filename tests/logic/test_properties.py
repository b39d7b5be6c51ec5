"""What holds for every case: worse is never less urgent, unknown never less than absent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.machine import FlowMachine
from bot.flows.grammar import Value
from bot.flows.triage import FLOW, SUSPECTED_AT
from bot.guidance.answer_json import to_json
from bot.logic.assessment import assess, assess_later
from bot.logic.case import Case, Lesion
from bot.logic.urgency import LEVELS, POLICIES, Policy
from tests.conftest import NOON
from tests.conversation.paths import Chance
from tests.shares import quick_for

CHOICES: dict[str, list[Any]] = {
    "cancer": ["known", "suspected", "none"],
    "primary": ["breast", "renal_cell", "myeloma", "lung", "unknown_primary", "other"],
    "back_pain": [True, False],
    "radicular_pain": ["none", "unilateral", "bilateral"],
    "radicular_deficit": ["none", "unilateral_stable", "unilateral_progressive", "bilateral"],
    "infection_signs": [True, False],
    "asia": list("ABCDE"),
    "walking": ["unaided", "aided", "none"],
    "previous_rt": ["none", "other_level", "same_level"],
    "progression_after_rt": [True, False],
    "deterioration_during_rt": [True, False],
    "previous_surgery": [True, False],
    "life_expectancy": ["lt3m", "ge3m"],
    "ecog": [0, 2, 3, 4],
    "kps": [10, 40, 50, 80, 100],
    "extraspinal_bone": [0, 1, 3],
    "vertebral_mets": [1, 2, 3],
    "organ_mets": ["none", "removable", "unremovable"],
    "mri": ["not_done", "not_possible", "done"],
    "renal": ["normal", "ckd", "haemodialysis", "peritoneal"],
    "access": ["fistula", "catheter"],
    "urine_output": ["anuric", "residual"],
}
NUMBERS = {
    "deficit_days": (0, 60),
    "paralysis_hours": (0, 100),
    "egfr": (0, 120),
    "dialysis_years": (0, 40),
    "potassium": (1, 12),
    "calcium": (0.5, 5),
    "albumin": (5, 70),
    "pth_times_uln": (0, 50),
}
SIGNS = [
    "weakness", "gait", "sensory_level", "saddle_anaesthesia", "bladder", "bowel", "umn_signs",
    "lhermitte",
]  # fmt: skip
THINNERS = ["antiplatelet", "warfarin", "doac", "heparin"]
LESION: dict[str, list[Any]] = {
    "level": ["C0", "T5", "T11", "L3", "S3"],
    "escc": ["0", "1a", "1c", "2", "3"],
    "pain": ["mechanical", "non_mechanical", "none"],
    "bone": ["lytic", "mixed", "blastic"],
    "alignment": ["subluxation", "deformity", "normal"],
    "collapse": ["ge50", "lt50", "none_gt50_involved", "none"],
    "posterolateral": ["bilateral", "unilateral", "none"],
}


def _field(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, "unknown", *values])


def _object(fields: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: _field(values) for name, values in fields.items()})


CASES = st.builds(
    lambda chosen, numbers, signs, thinners, lesions: Case.model_validate(
        {
            **chosen,
            **numbers,
            "cord_signs": signs,
            "blood_thinners": thinners,
            "lesions": lesions,
        }
    ),
    _object(CHOICES),
    st.fixed_dictionaries(
        {
            name: st.one_of(st.none(), st.just("unknown"), st.floats(low, high))
            for name, (low, high) in NUMBERS.items()
        }
    ),
    st.one_of(st.none(), st.just("unknown"), st.lists(st.sampled_from(SIGNS), unique=True)),
    st.one_of(st.none(), st.just("unknown"), st.lists(st.sampled_from(THINNERS), unique=True)),
    st.one_of(st.none(), st.lists(_object(LESION), max_size=3)),
)
POLICY = st.sampled_from(POLICIES)
FOREMOST = ("cord_signs", "radicular_deficit")

WORSE: list[tuple[str, Any, Any]] = [
    ("back_pain", False, True),
    ("radicular_pain", "none", "unilateral"),
    ("radicular_pain", "unilateral", "bilateral"),
    ("radicular_deficit", "none", "unilateral_stable"),
    ("radicular_deficit", "unilateral_stable", "unilateral_progressive"),
    ("radicular_deficit", "unilateral_progressive", "bilateral"),
    ("radicular_deficit", "none", "bilateral"),
    ("infection_signs", False, True),
    ("cord_signs", [], ["gait"]),
    ("cord_signs", ["gait"], ["gait", "bladder"]),
    ("asia", "E", "C"),
    ("asia", "C", "A"),
    ("asia", "E", "D"),
    ("deficit_days", 30.0, 3.0),
    ("deficit_days", 8.0, 7.0),
    ("progression_after_rt", False, True),
    ("deterioration_during_rt", False, True),
]
WORSE_IN_A_LESION: list[tuple[str, str, str]] = [
    ("escc", "0", "1a"),
    ("escc", "1a", "1c"),
    ("escc", "1c", "2"),
    ("escc", "2", "3"),
    ("pain", "none", "non_mechanical"),
    ("pain", "non_mechanical", "mechanical"),
    ("bone", "blastic", "lytic"),
    ("alignment", "normal", "subluxation"),
    ("collapse", "none", "ge50"),
    ("posterolateral", "none", "bilateral"),
]
ABSENT: list[tuple[str, Any]] = [
    ("back_pain", False),
    ("radicular_pain", "none"),
    ("radicular_deficit", "none"),
    ("infection_signs", False),
    ("cord_signs", []),
    ("asia", "E"),
    ("progression_after_rt", False),
    ("deterioration_during_rt", False),
]
ABSENT_IN_A_LESION: list[tuple[str, str]] = [
    ("escc", "0"),
    ("pain", "none"),
    ("bone", "blastic"),
    ("alignment", "normal"),
    ("collapse", "none"),
    ("posterolateral", "none"),
]


@pytest.mark.parametrize(("field", "better", "worse"), quick_for(WORSE, *FOREMOST))
@given(case=CASES, policy=POLICY)
@settings(max_examples=60, deadline=None)
def test_a_worse_finding_never_raises_the_limit(
    field: str, better: Any, worse: Any, case: Case, policy: Policy
) -> None:
    if case.asia == "D":
        case = case.model_copy(update={"asia": "C"})
    milder, graver = _with(case, field, better), _with(case, field, worse)
    assert _hours(graver, policy) <= _hours(milder, policy)
    assert _rank(graver, policy) >= _rank(milder, policy)


@pytest.mark.parametrize(("part", "better", "worse"), quick_for(WORSE_IN_A_LESION, "escc"))
@given(case=CASES, policy=POLICY)
@settings(max_examples=60, deadline=None)
def test_a_worse_lesion_never_lowers_the_urgency(
    part: str, better: str, worse: str, case: Case, policy: Policy
) -> None:
    milder, graver = _with_lesion(case, part, better), _with_lesion(case, part, worse)
    assert _rank(graver, policy) >= _rank(milder, policy)
    if not _ends_the_deadline(case, part):
        assert _hours(graver, policy) <= _hours(milder, policy)


@pytest.mark.parametrize(("field", "absent"), quick_for(ABSENT, *FOREMOST))
@given(case=CASES, policy=POLICY)
@settings(max_examples=100, deadline=None)
def test_unknown_is_never_less_urgent_than_absent(
    field: str, absent: Any, case: Case, policy: Policy
) -> None:
    unknown, none = _with(case, field, "unknown"), _with(case, field, absent)
    assert _hours(unknown, policy) <= _hours(none, policy)
    assert _rank(unknown, policy) >= _rank(none, policy)


@pytest.mark.parametrize(("part", "absent"), quick_for(ABSENT_IN_A_LESION, "escc"))
@given(case=CASES, policy=POLICY)
@settings(max_examples=60, deadline=None)
def test_an_unknown_part_of_a_lesion_is_never_less_urgent_than_its_mildest(
    part: str, absent: str, case: Case, policy: Policy
) -> None:
    unknown, mildest = _with_lesion(case, part, "unknown"), _with_lesion(case, part, absent)
    assert _rank(unknown, policy) >= _rank(mildest, policy)
    if not _ends_the_deadline(case, part):
        assert _hours(unknown, policy) <= _hours(mildest, policy)


@given(case=CASES, policy=POLICY)
@settings(max_examples=300, deadline=None)
def test_every_valid_case_is_answered_the_same_twice(case: Case, policy: Policy) -> None:
    first, second = (to_json(assess(case, policy, NOON)) for _ in range(2))
    assert first == second
    assert first["urgency"]["level"] in LEVELS
    assert all(action["text"].strip() for action in first["actions"])


@given(case=CASES)
@settings(max_examples=200, deadline=None)
def test_not_asked_and_not_known_decide_alike(case: Case) -> None:
    asked = {name: None for name, value in case.model_dump().items() if value == "unknown"}
    answers = (assess(each, "stepwise", NOON) for each in (case, case.model_copy(update=asked)))
    one, other = (to_json(answer) for answer in answers)
    assert one == other


@given(opened=st.datetimes(timezones=st.just(UTC)), now=st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=100, deadline=None)
def test_any_clock_is_answered(opened: datetime, now: datetime) -> None:
    try:
        case = Case(opened_at=opened, cord_signs=("gait",))
    except ValueError:
        assert opened.year == 9999
        return
    result = assess(case, "stepwise", now)
    assert result.due is not None
    assert (result.due - result.opened_at).total_seconds() == 12 * 3600
    assert ("W1" in [warning.id for warning in result.warnings]) == (now > result.due)


@given(seed=st.integers(0, 10_000), data=st.data())
@settings(max_examples=80, deadline=None)
def test_an_answer_changed_and_changed_back_gives_the_same_plan(
    machine: FlowMachine, seed: int, data: st.DataObject
) -> None:
    chance = Chance(seed)
    trail = machine.replay(chance, "stepwise")
    answers = {step.key: step.value for step in trail.steps}
    step = data.draw(st.sampled_from(trail.steps))
    other = data.draw(st.integers(0, 10_000).map(lambda n: Chance(n)[step.key]))

    changed = machine.replay({**answers, step.key: other}, "stepwise")
    back = machine.replay(answers, "stepwise")

    assert set(changed.keys) <= set(answers)
    assert back.keys == trail.keys
    assert back.facts.case == trail.facts.case


@given(seed=st.integers(0, 10_000))
@settings(max_examples=80, deadline=None)
def test_a_replay_of_any_beginning_stands_at_the_next_question(
    machine: FlowMachine, seed: int
) -> None:
    trail = machine.replay(Chance(seed), "stepwise")
    for count in range(len(trail.steps)):
        kept = {step.key: step.value for step in trail.steps[:count]}
        assert machine.replay(kept, "stepwise").key == trail.steps[count].key


@pytest.mark.slow
@given(seed=st.integers(0, 10_000))
@settings(max_examples=80, deadline=None)
def test_a_replay_that_goes_on_from_an_earlier_one_finds_the_same(
    machine: FlowMachine, seed: int
) -> None:
    whole = machine.replay(Chance(seed), "stepwise")
    answers: dict[str, Value] = {}
    trail = machine.replay(answers, "stepwise")
    for step in whole.steps:
        answers[step.key] = step.value
        trail = machine.replay(answers, "stepwise", trail)
        anew = machine.replay(answers, "stepwise")
        assert (trail.steps, trail.key, trail.item) == (anew.steps, anew.key, anew.item)
        assert (trail.before, trail.misfits) == (anew.before, anew.misfits)
        assert trail.facts.case == anew.facts.case


@given(seed=st.integers(0, 10_000), minutes=st.integers(-600, 60_000))
@settings(max_examples=80, deadline=None)
def test_a_case_judged_later_is_what_it_is_when_judged_anew(
    machine: FlowMachine, seed: int, minutes: int
) -> None:
    case = machine.replay(Chance(seed), "nice").facts.case.model_copy(update={"opened_at": NOON})
    later = NOON + timedelta(minutes=minutes)
    assert assess_later(assess(case, "nice", NOON), later) == assess(case, "nice", later)


def test_the_flow_sets_only_fields_of_the_case() -> None:
    outside = {"lesions_seen", "ct_lesions_seen", "another_level"}
    fields = {question.field for question in FLOW.questions.values()}
    lesion = set(LESION)
    assert fields - outside - lesion <= set(Case.model_fields)
    assert SUSPECTED_AT in FLOW.questions


def _with(case: Case, field: str, value: Any) -> Case:
    return Case.model_validate({**case.model_dump(exclude_none=True), field: value})


def _with_lesion(case: Case, part: str, value: str) -> Case:
    """Return the case with one part of its first lesion, or of a new one, set."""
    first, *others = case.lesions or (Lesion(),)
    return case.model_copy(update={"lesions": (first.model_copy(update={part: value}), *others)})


def _ends_the_deadline(case: Case, part: str) -> bool:
    """The exception: a CT instead of the MRI counts as read unless all is 0, and ends the limit."""
    return part == "escc" and case.mri == "not_possible"


def _hours(case: Case, policy: Policy) -> float:
    """Return the limit before an MRI is read; infinite if there is none."""
    if case.mri == "done":
        case = case.model_copy(update={"mri": "not_done"})
    hours = assess(case, policy, NOON).urgency.hours
    return float("inf") if hours is None else hours


def _rank(case: Case, policy: Policy) -> int:
    return LEVELS.index(assess(case, policy, NOON).urgency.level)
