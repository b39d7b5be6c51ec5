"""The fixed phrases of the look-ups, from phrases.toml."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.logic.text_files import read_texts


@cache
def phrases(table: str) -> Mapping[str, Any]:
    """Load one table."""
    found: Mapping[str, Any] = read_texts("bot.lookup", "phrases.toml")[table]
    return found
