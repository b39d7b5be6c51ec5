"""A rehearsal before the rounds: are the screens right, and which are they?

CordCall runs with a clock that stands still, so that every screen can be compared exactly. What it
showed is written down for the peers.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from time import time
from typing import Any

from tests.bench.bots import Bot, Program, running
from tests.bench.load import Crowd, Load
from tests.bench.reference import Checked, check
from tests.bench.walks import RANDOM, TEN, TEN_TAPS, Shown, leads_on
from tests.botapi import Call

TAPS = 100  # of each person, at random
MOST_SCREENS = 300
SHOWING = ("sendMessage", "editMessageText")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was checked, how the crowd fared, and the walks of the peers."""

    checked: Checked
    loads: tuple[Load, ...]
    ten: Shown
    random: Shown

    @property
    def wrong(self) -> list[str]:
        return [*(each for load in self.loads for each in load.wrong), *self.checked.wrong]


async def rehearse(folder: Path, people: int) -> Rehearsal:
    """Have some people tap both walks, check every screen, and write down those shown."""
    at = int(time())
    still = ("STILL_AT", str(at))
    program = Program("rehearsal", ("-m", "tests.bench.still", "run"), "own", (still,))
    async with running(program, folder, record=None) as bot:
        crowd = Crowd(bot, people)
        ten = await crowd.go(TEN, "rehearsal", taps=TEN_TAPS)
        answered = _screens(bot)[:TEN_TAPS]
        bot.server.calls.clear()
        taps = await crowd.go(RANDOM, "rehearsal", taps=TAPS)
        shown = _screens(bot)[:MOST_SCREENS]
    drawn = [*_in_a_ring(answered, 0), *_in_a_ring(shown, len(answered))]
    (folder / "screens.json").write_text(json.dumps(drawn))
    checked = check(crowd.people, folder, datetime.fromtimestamp(at, UTC))
    walks = Shown(0, len(answered)), Shown(len(answered), len(shown))
    return Rehearsal(checked, (ten, taps), *walks)


def _screens(bot: Bot) -> list[Json]:
    """Return each screen that was sent, in the order of the people."""
    calls = [call for call in bot.server.calls.accepted if call.method in SHOWING]
    calls.sort(key=lambda call: call.params.integer("chat_id"))
    drawn = ({"html": call.params.text("text"), "rows": _labels(call)} for call in calls)
    return [each for each in drawn if leads_on([*chain(*each["rows"])])]


def _labels(call: Call) -> list[list[str]]:
    markup: Any = call.params.json("reply_markup") or {}
    rows = (
        [each["text"] for each in row if "callback_data" in each]
        for row in markup.get("inline_keyboard", [])
    )
    return [row for row in rows if row]


def _in_a_ring(screens: list[Json], first: int) -> list[Json]:
    count = len(screens)
    return [each | {"following": first + (n + 1) % count} for n, each in enumerate(screens)]
