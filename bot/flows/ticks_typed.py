"""Reads several ticks from one typed line: every word of it is understood, or none is taken."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.logic.case_input import shown_id

Find = Callable[[str], str | None]

MOST_WORDS: Final = 8
COMMA: Final = ","
JOINS: Final = ("and", "plus")
DENIALS: Final = frozenset(
    ("no", "not", "none", "nothing", "nor", "neither", "never", "without", "except", "but",
     "denies", "absent", "negative")
)  # fmt: skip
DENIED: Final = '; name only what is present, without "no" or "not"'


class Unclear(ValueError):
    """A line that is not understood as a whole; `why` is added to what is allowed."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


def plain(text: str) -> str:
    """Fold signs and underscores, so that "Head & neck" reads as "head and neck"."""
    for sign, word in (("&", " and "), ("+", " and "), ("_", " "), (COMMA, f" {COMMA} ")):
        text = text.replace(sign, word)
    return " ".join(text.casefold().split())


def read_ticks(line: str, named: Find, begun: Find) -> list[str]:
    """Return the options that a line names, with commas, spaces or "and" between them.

    `named` finds an option by a whole name, `begun` by the beginning of one. Raises Unclear if a
    word belongs to no option or denies one; nothing typed is repeated unless it looks like an id.
    """
    words = plain(line).split()
    ticks = list[str]()
    at = 0
    while at < len(words):
        left = words[at:]
        option, many = _first(left, named, begun)
        if option is not None:
            ticks.append(option)
        elif not _parts(left, ticks):
            raise Unclear(DENIED if left[0] in DENIALS else _not_understood(words, at))
        at += many
    if not ticks:
        raise Unclear
    return ticks


def _first(words: Sequence[str], named: Find, begun: Find) -> tuple[str | None, int]:
    """Return the option that these words begin with and how many words name it, the most first."""
    ends = (COMMA, *JOINS)
    piece = next((at for at, word in enumerate(words) if word in ends), len(words))
    for many in range(min(len(words), MOST_WORDS), 0, -1):
        said = " ".join(words[:many])
        option = named(said)
        if option is None and many in (piece, 1) and words[0] not in DENIALS:
            option = begun(said)
        if option is not None:
            return option, many
    return None, 1


def _parts(left: Sequence[str], ticks: Sequence[str]) -> bool:
    """Return whether the next word parts options; a line neither begins nor ends with "and"."""
    return left[0] == COMMA or (left[0] in JOINS and bool(ticks) and len(left) > 1)


def _not_understood(words: Sequence[str], at: int) -> str:
    """Point to a word by its place, which says which one without repeating it."""
    typed = [word for word in words if word != COMMA]
    if len(typed) == 1:
        return ""
    place = len([word for word in words[:at] if word != COMMA]) + 1
    return f"; not understood: {shown_id(words[at], f'word {place}')}"
