"""A turn of the longest case: the processor time of a tap and of `/why`, until the commit.

Classes are found by name and the buttons are read from the database, so that this file measures
an older tree unchanged.
"""

import cProfile
import json
import os
import pstats
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any, Final

from bot import __main__ as program
from tests.bench.table import Figure, print_table

ROUNDS: Final = 15
LESIONS: Final = 8
LAST: Final = 20
MOST_MS: Final = 20.0  # for why a rule fired
CHOSEN: Final = {
    "cord_signs": "weakness", "radicular_deficit": "unilateral_progressive", "deficit_days": "3",
    "radicular_pain": "unilateral", "back_pain": "yes", "infection_signs": "no",
    "renal": "haemodialysis", "urine_output": "anuric", "access": "catheter",
    "dialysis_years": "10", "last_dialysis": "12 h ago", "next_dialysis": "in 12 h",
    "potassium": "5", "cancer": "known", "primary": "prostate",
    "blood_thinners": "heparin", "last_blood_thinner": "12 h ago",
    "asia": "B", "walking": "none", "paralysis_hours": "12",
    "mri": "done", "lesions_seen": "some", "escc": "2", "pain": "mechanical", "bone": "lytic",
    "alignment": "deformity", "collapse": "lt50", "posterolateral": "bilateral",
    "previous_rt": "other_level", "previous_surgery": "no",
    "progression_after_rt": "no", "deterioration_during_rt": "no",
    "life_expectancy": "ge3m", "ecog": "2", "kps": "60", "extraspinal_bone": "1",
    "vertebral_mets": "2", "organ_mets": "none", "calcium": "2.5", "albumin": "30",
    "pth_times_uln": "5",
}  # fmt: skip
LEVELS: Final = ("C7", "T3", "T5", "T7", "T9", "T11", "L1", "L3")


def measure() -> None:
    """Print the processor time of a turn, of each tap the quickest round.

    `PROFILE=1` in the environment prints where it goes.
    """
    with tempfile.TemporaryDirectory(prefix="turn-") as name:
        person = Person(Path(name, "turns.db"))
        person.answers_everything()
        profile = cProfile.Profile()
        if os.environ.get("PROFILE"):
            profile.enable()
        rounds = [person.answers_everything() for _ in range(ROUNDS)]
        if os.environ.get("PROFILE"):
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        slowest, why = person.asks_why()
    quickest = [min(taps) * 1000 for taps in zip(*rounds, strict=True)]
    turns = len(quickest)
    every, last = sum(quickest) / turns, sum(quickest[-LAST:]) / LAST
    print_table(
        "turn",
        [
            Figure(f"processor time of a turn, all {turns} taps", f"{every:.2f} ms", "-", True),
            Figure(f"processor time of a turn, the last {LAST} taps", f"{last:.2f} ms", "-", True),
            Figure(
                f"processor time of /why {slowest}, the slowest rule",
                f"{why:.1f} ms",
                f"< {MOST_MS:.0f} ms",
                why < MOST_MS,
            ),
        ],
    )


class Person:
    """A user who taps through the longest case and times each tap."""

    def __init__(self, database: Path, key: Any = None) -> None:
        os.environ["CORDCALL_DATABASE"] = str(database)
        os.environ["CORDCALL_TIMEZONE"] = "UTC"
        service = _service(key)
        self._service = replace(service, touch=True)
        program._started()
        self._database, self._key = database, key
        self._names = {name: _class(name) for name in ("Command", "Incoming", "Tap")}

    def answers_everything(self) -> list[float]:
        """Begin a case and answer every question; return the seconds of each tap."""
        self.begins()
        return list(iter(self.taps, None))

    def begins(self) -> None:
        self._does("Command", "triage")

    def taps(self, clock: Callable[[], float] = process_time) -> float | None:
        """Answer the next question; return the seconds that it took, None at the end."""
        found = self._next()
        if found is None:
            return None
        start = clock()
        self._does("Tap", *found)
        return clock() - start

    def asks_why(self) -> tuple[str, float]:
        """Ask why each rule fired; return the one that took longest, and its milliseconds."""
        self._does("Command", "why")
        rules = [does.partition(" ")[2] for does, _ in self._newest()[1] if does[:4] == "why "]
        took = dict.fromkeys(rules, float("inf"))
        for rule in rules * ROUNDS:
            start = process_time()
            self._does("Command", "why", rule)
            took[rule] = min(took[rule], (process_time() - start) * 1000)
        slowest = max(rules, key=lambda rule: took[rule])
        return slowest, took[slowest]

    def _does(self, kind: str, *said: object) -> None:
        act = self._names[kind](*said)
        self._service.take(self._names["Incoming"]("bench", "ann", act))

    def _next(self) -> tuple[str, int] | None:
        """Find the button to tap on the newest screen: its token and place; None at the end."""
        token, actions = self._newest()
        asked = [does for does, _ in actions if does.startswith(("answer ", "tick ", "done "))]
        ticked = any(does.startswith("untick ") for does, _ in actions)
        done = [does for does in asked if ticked and does.startswith("done ")]
        for place, (does, value) in enumerate(actions):
            if does in done or (not done and does in asked and value == _wanted(does)):
                return token, place
        assert not asked, f"nothing chosen for {asked[0]}"
        return None

    def _opened(self) -> sqlite3.Connection:
        if self._key is None:
            return sqlite3.connect(self._database)
        from state.sqlite.engine import open_file

        return open_file(self._database, self._key)

    def _newest(self) -> tuple[str, list[tuple[str, str]]]:
        """Read the newest screen's token and what each of its buttons does, with its value."""
        with closing(self._opened()) as connection:
            query = "SELECT token FROM outbox WHERE token IS NOT NULL ORDER BY id DESC LIMIT 1"
            (token,) = connection.execute(query).fetchone()
            query = "SELECT actions FROM buttons WHERE token = ?"
            return token, json.loads(connection.execute(query, (token,)).fetchone()[0])


def _wanted(does: str) -> str:
    name, _, item = does.partition(" ")[2].partition(".")
    if name == "level":
        return LEVELS[int(item) - 1]
    if name == "another_level":
        return "yes" if int(item) < LESIONS else "no"
    return CHOSEN[name]


def _service(key: Any) -> Any:
    """Put the program together; an older tree names what does that otherwise."""
    settings = program._settings()
    if wire := getattr(program, "_wire", None):
        return wire(settings, *filter(None, [key]))
    from state.engines import open_store

    return program._serve(open_store(settings.database, key), settings)


def _class(name: str) -> Callable[..., Any]:
    """Find one of the program's classes by its name."""
    loaded = (module for path, module in sys.modules.items() if path.startswith("bot."))
    found: Callable[..., Any] = next(vars(each)[name] for each in loaded if name in vars(each))
    return found


if __name__ == "__main__":
    measure()
