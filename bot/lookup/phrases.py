"""The fixed words of the look-ups, from the table beside this."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def phrases(table: str) -> Mapping[str, Any]:
    """Load one table."""
    text = files("bot.lookup").joinpath("phrases.toml").read_text("utf-8")
    found: Mapping[str, Any] = tomllib.loads(text)[table]
    return found
