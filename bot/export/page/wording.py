"""The wording of the page beside what is handed over."""

from collections.abc import Mapping
from functools import cache

from bot.logic.text_files import read_texts


@cache
def words(table: str) -> Mapping[str, str]:
    """Load one table of the wording of the page."""
    found: Mapping[str, str] = read_texts("bot.export.page", "page.toml")[table]
    return found
