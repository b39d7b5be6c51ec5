"""The command: refused in one line without PostgreSQL; its status says if anything is amiss."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.botapi import BotApi
from tests.postgres import programs
from tests.region import __main__ as command
from tests.region.drill import Drill, Size
from tests.region.found import Found
from tests.region.trouble import Event
from tests.region.waits import Waits


def test_without_postgresql_one_line_names_its_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(programs, "why_missing", lambda: "PostgreSQL is not installed")
    monkeypatch.setattr("sys.argv", ["region"])
    assert command.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "PostgreSQL is not installed; install the package postgresql"


def drilled(found: Found, *ended: int) -> Drill:
    crowd: Any = SimpleNamespace(people=[])
    waits = Waits(BotApi(record=0).world)
    return Drill(Size(), crowd, waits, [Event("kill 1", waits.now)], found, [*ended], 0.5)


def test_a_drill_that_holds_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.report(drilled(Found())) == 0
    said = capsys.readouterr().out
    assert said.endswith("holds\n") and "does not" not in said
    for zero in Found().amiss:
        assert f"{zero:<34} 0\n" in said
    assert f"  {'kill 1':<32} 0.0 s\n" in said


@pytest.mark.parametrize("what", ["lost", "disordered", "repeated", "missed", "over_budget"])
def test_whatever_is_amiss_is_shown_and_the_status_says_so(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.report(drilled(Found(**{what: ["KES-42: a reason"]}))) == 1
    said = capsys.readouterr().out
    assert ": KES-42: a reason\n" in said and said.endswith("does not hold\n")


def test_a_worker_that_ends_by_itself_is_amiss(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.report(drilled(Found(), 1)) == 1
    assert f"{'ended by themselves':<34} 1\n" in capsys.readouterr().out


def test_what_an_overloaded_machine_misses_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Drill, "longest_waits", lambda _: [("kill 1", 86.5), ("restart", 3.0)])
    assert command.report(drilled(Found(lost=["KES-42: a reason"]))) == 1
    said = capsys.readouterr().out
    assert "somebody waited 86 s, so this machine may be too busy" in said
    assert said.endswith("does not hold\n")
    assert command.report(drilled(Found())) == 0
    assert "too busy" not in capsys.readouterr().out
