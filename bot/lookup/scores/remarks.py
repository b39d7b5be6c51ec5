"""What the calculators say beyond the rules: remarks with their sources and review status."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.logic.text_files import read_texts


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark, with its sources and its review status."""

    text: str
    citations: tuple[str, ...]
    status: str

    def say(self) -> str:
        """Say it with its sources and its status."""
        return f"{self.text} [{', '.join(self.citations)}; {self.status}]"


@cache
def remarks() -> Mapping[str, Remark]:
    """Load every remark, by its name."""
    return {
        name: Remark(entry["text"], tuple(entry["citations"]), entry["status"])
        for name, entry in _toml().items()
        if name != "said"
    }


@cache
def said() -> Mapping[str, str]:
    """Load the plain phrases of the calculators."""
    words: Mapping[str, str] = _toml()["said"]
    return words


@cache
def _toml() -> Mapping[str, Any]:
    return read_texts("bot.lookup.scores", "remarks.toml")
