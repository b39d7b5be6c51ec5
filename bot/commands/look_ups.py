"""The commands that look something up: they need no case, and viewers may use them."""

from importlib import import_module
from typing import Final

from bot.access import Right
from bot.commands.traits import LOOK_UP, Handler, Traits
from bot.turn import Turn


def _look_up(topic: str, name: str = "") -> Handler:
    """Load a look-up on first use, so that start-up does not pay for it."""

    def handle(turn: Turn, rest: str) -> None:
        getattr(import_module(f"bot.lookup.{topic}"), name or topic.rpartition(".")[2])(turn, rest)

    return handle


LOOK_UPS: Final = (
    Traits(
        "mri", _look_up("mri.mri"), LOOK_UP, "how soon an MRI, by presentation", "[WORDS]",
        "foot drop 3 days", right=Right.VIEWER,
    ),
    Traits(
        "drug", _look_up("drugs.drug"), LOOK_UP, "a drug on haemodialysis, by name or brand",
        "[NAME]", "prolia", right=Right.VIEWER,
    ),
    Traits(
        "ask", _look_up("search.ask"), LOOK_UP, "search the stored passages, or list the chapters",
        "[WORDS]", "steroid dose", right=Right.VIEWER,
    ),
    Traits(
        "sins", _look_up("scores.sins"), LOOK_UP, "SINS of one lesion, in six taps", "[ITEMS]",
        "T11 mechanical lytic", right=Right.VIEWER,
    ),
    Traits(
        "escc", _look_up("scores.escc"), LOOK_UP, "what each ESCC (Bilsky) grade means",
        "[GRADE]", "1b", right=Right.VIEWER,
    ),
    Traits(
        "tokuhashi", _look_up("scores.tokuhashi"), LOOK_UP, "revised Tokuhashi, in six taps",
        "[ITEMS]", "70 0 1 none", right=Right.VIEWER,
    ),
    Traits(
        "asia", _look_up("scores.scales", "asia"), LOOK_UP, "ASIA and Frankel, ECOG, Karnofsky",
        "[GRADE]", "D", right=Right.VIEWER,
    ),
    Traits(
        "calcium", _look_up("scores.calcium"), LOOK_UP,
        "adjusted calcium, from calcium and albumin", "[CA ALB]", "1.98 30", right=Right.VIEWER,
    ),
)  # fmt: skip
