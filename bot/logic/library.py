"""The reference library: what is known beyond the rules, from the entries in library.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.logic.review import status_of
from bot.logic.text_files import read_texts


@dataclass(frozen=True, slots=True)
class Passage:
    """One entry: a statement with its sources, and any doubt about it.

    `words` are extra search words; `kind` names the doubt, `points` number the
    statements of the article that it is about.
    """

    id: str
    chapter: str
    title: str
    words: tuple[str, ...]
    text: str
    doubt: str
    kind: str
    points: tuple[int, ...]
    citations: tuple[str, ...]
    status: str


@cache
def library() -> Mapping[str, Passage]:
    """Load every entry, by its id."""
    rows = read_texts("bot.logic", "library.toml")
    return {
        id: Passage(
            id=id,
            chapter=row["chapter"],
            title=row["title"],
            words=tuple(row["words"]),
            text=row["text"],
            doubt=row.get("doubt", ""),
            kind=row.get("kind", ""),
            points=tuple(row.get("points", ())),
            citations=tuple(row["citations"]),
            status=status_of(row),
        )
        for id, row in rows.items()
    }
