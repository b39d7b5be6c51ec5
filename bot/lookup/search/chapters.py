"""The chapters that can be read, and the number that opens each entry."""

from collections.abc import Mapping
from functools import cache

from bot.logic.library import library
from bot.logic.urgency import Policy
from bot.lookup.search.entries import (
    AVOID_CHAPTER,
    DRUGS_CHAPTER,
    MRI_CHAPTER,
    TERMS_CHAPTER,
    Entry,
    entries,
)


@cache
def chapters(policy: Policy) -> Mapping[str, tuple[Entry, ...]]:
    """Return every chapter with its entries, in reading order."""
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in entries(policy).values():
        found[entry.chapter] = (*found.get(entry.chapter, ()), entry)
    return found


@cache
def offered() -> tuple[str, ...]:
    """Name the chapters on offer; rules and sources are found by asking."""
    written = (passage.chapter for passage in library().values())
    last = (DRUGS_CHAPTER, AVOID_CHAPTER, TERMS_CHAPTER)
    return tuple(dict.fromkeys((MRI_CHAPTER, *written, *last)))


@cache
def numbers(policy: Policy) -> Mapping[str, Entry]:
    """Return every entry by its number: 3.2 in a chapter on offer, else its id, such as d1."""
    found: dict[str, Entry] = {}
    for chapter, listed in chapters(policy).items():
        for place, entry in enumerate(listed, 1):
            known = chapter in offered()
            number = f"{offered().index(chapter) + 1}.{place}" if known else entry.aim
            found[number.casefold()] = entry
    return found


def number_of(entry: Entry, policy: Policy) -> str:
    """Return the number of an entry as written."""
    if entry.chapter not in offered():
        return entry.aim
    return next(number for number, each in numbers(policy).items() if each is entry)


def following(entry: Entry, policy: Policy) -> Entry | None:
    """Return the next entry in the chapter; None after the last."""
    siblings = chapters(policy)[entry.chapter]
    return next(iter(siblings[siblings.index(entry) + 1 :]), None)
