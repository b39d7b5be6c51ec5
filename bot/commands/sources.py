"""`/sources`: every source by topic, in pages, and one source with everything that cites it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.commands.why import SHORT, label
from bot.guidance.texts import Source, guidance
from bot.guidance.texts import sources as every_source
from bot.logic.case_input import shown_id
from bot.logic.drugs import drugs
from bot.logic.library import library
from bot.screens.citing import cite_by_title, cite_in_full
from bot.screens.drawn_lines import block_lines
from bot.screens.notices import words
from bot.screens.pages import MOST_BUTTONS, in_words, page_of, split_page
from bot.screens.screen import Button, Screen, in_rows, text
from bot.turn import Turn

MOST_LINES: Final = 18
MOST_ON_PAGE: Final = MOST_BUTTONS - 3  # beside page before, next page and topics
IN_ROW: Final = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Some sources of one topic."""

    topic: str
    sources: tuple[Source, ...]


def sources(turn: Turn, which: str) -> None:
    """Show the topics, one page by its number or topic, or one source by its id."""
    listed, number = split_page(which.strip())
    named = listed.casefold()
    source = next((s for s in every_source().values() if s.id.casefold() == named), None)
    if source:
        turn.show(draw_source(source, number))
    elif place := _page_number(named):
        turn.show(draw_page(place))
    elif named:
        turn.say(_refusal(which))
    else:
        turn.show(draw_topics(number))


def draw_topics(number: int = 1) -> Screen:
    """Offer the topics with their number of sources, page by page."""
    page = page_of([*sources_by_topic().items()], number, beside=0)
    lines = [f"{words('topics')[topic]}: {len(ids)}" for topic, ids in page.shown]
    buttons = [
        Button(words("topics")[topic], f"sources {topic}", typed=f"/sources {topic}")
        for topic, _ in page.shown
    ]
    rows = in_words((*buttons, *page.turn("sources")))
    ask = words("trust")["choose_a_topic"].format(count=len(every_source()))
    return Screen("info", "Sources", (text(ask), text(*lines, look="list")), rows)


def draw_page(number: int) -> Screen:
    """Draw a page, counted from 1."""
    page = pages()[number - 1]
    lines = (cite_by_title(source) for source in page.sources)
    rows = [*in_rows([_button(each) for each in page.sources], IN_ROW)]
    turns = [
        Button(name, f"sources {to}", typed=f"/sources {to}")
        for name, to in (("Page before", number - 1), ("Next page", number + 1))
        if 0 < to <= len(pages())
    ]
    rows.append((*turns, _TOPICS))
    title = f"Sources {number}/{len(pages())} · {words('topics')[page.topic]}"
    return Screen("info", title, (text(*lines, look="list"),), tuple(rows))


def draw_source(source: Source, number: int = 1) -> Screen:
    """Draw one source in full, with every rule, drug and entry that cites it.

    The buttons of its rules are in pages.
    """
    rules = [entry for entry in guidance().values() if source.id in entry.citations]
    others = (
        ("Rules", [label(entry) for entry in rules]),
        ("Drugs", [row.name for row in drugs().values() if source.id in row.citations]),
        ("Reference library", [p.title for p in library().values() if source.id in p.citations]),
    )
    cited = [f"{kind}: {'; '.join(names)}" for kind, names in others if names]
    lines = cited or [words("trust")["not_cited"]]
    blocks = (text(*cite_in_full(source)), text(*lines, heading="Cited by", look="fold"))
    page = page_of([each for each in rules if len(each.id) <= SHORT], number, beside=1)
    rows = in_rows([Button(e.id, f"why {e.id}", typed=f"/why {e.id}") for e in page.shown], IN_ROW)
    last = (*page.turn(f"sources {source.id}"), _TOPICS)
    return Screen("info", f"Source {source.id}", blocks, (*rows, last))


@cache
def sources_by_topic() -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the sources that each topic cites, in the order of the sources."""
    cited: dict[str, set[str]] = {topic: set() for topic in words("topics")}
    for entry in guidance().values():
        cited[entry.topic].update(entry.citations)
    for topic, table in (("drugs", drugs()), ("library", library())):
        cited[topic].update(*(row.citations for row in table.values()))
    return {topic: tuple(id for id in every_source() if id in ids) for topic, ids in cited.items()}


@cache
def pages() -> tuple[Page, ...]:
    """Return all pages: one topic per page, few enough sources for a screen."""
    return tuple(_pages())


def _pages() -> Iterator[Page]:
    for topic, ids in sources_by_topic().items():
        some: list[Source] = []
        for source in (every_source()[id] for id in ids):
            full = len(some) == MOST_ON_PAGE or _height((*some, source)) > MOST_LINES
            if some and full:
                yield Page(topic, tuple(some))
                some = []
            some.append(source)
        yield Page(topic, tuple(some))


def _button(source: Source) -> Button:
    return Button(source.id, f"sources {source.id}", typed=f"/sources {source.id}")


def _height(listed: Iterable[Source]) -> int:
    return block_lines(text(*map(cite_by_title, listed), look="list"))


def _page_number(named: str) -> int | None:
    """Find a page by its number, or the first one of a topic."""
    for number, page in enumerate(pages(), 1):
        names = (str(number), page.topic, words("topics")[page.topic].casefold())
        if named in names:
            return number
    return None


def _refusal(which: str) -> str:
    ids = list(every_source())
    numbered = [id for id in ids if id[0] == "R"]
    named = [id for id in ids if id not in numbered]
    allowed = ", ".join((*named, f"{numbered[0]} to {numbered[-1]}"))
    return words("trust")["no_such_source"].format(
        given=shown_id(which, "/sources"), allowed=allowed, pages=len(pages())
    )


_TOPICS: Final = Button("Topics", "sources", typed="/sources")
