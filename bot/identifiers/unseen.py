"""Writes a text as it looks: without what cannot be seen, and with one kind of letter and space."""

import re
import unicodedata
from typing import Final

_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_SPACES: Final = re.compile(r"[^\S\n]+")
_SAME_LETTER: Final = ("<wide>", "<narrow>", "<font>")


def as_it_looks(text: str) -> str:
    """Return a text as a person reads it.

    Pasted lines hold tabs, soft hyphens, accents on their own, and letters and digits of other
    widths.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
        text = "".join(each if each.isascii() else _usual(each) for each in text)
    return _SPACES.sub(" ", text)


def _usual(letter: str) -> str:
    same = unicodedata.decomposition(letter).startswith(_SAME_LETTER)
    return unicodedata.normalize("NFKC", letter) if same else letter
