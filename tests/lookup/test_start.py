"""What no tap needs is loaded when it is first used: the look-ups, and libraries."""

from pathlib import Path

import pytest

from tests.loaded import loading
from tests.test_command_line import imported, run

LOADED_LATE = (
    "bot.lookup.search.search",
    "bot.lookup.search.entries",
    "bot.lookup.drugs.drug_names",
    "rapidfuzz",
)


def late(imported: set[str]) -> set[str]:
    return {each for each in imported if each.startswith(LOADED_LATE)}


@pytest.mark.parametrize(
    ("typed", "loads"), [(b"gait\n", False), (b"/drug dex\n", True), (b"/ask dex\n", True)]
)
def test_the_terminal_loads_them_at_the_first_look_up(
    tmp_path: Path, typed: bytes, loads: bool
) -> None:
    done = run(tmp_path, "-X", "importtime", "chat", given=typed + b"/quit\n")
    assert done.status == 0
    assert "bot.service.service" in imported(done)
    assert bool(late(imported(done))) == loads


async def test_telegram_starts_and_answers_without_them(tmp_path: Path) -> None:
    async with loading(tmp_path, "/help", "/mri /drug") as names:
        imported = {*names()}
    assert "bot.adapters.telegram.inline" in imported
    assert late(imported) == set()
