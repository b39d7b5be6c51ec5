"""Drugs on dialysis: one row a drug, from the table beside this."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.logic.review import status_of

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
    rows = tomllib.loads(files("bot.logic").joinpath("drugs.toml").read_text("utf-8"))
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
