"""A number that may be in another unit, or ionised calcium, is queried before it counts."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Picked, Suggested, Typed
from bot.conversation.replies import Confirm
from bot.flows.grammar import UNKNOWN, Number, Value
from bot.flows.lint import find_mistakes
from bot.flows.triage import FLOW
from bot.flows.wording import flow_words
from bot.service.service import Service
from state.records import StoredCase
from tests.conftest import NOON, stored_case
from tests.dialogue import asked, do, typed

ON_THE_WAY: Mapping[str, Value] = {
    "cord_signs": ["weakness"],
    "cancer": "known",
    "renal": "haemodialysis",
    "mri": "done",
    "lesions_seen": False,
    "calcium": 2.0,
}
CASES = [
    ("calcium", "0.5", True),
    ("calcium", "1.2", True),
    ("calcium", "1.59", True),
    ("calcium", "1.6", False),
    ("calcium", "1.2 mmol/l", True),
    ("calcium", "3.8", False),
    ("calcium", "3.81", True),
    ("calcium", "4.6", True),
    ("calcium", "5", True),
    ("calcium", "unknown", False),
    ("albumin", "5.1", True),
    ("albumin", "9.9", True),
    ("albumin", "10", False),
    ("albumin", "45", False),
    ("albumin", "70", False),
]


def line_for(key: str) -> str:
    """Return the line that answers a question on the way to the laboratory values."""
    question = FLOW.question(key)
    assert question is not None
    return typed(question, ON_THE_WAY.get(key, UNKNOWN if question.can_be_unknown else False))


def reach(engine: Engine, question: str) -> StoredCase:
    """Answer a case up to a question, in whatever order the flow asks."""
    case = stored_case()
    while (key := engine.stand(case, NOON).asked) != question:
        case = engine.advance(case, Picked(key, line_for(key)), "ann", NOON).case
    return case


@pytest.mark.parametrize("event", [Typed, Suggested])
@pytest.mark.parametrize(("question", "line", "doubtful"), CASES)
def test_a_doubtful_number_is_asked_back(
    engine: Engine, question: str, line: str, doubtful: bool, event: type[Typed | Suggested]
) -> None:
    case = reach(engine, question)
    after = engine.advance(case, event(line), "ann", NOON)
    assert isinstance(after.replies[0], Confirm) == doubtful
    assert (question in after.case.latest) == (not doubtful)


def test_a_confirmed_number_counts(engine: Engine) -> None:
    case = reach(engine, "calcium")
    for event in (Typed("yes 1.2"), Picked("calcium", "1.2")):
        assert engine.advance(case, event, "ann", NOON).case.latest["calcium"] == 1.2


@pytest.mark.parametrize("touch", [False, True], ids=["terminal", "phone"])
def test_the_question_says_what_the_number_may_be(service: Service, touch: bool) -> None:
    do(service, "/triage")
    while (key := asked(service)) != "calcium":
        do(service, line_for(key))
    there = replace(service, touch=touch)
    (screen,) = do(there, "1.2")
    assert "1.2 mmol/L. Is that right?" in screen.plain()
    assert "ionised calcium, which does not belong here" in screen.plain()
    assert "mEq/L: if so, type half" in do(there, "4.6")[0].plain()
    assert asked(there) == "calcium"
    do(there, "2.3")
    assert "g/dL: if so, type ten times" in do(there, "5.1")[0].plain()
    assert asked(there) == "albumin"


def test_a_range_without_words_and_words_without_a_range_are_mistakes() -> None:
    words = flow_words(FLOW.id)
    calcium = FLOW.questions["calcium"]
    assert isinstance(calcium, Number)
    wide = replace(FLOW, nodes=tuple(
        replace(node, plausible=(0.5, 5)) if node.id == "calcium" else node for node in FLOW.nodes
    ))  # fmt: skip
    assert [each for each in find_mistakes(wide, words) if "calcium" in each] == [
        "calcium: implausible.above has no wording, or wording but no range",
        "calcium: implausible.below has no wording, or wording but no range",
    ]
    picked = replace(FLOW, nodes=tuple(
        replace(node, picks=(1.2,)) if node.id == "calcium" else node for node in FLOW.nodes
    ))  # fmt: skip
    assert "calcium: a pick is out of range" in [*find_mistakes(picked, words)]
