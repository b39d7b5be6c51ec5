"""The hash of the rule set: the same for the same rules, another for any other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.guidance import ruleset
from bot.guidance.ruleset import review_counts, ruleset_hash, say_version
from bot.guidance.texts import guidance
from bot.logic.drugs import drugs
from bot.logic.library import library
from bot.service.service import Service
from tests.dialogue import do
from tests.test_command_line import run

BOT = Path(ruleset.__file__).parents[1]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rules that the hash is taken of."""
    for package in ruleset.PACKAGES:
        folder = BOT.joinpath(*package.split(".")[1:])
        shutil.copytree(folder, tmp_path / package)
    monkeypatch.setattr(ruleset, "files", lambda package: tmp_path / package)
    ruleset_hash.cache_clear()
    yield tmp_path
    ruleset_hash.cache_clear()


def taken() -> str:
    ruleset_hash.cache_clear()
    return ruleset_hash()


def test_the_hash_is_short_and_the_same_each_time() -> None:
    first = taken()
    assert len(first) == 12
    assert int(first, 16) >= 0
    assert taken() == first


def test_line_ends_and_other_files_do_not_matter(copy: Path) -> None:
    before = taken()
    for file in (*copy.rglob("*.toml"), *copy.rglob("*.py")):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    (copy / "bot.logic" / "notes.txt").write_text("nothing", "utf-8")
    assert taken() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("bot.logic/urgency.py", '"U1": 12', '"U1": 13'),
        ("bot.logic/steroid.toml", "mg at once", "mg later"),
        ("bot.logic/sources.toml", "year = 2015", "year = 2016"),
        ("bot.flows/triage.toml", "Which cord signs", "What cord signs"),
        ("bot.flows/triage.py", 'id="renal"', 'id="kidneys"'),
        ("bot.lookup.scores/remarks.toml", "0.244", "0.344"),
        ("bot.guidance/first_steps.py", '"W1", "G12"', '"G12", "W1"'),
    ],
)
def test_any_change_of_a_rule_or_a_text_changes_it(
    copy: Path, file: str, old: str, new: str
) -> None:
    before, path = taken(), copy / file
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    assert taken() != before


def test_a_module_that_moves_or_is_added_changes_it(copy: Path) -> None:
    before = taken()
    (copy / "bot.logic" / "sins.py").rename(copy / "bot.logic" / "score.py")
    renamed = taken()
    (copy / "bot.logic" / "new.py").write_text("", "utf-8")
    assert len({before, renamed, taken()}) == 3


def test_the_hash_is_worked_out_only_when_it_is_asked_for(service: Service) -> None:
    ruleset_hash.cache_clear()
    do(service, "/triage", "1", "/why", "/plan")
    assert ruleset_hash.cache_info().misses == 0
    do(service, "/version")
    assert ruleset_hash.cache_info().misses == 1


def test_the_command_line_prints_it(tmp_path: Path) -> None:
    assert run(tmp_path, "version").out.decode() == f"{say_version()}\n"
    assert ruleset_hash() in say_version()


def test_every_text_is_counted_once() -> None:
    counts = review_counts()
    assert list(counts) == ["submitted", "under_review", "approved"]
    assert sum(counts.values()) == len(guidance()) + len(drugs()) + len(library())
