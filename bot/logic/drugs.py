"""Drugs on dialysis: one row a drug, from the table beside this."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.logic.review import status_of
from bot.logic.text_files import read_texts

VERDICTS: Final = ("avoid", "caution", "adjust", "ok")


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug: what may be done on haemodialysis, at which dose, why; `names` are its others."""

    id: str
    name: str
    names: tuple[str, ...]
    kind: str
    verdict: str
    dose: str
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
            kind=row["class"],
            verdict=row["verdict"],
            dose=row["dose"],
            why=row["why"],
            citations=tuple(row["citations"]),
            status=status_of(row),
        )
        for id, row in rows.items()
    }
