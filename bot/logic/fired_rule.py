"""One rule that fired: its id, which of its sentences apply, and its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.logic.once import remembered

Figure = str | int | float | datetime


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired. `say` names the sentences of its guidance text that apply here."""

    id: str
    say: tuple[str, ...] = ("text",)
    figures: Mapping[str, Figure] = field(default_factory=dict)


def fire(
    rule: str,
    figures: Mapping[str, Figure] | None = None,
    first: str = "text",
    /,
    **notes: bool,
) -> Fired:
    """Create a fired rule that says its `first` sentence and every named note that applies."""
    say = (first, *[name for name, applies in notes.items() if applies])
    return Fired(rule, say, figures) if figures else _without_figures(rule, say)


@remembered
def _without_figures(rule: str, say: tuple[str, ...]) -> Fired:
    return Fired(rule, say)
