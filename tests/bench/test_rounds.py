"""The short form of the rounds: a few people and seconds; `python -m tests.bench rounds` is whole.

Only what needs no network to install taps along.
"""

from pathlib import Path

import pytest

from tests.bench.bots import CORDCALL, FLOOR, PTB, TELEGRAF, why_not
from tests.bench.rounds import SCENES, go
from tests.bench.rounds_table import print_rounds

pytestmark = pytest.mark.slow

PEOPLE = 5
SECONDS = 1.0
KINDS = {"answer", "tick", "card", "back", "continue", "plan", "edit"}


async def test_every_tap_in_every_scene_leads_to_the_right_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = await go(1, PEOPLE, SECONDS, (FLOOR, PTB, CORDCALL))
    assert found.wrong == []
    assert found.stuck[CORDCALL] == 0
    checked = found.rehearsal.checked
    assert checked.does.keys() >= KINDS
    assert len(checked.screens) > checked.does.total() / 4
    for scene in SCENES:
        for program in (FLOOR, PTB, CORDCALL):
            (load,) = found.loads[scene.name, program]
            assert load.taps >= (scene.people or PEOPLE), scene.name
            assert load.calls >= 2 * load.taps, "a tap is answered, and a screen is shown"
            assert load.processor_seconds > 0
    print_rounds(found)
    assert "taps astray, or wrong screens" in capsys.readouterr().out


async def test_without_node_telegraf_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await why_not(TELEGRAF, tmp_path) == "Telegraf is left out: there is no node and no npm"
