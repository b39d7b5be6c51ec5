"""The chapters that can be read, and the number that each entry is opened by."""

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
    """Give every chapter with its entries, in the order in which they are read."""
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in entries(policy).values():
        found[entry.chapter] = (*found.get(entry.chapter, ()), entry)
    return found


@cache
def offered() -> tuple[str, ...]:
    """Name the chapters that are offered to be read; rules and sources are found by asking."""
    written = (passage.chapter for passage in library().values())
    last = (DRUGS_CHAPTER, AVOID_CHAPTER, TERMS_CHAPTER)
    return tuple(dict.fromkeys((MRI_CHAPTER, *written, *last)))


@cache
def numbers(policy: Policy) -> Mapping[str, Entry]:
    """Give every entry by its number: 3.2 in a chapter that is offered, else its id, such as d1."""
    found: dict[str, Entry] = {}
    for chapter, listed in chapters(policy).items():
        for place, entry in enumerate(listed, 1):
            known = chapter in offered()
            number = f"{offered().index(chapter) + 1}.{place}" if known else entry.aim
            found[number.casefold()] = entry
    return found


def number_of(entry: Entry, policy: Policy) -> str:
    """Give the number of an entry as it is written."""
    if entry.chapter not in offered():
        return entry.aim
    return next(number for number, each in numbers(policy).items() if each is entry)


def following(entry: Entry, policy: Policy) -> Entry | None:
    """Give the next entry of the chapter; None after the last."""
    siblings = chapters(policy)[entry.chapter]
    return next(iter(siblings[siblings.index(entry) + 1 :]), None)
