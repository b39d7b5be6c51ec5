"""The wording of a flow: each question, its help line, its options, its summary label."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from bot.flows.grammar import UNKNOWN, Flow, Option
from bot.logic.text_files import read_texts

PACKAGE: Final = "bot.flows"


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The wording of one question.

    `options` are the labels of its buttons, `full` what is said and may be typed where a label is
    short. `rows` counts the buttons of each row; empty, they stand as they fit. `implausible` says
    what a number too low or high may be.
    """

    ask: str
    help: str
    label: str
    options: Mapping[str, str]
    unknown: str
    meanings: Mapping[str, str]
    implausible: Mapping[str, str] = field(default_factory=dict)
    full: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[int, ...] = ()

    def option(self, option: Option) -> str:
        """Return the label of an option's button."""
        return self.options.get(option.key, option.key)

    def in_full(self, key: str) -> str:
        """Say an option by its key, without abbreviation."""
        return self.full.get(key) or self.options.get(key, key)

    @property
    def unknown_in_full(self) -> str:
        """Say "not known" without abbreviation."""
        return self.full.get(UNKNOWN, self.unknown)


@dataclass(frozen=True, slots=True)
class FlowWords:
    """The wording of a flow: its questions, part names, and what is said while it waits."""

    questions: Mapping[str, QuestionWords]
    parts: Mapping[str, str]
    outcomes: Mapping[str, str] = field(default_factory=dict)


@cache
def flow_words(flow_id: str, package: str = PACKAGE) -> FlowWords:
    """Load the wording of a flow from the TOML file named after it in a package."""
    entries = read_texts(package, f"{flow_id}.toml")
    common = read_texts(PACKAGE, "common.toml")
    parts: dict[str, str] = entries.pop("parts")
    outcomes: dict[str, str] = entries.pop("outcomes", {})
    questions = {name: _question(entry, common) for name, entry in entries.items()}
    return FlowWords(questions, parts, outcomes)


def words_of(flow: Flow, question_id: str) -> QuestionWords:
    return flow_words(flow.id, flow.words_in).questions[question_id]


def _question(entry: dict[str, Any], common: dict[str, Any]) -> QuestionWords:
    options: dict[str, str] = common["options"] | entry.get("options", {})
    unknown: str = entry.get("unknown", common["unknown"])
    meanings: dict[str, str] = entry.get("meanings", {})
    implausible: dict[str, str] = entry.get("implausible", {})
    full: dict[str, str] = entry.get("full", {})
    rows: list[int] = entry.get("rows", [])
    return QuestionWords(
        ask=entry["ask"],
        help=entry["help"],
        label=entry["label"],
        options=options,
        unknown=unknown,
        meanings=meanings,
        implausible=implausible,
        full=full,
        rows=tuple(rows),
    )
