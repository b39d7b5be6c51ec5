"""What every look-up shows below its answer: sources, rule set, review status, disclaimer."""

from collections.abc import Iterable
from datetime import tzinfo

from bot.guidance.texts import Guidance, guidance, say_with_sources
from bot.logic.fired_rule import Fired
from bot.lookup.scores.remarks import Remark, remarks
from bot.screens.citing import cited_lines
from bot.screens.notices import words
from bot.screens.screen import Block, text


def say_rules(zone: tzinfo, fired: Iterable[Fired]) -> tuple[str, ...]:
    """Say the rules that fired, each with its sources."""
    return tuple(say_with_sources(each, zone) for each in fired)


def say_notes(fired: Iterable[Fired], names: Iterable[str]) -> tuple[Block, ...]:
    """Say the named remarks, then the sources of these and of the rules that fired."""
    notes = [remarks()[name] for name in names]
    entries: list[Guidance | Remark] = [*(guidance()[each.id] for each in fired), *notes]
    citations = [source for entry in entries for source in entry.citations]
    return (
        text(*(note.say() for note in notes)),
        say_sources(citations, (entry.status for entry in entries)),
        say_disclaimer(),
    )


def say_sources(citations: Iterable[str], statuses: Iterable[str]) -> Block:
    """List the cited sources, each once, with the rule set and the review status."""
    return text(*cited_lines(citations, statuses), heading="Sources")


def say_disclaimer(*more: str) -> Block:
    return text(" ".join((words("fixed")["disclaimer"], *more)), look="help")
