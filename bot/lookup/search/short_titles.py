"""The words on the button that opens an entry: at most 32 characters, and never half a dose."""

import re
from textwrap import shorten
from typing import Final

from bot.logic.drugs import drugs
from bot.lookup.drugs.drug_names import short_name
from bot.lookup.phrases import phrases
from bot.lookup.search.entries import Entry
from bot.screens.pages import LONGEST_ALONE

_ENDS_A_PART: Final = re.compile(r"[:;,](?= )| (?=\()")
_DOSE: Final = " mg"


def short_title(entry: Entry) -> str:
    """Return an entry's title for a button: a drug by its name, a rule by its id and name."""
    if entry.kind == "drug":
        return short_name(drugs()[entry.aim])
    if entry.kind == "rule":
        named = f"Rule {entry.aim}: " if "_" in entry.aim else "Rule "
        return shortened(entry.id, entry.heading.removeprefix(named))
    return shortened(entry.id, entry.heading)


def shortened(id: str, title: str) -> str:
    """Return the short form of a title from the table, else as many of its parts as fit."""
    short: str = phrases("labels").get(id, title)
    if len(short) <= LONGEST_ALONE and _DOSE not in short:
        return short
    parts = [short[: found.start()] for found in _ENDS_A_PART.finditer(short)]
    fitting = [each for each in parts if len(each) <= LONGEST_ALONE and _DOSE not in each]
    whole = [each for each in fitting if " " in each]
    return whole[-1] if whole else shorten(short, LONGEST_ALONE, placeholder=" …")
