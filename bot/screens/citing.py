"""How a text is cited: sources in short or in full, the rule set, the review status."""

from collections.abc import Iterable
from textwrap import shorten
from typing import Final

from bot.guidance.spoken_times import say_day
from bot.guidance.texts import Guidance, Source, sources
from bot.logic.assessment import RULESET_ID, RULESET_VERSION
from bot.screens.notices import words

MOST_OF_TITLE: Final = 44


def cite(source: Source) -> str:
    """Name a source in one short line: id, organisation, start of the title, year."""
    title = shorten(f"{source.organisation}: {source.title}", MOST_OF_TITLE, placeholder=" …")
    return f"{source.id} {title}{_year(source)}"


def cite_by_title(source: Source) -> str:
    """Name a source in one line: id, its whole title, organisation, year."""
    return f"{source.id} {source.title}. {source.organisation}{_year(source)}"


def cite_in_full(source: Source) -> tuple[str, ...]:
    """Return a source in full: what it is on one line, its address on the next."""
    note = f" ({source.note})" if source.note else ""
    said = f"{source.id}: {source.title}. {source.organisation}{_year(source)}{note}"
    return (said, source.address) if source.address else (said,)


def cited_lines(citations: Iterable[str], statuses: Iterable[str]) -> tuple[str, ...]:
    """Cite each source once, then name the rule set and the review of what cites them."""
    known = sources()
    review = ", ".join(dict.fromkeys(statuses))
    return (
        *(cite(known[each]) for each in dict.fromkeys(citations)),
        f"Rules: {RULESET_ID} {RULESET_VERSION}; review status: {review}",
    )


def say_review(entry: Guidance) -> str:
    """Say the review status of a text, and since when."""
    if entry.approved_on is None:
        status = entry.status.replace("_", " ")
        day = say_day(entry.submitted_on)
        return words("trust")["submitted"].format(status=status, submitted=day)
    name = "approved" if entry.status == "approved" else "changed_since"
    return words("trust")[name].format(approved=say_day(entry.approved_on))


def _year(source: Source) -> str:
    return f", {source.year}" if source.year else ""
