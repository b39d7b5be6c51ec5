"""Cuts a typed line into tokens: words, numbers, fractions, dates, signs."""

import re
import unicodedata
from typing import Final, Literal, NamedTuple

TokenKind = Literal["word", "number", "fraction", "date", "clock", "sign"]

_UNSEEN: Final = ("Cf", "Cc", "Mn")
_REWRITTEN: Final = {
    "\u2019": "'", "\u2018": "'", "`": "'", "\u00b4": "'", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u00ad": "", "\u00bd": " half ", "\u2191": " raised ", "\u2193": " reduced ",
    "\u2192": " to ", "\u00d7": "x", "\u00d8": " no ", "\u2205": " no ", "\u2265": ">",
    "\u2264": "<", "\u00b7": ".", "\u00a0": " ", "\u2022": ";", "|": ";",
    "#": " fracture ", "\u00b0": " ",
}  # fmt: skip
_APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=\w)")
_TURN: Final = re.compile(r"(?<!\S)(?:[-=]+>|-{2,})(?=\s*(?![tlcs]\d)[^\W\d])")
_TOKEN: Final = re.compile(
    r"(?P<date>\d{4}-\d\d?-\d\d?|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?![\d/]))"
    r"|(?P<clock>\d\d?:\d\d)"
    r"|(?P<fraction>\d+[+-]?(?:/\d+[+-]?)+(?!\d))"
    r"|(?P<number>\d+(?:[.,]\d+)?|(?<![\w.])\.\d+)"
    r"|(?P<shorthand>(?<!\w)(?:[+-]ve\b|\([+-]\)|-/-|\+/\+|(?:[cosphdpwyfnib]/[oecphtuwvlk]|w/)(?![/\w])))"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>\+{2,}|[^\s\w])"
)


class Token(NamedTuple):
    """One token in lower case; `start` and `end` are its place in the line as it was typed."""

    text: str
    kind: TokenKind
    start: int
    end: int
    glued: bool
    """Whether it follows the token before it without a space."""


def cut(line: str) -> list[Token]:
    """Return the tokens of a line, in order."""
    text, places = _plain(line)
    tokens = list[Token]()
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "sign"
        glued = bool(tokens) and found.start() > 0 and not text[found.start() - 1].isspace()
        kind = "word" if kind == "shorthand" else kind
        start, end = places[found.start()], places[found.end() - 1] + 1
        tokens.append(Token(found[0], kind, start, end, glued))  # type: ignore[arg-type]
    return tokens


def _plain(line: str) -> tuple[str, list[int]]:
    """Return a line in lower case without apostrophes, and where each letter was typed."""
    letters, places = list[str](), list[int]()
    for place, letter in enumerate(line):
        for each in _folded(letter):
            letters.append(each)
            places.append(place)
    text = "".join(letters)
    gone = {found.start() for found in _APOSTROPHE.finditer(text)}
    if gone:
        places = [place for n, place in enumerate(places) if n not in gone]
        text = "".join(letter for n, letter in enumerate(text) if n not in gone)
    return _TURN.sub(_as_a_stop, text), places


def _as_a_stop(turn: re.Match[str]) -> str:
    """Return an arrow or dashes between words as a full stop of the same length."""
    return ";".ljust(len(turn[0]))


def _folded(letter: str) -> str:
    if letter in _REWRITTEN:
        return _REWRITTEN[letter]
    if letter.isascii():
        return letter.lower() if letter >= " " else (";" if letter == "\n" else " ")
    if letter.isspace():
        return " "
    plain = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(
        _REWRITTEN.get(each, each) for each in plain if unicodedata.category(each) not in _UNSEEN
    )
