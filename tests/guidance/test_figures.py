"""Each figure in a sentence comes from the constant that decides it: change each, and look."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.flows.lint import find_mistakes
from bot.flows.triage import FLOW
from bot.flows.triage_questions import picks
from bot.flows.wording import flow_words
from bot.logic import text_files
from bot.logic.figures import TOPICS, figures
from bot.logic.text_files import WordsError, check_figures
from tests.docs import ROOT
from tests.guidance.said import lines_in_code

TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("figures.toml").read_text("utf-8"))
UNSAID = set(TABLE.pop("unsaid"))
CHANGES = {name: entry.pop("change") for name, entry in TABLE.items() if "change" in entry}


def constants() -> Iterator[tuple[str, str]]:
    """Return each constant of a topic that is a number in its source, and that line of source."""
    for topic in TOPICS:
        source = Path(str(topic.__file__)).read_text("utf-8")
        name = topic.__name__.rpartition(".")[2]
        for node in ast.parse(source).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                value = node.value
                if isinstance(value, ast.Call) and value.args:  # Decimal("0.02")
                    value = value.args[0]
                if isinstance(value, ast.Constant) and re.fullmatch(r"[\d.]+", str(value.value)):
                    yield f"{name}.{node.target.id}", str(ast.get_source_segment(source, node))


def change(constant: str) -> tuple[str, str, str]:
    """Return the topic, a part of its source, and the same part with another figure."""
    topic = constant.partition(".")[0]
    if constant in CHANGES:
        return (topic, *CHANGES[constant])
    old = dict(constants())[constant]
    number = re.findall(r"\d+(?:\.\d+)?", old)[-1]
    other = str(float(number) + 0.5) if "." in number else str(int(number) + 1)
    before, _, after = old.rpartition(number)
    return topic, old, f"{before}{other}{after}"


def all_said(names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the figures and all that is said with each of these constants changed; "" for none."""
    changes = [change(name) if name else ("", "", "") for name in names]
    done = subprocess.run(
        [sys.executable, "-m", "tests.guidance.said"],
        cwd=ROOT, input=json.dumps(changes), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@cache
def in_code() -> tuple[str, ...]:
    return tuple(lines_in_code())


def assert_said(constant: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    for name, reads in TABLE[constant].items():
        old, new = before["figures"][name], after["figures"][name]
        assert old != new, name
        spoken = _find(before["lines"], reads, old)
        assert spoken, f"{name}: no sentence reads {reads}"
        assert _find([*after["lines"], *in_code()], reads, old) == [], name
        assert len(_find(after["lines"], reads, new)) >= len(spoken), name


def _find(lines: Iterable[str], reads: str, figure: str) -> list[str]:
    pattern = re.compile(reads.replace("{}", re.escape(figure)))
    return [line for line in lines if pattern.search(line)]


def test_a_changed_constant_changes_every_sentence() -> None:
    constant = "potassium.HIGH_POTASSIUM_FROM"
    before, after = all_said(("", constant))
    assert_said(constant, before, after)


@pytest.mark.slow
def test_every_changed_constant_changes_every_sentence() -> None:
    before, *after = all_said(("", *TABLE))
    for constant, changed in zip(TABLE, after, strict=True):
        assert_said(constant, before, changed)


def test_every_constant_is_said_or_known_to_be_said_nowhere() -> None:
    assert {name for name, _ in constants()} <= set(TABLE) | UNSAID
    texts = " ".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.toml"))
    for name in (constant.partition(".")[2].lower() for constant in UNSAID):
        assert name not in figures() or f"{{{name}}}" not in texts


def test_no_name_stands_for_two_figures() -> None:
    meant: dict[str, set[str]] = {}
    for topic in TOPICS:
        for name, value in vars(topic).items():
            if name.isupper() and isinstance(value, str | int | float):
                meant.setdefault(name, set()).add(str(value))
    assert [name for name, values in meant.items() if len(values) > 1] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[G12]\ntext = "From {high_potasium_from}"\n', "wrong.toml: G12: {high_potasium_from}"),
        ('[G12]\na = "{given}"\n["U3?"]\nb = "{x}"', "wrong.toml: G12: {given} is not a figure"),
        ('said_with = ["given"]\n[a.b]\nb = "{given} {other:g}"', "wrong.toml: a.b: {other} is no"),
    ],
)
def test_a_figure_that_there_is_not_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    (tmp_path / "wrong.toml").write_text(text, "utf-8")
    monkeypatch.setattr(text_files, "files", lambda _: tmp_path)
    with pytest.raises(WordsError, match=re.escape(told)):
        check_figures()


def test_figures_are_written_as_on_the_ward() -> None:
    said = figures()
    assert said["high_potassium_from"] == "6.0"
    assert said["low_calcium_below"] == "2.10"
    assert said["daily_mg"] == "16"
    assert said["paralysis_limit_hours"] == "24"
    assert said["calcitonin_from"] == "3.5"
    assert said["stepwise_u8"] == "2 weeks"


def test_a_threshold_may_fall_on_a_pick() -> None:
    assert picks(4, 5.5, 5.5, 6.5) == (4, 5.5, 6.5)
    assert list(find_mistakes(FLOW, flow_words(FLOW.id))) == []
