"""Paths through the triage flow: every path of its urgency part, seeded paths of the rest."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from bot.conversation.machine import FlowMachine, Trail
from bot.flows.grammar import Choice, Moment, Number, Question, Several, Value
from bot.flows.triage import FLOW
from bot.logic.urgency import Policy

BOUNDS: dict[str, tuple[float, ...]] = {
    "deficit_days": (0, 6.9, 7, 7.1, 30),
    "paralysis_hours": (0, 24, 24.5, 48, 48.5),
    "egfr": (29.9, 30, 39.9, 60.9, 61),
    "egfr_for_bone_drug": (29.9, 30, 49, 60, 61),
    "dialysis_years": (9.9, 10),
    "potassium": (5.9, 6),
    "calcium": (1.5, 2.09, 2.1, 2.19, 2.2, 2.65, 2.66),
    "albumin": (20, 40),
    "pth_times_uln": (8.9, 9),
}
MOMENTS = ("2026-11-21T18:00:00+00:00", "2026-11-23T07:00:00+00:00")
URGENCY_PART = ("cord_signs", "radicular_deficit", "deficit_days", "radicular_pain", "back_pain")


def choices(question: Question) -> list[Value]:
    """List the possible answers: every option, every bound, not known."""
    match question:
        case Several(options=options):
            single: list[Value] = [[str(option.value)] for option in options]
            found = [[], [str(option.value) for option in options], *single]
        case Choice(options=options):
            found = [option.value for option in options]
        case Number(low=low, high=high, picks=picks):
            found = list(dict.fromkeys((low, high, *picks, *BOUNDS[question.id])))
        case Moment(past=past):
            found = [MOMENTS[0] if past else MOMENTS[1]]
        case _:
            raise AssertionError(question)
    return [*found, "unknown"] if question.can_be_unknown else found


class Chance(Mapping[str, Value]):
    """Answers that are drawn when the flow asks for them, the same for the same seed.

    "Another level" is mostly no, and some answers lean to the ones that open more questions.
    """

    LEANS: Mapping[str, Any] = {"mri": "done", "lesions_seen": "some", "cancer": "known"}

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.given: dict[str, Value] = {}

    def __getitem__(self, key: str) -> Value:
        if key not in self.given:
            question = FLOW.question(key)
            assert question is not None, key
            lean = self.LEANS.get(question.id)
            drawn = self._random.choice(choices(question))
            keep_going = lean is not None and self._random.random() < 0.7
            self.given[key] = lean if keep_going else drawn
        return self.given[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key not in {question.id for question in FLOW.aside}

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def urgency_paths(machine: FlowMachine, policy: Policy) -> Iterator[Trail]:
    """Return every path through the urgency part, infection signs included, once."""
    open_paths: list[dict[str, Value]] = [{}]
    while open_paths:
        answers = open_paths.pop()
        trail = machine.replay(answers, policy)
        if trail.here.id not in (*URGENCY_PART, "infection_signs"):
            yield trail
            continue
        assert isinstance(trail.here, Question)
        open_paths += [{**answers, trail.key: value} for value in choices(trail.here)]
