"""Tells by how words are written whether they are the name of a person."""

import re
from typing import Final

from bot.identifiers.words import Word, read_lists

_LISTS: Final = read_lists("names.toml")
_SURE_TITLES: Final = _LISTS["sure_titles"]
_ONLY_CAPITAL: Final = _LISTS["only_capital"]
_AUXILIARIES: Final = _LISTS["auxiliaries"]
_WITH_EPONYM: Final = _LISTS["with_eponym"]
_PLACES: Final = _LISTS["places"]
_IMAGED: Final = _LISTS["imaged"]
_BETWEEN: Final = re.compile(r"[ \u00a0,.:;=('\"-]{0,4}")


def may_be_patient(word: Word, *, named: bool) -> bool:
    """Return whether a word after "patient" is a name; after "patient named" it may be unknown."""
    capital = word.capital and len(word.text) > 2 and word.low not in _AUXILIARIES
    if word.unknown and word.sounds_clinical and not named:
        return False
    return word.named or (not word.ordinary and (capital or named))


def may_be_titled(title: Word, word: Word, between: str) -> bool:
    """Return whether a word after a title is a name: "MR spine" and "MS relapse" are none."""
    written = title.text.istitle()
    if title.low == "m" and not between.startswith("."):
        return False
    if title.text in ("Mr", "mr") and word.text.istitle():
        return word.low not in _IMAGED
    if title.low in _ONLY_CAPITAL and not (written and word.text[0].isupper()):
        return False
    if title.low in _SURE_TITLES:
        return not word.ordinary or word.text.istitle()
    if title.low == "dr" or title.low == "doctor":
        return not word.ordinary and len(word.text) > 1
    if word.named or (word.both and word.text.istitle()):
        return True
    if written and word.text.istitle():
        return word.unknown
    if word.unknown and len(word.text) > 2 and title.low == "mr":
        return title.text != "MR" or (word.text.isupper() and len(word.text) > 4)
    return False


def are_two_names(one: Word, other: Word, between: str) -> bool:
    """Return whether two neighbouring words are a given name and a surname, in either order."""
    if not _BETWEEN.fullmatch(between) or "." in between or ":" in between or ";" in between:
        return False
    capitals = one.text[0].isupper() and other.text[0].isupper()
    if other.low in _WITH_EPONYM or one.low in _PLACES:
        return False
    first = one.capital or one.surname
    if "," in between:
        after = other.given or (one.surname and other.both and other.low not in _AUXILIARIES)
        return capitals and first and after and not one.ordinary
    if capitals and (one.surname or one.both) and (other.surname or other.both):
        return not (one.both and other.both)
    if one.given and other.text[0].isupper() and (other.named or other.both or other.capital):
        return not other.ordinary
    if one.given and one.text.islower() and other.text.islower():
        return other.named or (other.unknown and len(other.text) > 2)
    if (
        capitals
        and one.capital
        and (one.unknown or (one.both and one.low not in _AUXILIARIES))
        and (other.surname or (other.unheard and (one.unheard or one.both)))
    ):
        return True
    return capitals and first and not one.ordinary and other.given
