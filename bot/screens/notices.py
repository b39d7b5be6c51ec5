"""The fixed words of cards and notices, from the tables beside this."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def words(table: str, file: str = "notices.toml") -> Mapping[str, str]:
    """Load one table of the fixed words, or of another file of words."""
    text = files("bot.screens").joinpath(file).read_text("utf-8")
    found: Mapping[str, str] = tomllib.loads(text)[table]
    return found
