"""What people tap: ten answers in a row, or whatever they see.

CordCall's screens are written down for the peers, which have none like them: theirs have as many
buttons, in the same rows, and texts as long.
"""

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.export.kinds import KINDS
from tests.soak.crowd import TICKED, is_answer
from tests.soak.told import NOT_TAKEN

Json = dict[str, Any]
CODE = re.compile(r"\b[A-Z]{3}-\d+\b")
CALM = (
    "None of these", "None", "None", "Yes", "No", "Haemodialysis", "Anuric", "Fistula", "Not known",
)  # fmt: skip
TEN_TAPS = 10
GOING_ON = 0.5
DONE = "Done"
ON = ("Continue", DONE)
UNDO = "Undo"
OUT = ("Back", "Case", "Answers", "Plan")
FILES = {kind.label for kind in KINDS.values()}


class Walk(Protocol):
    """How a person begins, which button of a screen they tap, and what must follow."""

    @property
    def opening(self) -> str: ...

    def choose(self, buttons: Sequence[Json], number: int, chance: random.Random) -> Json:
        """Choose the button of the tap with this number."""
        ...

    def trouble(self, before: str, shown: str, said: str) -> str:
        """Say what is wrong with what followed a tap, and with the words of its answer."""
        ...


@dataclass(frozen=True, slots=True)
class Ten:
    """The answers of a calm case, one after the other."""

    opening: str = "/triage"

    def choose(self, buttons: Sequence[Json], number: int, chance: random.Random) -> Json:
        wanted = CALM[min(number, len(CALM) - 1)]
        return next((each for each in buttons if each["text"] == wanted), buttons[0])

    def trouble(self, before: str, shown: str, said: str) -> str:
        return _refused(said) or ("the same question again" if shown == before else "")


@dataclass(frozen=True, slots=True)
class AtRandom:
    """Every other tap goes on with the case, or back to it; the others look at something else.

    Nothing is undone: what came together is known by its second, in which a crowd taps often.
    Nobody is done before anything is ticked: that is refused, in words if there is time for them.
    """

    opening: str = "/triage"

    def choose(self, buttons: Sequence[Json], number: int, chance: random.Random) -> Json:
        ticked = any(each["text"].startswith(TICKED) for each in buttons)
        not_now = (UNDO,) if ticked else (UNDO, DONE)
        buttons = [each for each in buttons if not each["text"].startswith(not_now)] or buttons
        forward = [each for each in buttons if is_answer(each) or each["text"] in ON]
        if chance.random() < GOING_ON:
            out = [each for each in buttons if each["text"] in OUT]
            return chance.choice(forward or out or buttons)
        return chance.choice([each for each in buttons if each not in forward] or buttons)

    def trouble(self, before: str, shown: str, said: str) -> str:
        return _refused(said)


@dataclass(frozen=True, slots=True)
class Shown:
    """A peer's screens from the first to the last and round again, by whatever button."""

    first: int
    count: int

    @property
    def opening(self) -> str:
        return f"/start {self.first}"

    def choose(self, buttons: Sequence[Json], number: int, chance: random.Random) -> Json:
        return chance.choice(buttons)

    def trouble(self, before: str, shown: str, said: str) -> str:
        at, now = (int(text.partition(" ")[0]) - self.first for text in (before, shown))
        return "" if now == (at + 1) % self.count else f"screen {now} after {at}"


def leads_on(labels: Collection[str]) -> bool:
    """Return whether a message is a screen: several buttons, and not just those for files."""
    return len(labels) > 1 and not FILES.issuperset(labels)


def _refused(said: str) -> str:
    return f"not taken: {said}" if said.startswith(NOT_TAKEN) else ""


TEN, RANDOM = Ten(), AtRandom()
