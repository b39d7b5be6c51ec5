"""The hash of the rule set: the same for the same rules, different for any others."""

import re
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
from tests.forked import run

BOT = Path(ruleset.__file__).parents[1]
CARRIES_ONLY = (
    "__init__.py", "__main__.py", "adapters", "env_file.py", "logs.py", "masks.py",
    "private_file.py", "settings.py",
)  # fmt: skip
EVERY_FILE = sorted(
    path.relative_to(BOT).as_posix() for path in BOT.rglob("*") if path.suffix in (".py", ".toml")
)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the product, whose hash is taken."""
    folder = tmp_path / "bot"
    shutil.copytree(BOT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(ruleset, "ROOT", folder)
    ruleset_hash.cache_clear()
    yield folder
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
    (copy / "logic" / "notes.txt").write_text("nothing", "utf-8")
    assert taken() == before


@pytest.mark.slow
def test_one_word_in_any_file_changes_it(copy: Path) -> None:
    """Code that only carries answers does not count; everything else does, file by file."""
    before = taken()
    unnoticed = []
    for name in EVERY_FILE:
        path = copy / name
        content = path.read_text("utf-8")
        changed = re.sub(r"[A-Za-z]{2,}", "changed", content, count=1)
        assert changed != content, name
        path.write_text(changed, "utf-8")
        if taken() == before:
            unnoticed.append(name)
        path.write_text(content, "utf-8")
    assert unnoticed == [name for name in EVERY_FILE if name.split("/")[0] in CARRIES_ONLY]
    assert taken() == before


def test_a_module_that_moves_or_is_added_changes_it(copy: Path) -> None:
    before = taken()
    (copy / "logic" / "sins.py").rename(copy / "logic" / "score.py")
    renamed = taken()
    (copy / "logic" / "new.py").write_text("", "utf-8")
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
