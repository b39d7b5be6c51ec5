"""The documents are true."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from bot import __version__
from bot.__main__ import app
from bot.adapters.telegram.counts import KINDS, Counts
from bot.adapters.telegram.metrics import (
    LEVELS,
    LONGEST_SILENCE_S,
    LONGEST_WAIT_S,
    Kept,
    metrics,
)
from bot.commands.waiting_lines import REMIND_AFTER
from bot.flows.triage import FLOW
from bot.guidance import texts
from bot.guidance.texts import guidance, sources
from bot.logic.assessment import RULESET_VERSION
from bot.logic.drugs import drugs
from bot.logic.text_files import WordsError
from bot.review import flow_page
from bot.settings import ALLOWED, Settings
from state.key import read_key
from state.sqlite.workers import Workers
from tests import rooms
from tests.conftest import NOON
from tests.docs import (
    COMMANDS,
    README,
    ROOT,
    TRANSCRIPT,
    TRIAGE_PAGE,
    command_table,
    transcript,
)

INTENDED_USE = ROOT / "docs" / "safety" / "intended-use.md"
TEXTS = [
    path
    for path in (ROOT / "bot").rglob("*.toml")
    if path.name not in ("sources.toml", "common.toml")
]


def test_the_flow_page_is_fresh() -> None:
    assert TRIAGE_PAGE.read_text("utf-8") == flow_page.page(FLOW)


def test_the_drawing_of_the_rooms_is_fresh() -> None:
    assert rooms.PAGE.read_text("utf-8") == rooms.page()


def test_an_arrow_is_left_out_only_beside_a_longer_way() -> None:
    arrows = {
        "service": {"turn", "logic"},
        "turn": {"flow", "logic"},
        "flow": {"logic"},
        "logic": set(),
    }
    assert rooms.shortest(arrows) == {
        "service": {"turn"}, "turn": {"flow"}, "flow": {"logic"}, "logic": set(),
    }  # fmt: skip


@pytest.mark.parametrize("room", sorted(rooms.direct()))
def test_a_room_says_what_it_is_and_where_to_start_reading(room: str) -> None:
    said = rooms.docstring(room)
    assert len(said) > 20
    if rooms.source(room).name == "__init__.py":
        start = re.search(r"^Start with `([^`]+)`", said, re.MULTILINE)
        assert start is not None
        assert (rooms.source(room).parent / start[1]).is_file()


def test_the_readme_begins_with_how_to_clone_and_start() -> None:
    beginning = README.read_text("utf-8").splitlines()[:10]
    for command in ("    git clone ", "    make run"):
        assert any(line.startswith(command) for line in beginning), command


def test_each_row_on_what_to_change_names_files_that_are_there() -> None:
    readme = README.read_text("utf-8")
    table = readme.partition("## Where do I change …")[2].partition("\n\nHow an event")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| ")][1:]
    assert 10 < len(rows) < 31
    for change, where in rows:
        named = [name for name in re.findall(r"`([^`]+)`", where) if not name.startswith("make ")]
        assert named, change
        assert [name for name in named if not (ROOT / name).exists()] == [], change


def test_the_readme_transcript_is_what_the_terminal_shows(tmp_path: Path) -> None:
    found = TRANSCRIPT.search(README.read_text("utf-8"))
    assert found is not None
    assert found[0] == transcript(tmp_path)


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md", "docs/hospital/going-live.md"])
def test_a_page_says_when_an_unconfirmed_emergency_is_shown_once_more(page: str) -> None:
    minutes = REMIND_AFTER.total_seconds() / 60
    said = f"once more after {minutes:g} minutes, with sound"
    assert said in (ROOT / page).read_text("utf-8")


def test_every_command_of_the_conversation_is_in_the_readme() -> None:
    found = COMMANDS.search(README.read_text("utf-8"))
    assert found is not None
    assert found[0] == command_table()


def test_every_variable_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    named = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(named) == sorted(ALLOWED)
    read = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert read == set(ALLOWED)


@pytest.mark.parametrize("page", [README, rooms.PAGE, INTENDED_USE], ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:bot|state|tests|docs)/[\w./-]+)`", page.read_text("utf-8"))
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", [README, INTENDED_USE], ids=lambda page: page.name)
def test_every_setting_and_page_that_a_page_names_is_there(page: Path) -> None:
    said = page.read_text("utf-8")
    variables = set(re.findall(r"`(CORDCALL_[A-Z_]+)`", said))
    assert variables
    assert variables <= set(ALLOWED)
    for name in re.findall(r"\]\(([\w.-]+\.md)\)", said):
        assert (page.parent / name).is_file(), name


def test_the_safety_pages_are_linked() -> None:
    for page in (README, ROOT / "CHANGELOG.md"):
        said = page.read_text("utf-8")
        assert "docs/safety/hazards.md" in said
        assert "docs/safety/intended-use.md" in said


def test_every_make_target_that_the_readme_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make (\w+)", README.read_text("utf-8")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_is_in_the_readme() -> None:
    readme = README.read_text("utf-8")
    for command in app().registered_commands:
        assert command.callback is not None
        assert f"cordcall {command.name or command.callback.__name__}" in readme


def test_the_changelog_names_the_version_the_rule_set_and_the_drugs() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert set(re.findall(r"(\d+) drugs", changelog)) == {str(len(drugs()))}
    assert f"## {__version__}" in changelog
    assert RULESET_VERSION in changelog


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_texts_are_filed_under_the_topic_of_a_module(path: Path) -> None:
    assert path.with_suffix(".py").exists()
    assert tomllib.loads(path.read_text("utf-8"))


def test_every_guidance_text_cites_known_sources_and_has_a_status() -> None:
    for entry in guidance().values():
        assert entry.citations
        assert set(entry.citations) <= set(sources()), entry.id
        assert all(sentence.strip() for sentence in entry.sentences.values())
        said = re.sub(r"\{\w+\}", "0.00", entry.sentences.get("card", ""))
        assert len(said) <= 72, entry.id


def test_every_source_names_its_title_and_organisation() -> None:
    for source in sources().values():
        assert source.title.strip()
        assert source.organisation.strip()
        assert source.address is None or source.address.startswith("http")


def test_a_text_that_cites_nothing_known_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    texts.check()
    monkeypatch.setattr(texts, "_source_ids", lambda: frozenset(sources()) - {"R07"})
    with pytest.raises(WordsError, match="R07 is not a known source"):
        texts.check()


def test_the_guide_lists_every_metric_and_no_other() -> None:
    service = SimpleNamespace(clock=lambda: NOON, store=SimpleNamespace(workers=Workers()))
    kept = Kept(out_of_use=False, waiting=0, oldest_s=0.0, open_cases={}, reminders_due=0)
    counts = Counts()
    counts.heard(0)
    with patch("bot.adapters.telegram.metrics.read_kept", lambda _: kept):
        written = metrics(service, counts)  # type: ignore[arg-type]
    names = set(re.findall(r"^# TYPE (\w+)", written, re.MULTILINE))
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"`(cordcall_\w+)", guide)) == names
    for seconds in (LONGEST_SILENCE_S, LONGEST_WAIT_S):
        assert f"(503 from {seconds:g} s on" in guide
    for label in (*KINDS, *(each or "none" for each in LEVELS)):
        assert f"`{label}`" in guide


def test_every_command_of_the_guide_that_names_the_database_names_its_key() -> None:
    """A database of PostgreSQL has none, and is refused with one."""
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    commands = re.findall(r"^    (.*CORDCALL_DATABASE=.*cordcall .*)$", guide, re.MULTILINE)
    keyless = [each for each in commands if "CORDCALL_KEY_FILE=" not in each]
    assert len(commands) - len(keyless) >= 10
    assert [each for each in keyless if "CORDCALL_DATABASE='postgresql://" not in each] == []
    assert len(keyless) == guide.count("CORDCALL_DATABASE='postgresql://")


def test_the_first_steps_write_a_key_that_is_taken(tmp_path: Path) -> None:
    (step,) = re.findall(
        r"`make \.venv/\.run && (mkdir .* key new [^`]+)`", README.read_text("utf-8")
    )
    command = step.replace(".venv/bin/cordcall", f"{sys.executable} -m bot")
    subprocess.run(command, shell=True, check=True, cwd=ROOT, env={"HOME": str(tmp_path)})
    assert read_key(tmp_path / "keys" / "cordcall", ROOT / "cordcall.db")
