"""Drugs on dialysis: one row per product, from the table in drugs.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.logic.review import status_of
from bot.logic.text_files import read_texts

VERDICTS: Final = ("avoid", "caution", "adjust", "ok")


@dataclass(frozen=True, slots=True)
class Drug:
    """One product: what may be done on haemodialysis, at which dose, what instead, and why.

    `names` are its other names, `shared` those it has in common with other products.
    `instead` is empty if no substitute is needed.
    """

    id: str
    name: str
    names: tuple[str, ...]
    shared: tuple[str, ...]
    kind: str
    verdict: str
    dose: str
    instead: str
    why: str
    citations: tuple[str, ...]
    status: str


@cache
def drugs() -> Mapping[str, Drug]:
    """Load every row, by its id."""
    rows = read_texts("bot.logic", "drugs.toml")
    return {
        id: Drug(
            id=id,
            name=row["name"],
            names=tuple(row["names"]),
            shared=tuple(row.get("shared", ())),
            kind=row["class"],
            verdict=row["verdict"],
            dose=row["dose"],
            instead=row.get("instead", ""),
            why=row["why"],
            citations=tuple(row["citations"]),
            status=status_of(row),
        )
        for id, row in rows.items()
    }
