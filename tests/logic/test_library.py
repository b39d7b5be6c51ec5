"""The reference library says what the article says, and where that falls short."""

from bot.guidance.texts import sources
from bot.logic.library import library
from bot.logic.review import STATUSES

KINDS = {"outdated", "unsafe", "contradicted", "unconfirmed", "incomplete", "historical"}
EXAMINED = 36
FIGURES = (
    "70 %", "50–58 %", "30–35 %", "80 %", "88 %", "64 %", "60 %", "36 %", "8 months", "49 %",
    "23.4", "6.5", "0.109", "8 of", "1–3 days",
)  # fmt: skip


def test_every_entry_is_complete() -> None:
    for entry in library().values():
        assert entry.status in STATUSES, entry.id
        assert entry.citations and set(entry.citations) <= set(sources()), entry.id
        assert entry.chapter and entry.words, entry.id
        assert 0 < len(entry.title) <= 48, entry.id
        assert 0 < len(entry.text) <= 420 and len(entry.doubt) <= 320, entry.id
        assert bool(entry.doubt) == bool(entry.points) == (entry.kind in KINDS), entry.id


def test_every_statement_that_was_found_wanting_is_marked() -> None:
    marked = {point for entry in library().values() for point in entry.points}
    assert marked == set(range(1, EXAMINED + 1))


def test_the_figures_of_the_article_are_there() -> None:
    everything = " ".join(entry.text for entry in library().values())
    assert [figure for figure in FIGURES if figure not in everything] == []


def test_outcomes_of_old_series_are_marked() -> None:
    for entry in library().values():
        if "ART" in entry.citations and any(each in entry.text for each in ("88 %", "23.4")):
            assert entry.kind in ("historical", "unconfirmed"), entry.id
