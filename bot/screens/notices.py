"""The fixed wording of cards and notices, from the TOML tables."""

from collections.abc import Mapping
from functools import cache

from bot.logic.text_files import read_texts


@cache
def words(table: str, file: str = "notices.toml") -> Mapping[str, str]:
    """Load one table of the fixed wording, or of another file."""
    found: Mapping[str, str] = read_texts("bot.screens", file)[table]
    return found


def say_fail_safe(call: str) -> str:
    """Say what to do when CordCall fails; `call` is the local number, or empty."""
    return words("fixed")["fail_safe"].format(call=say_call(call))


def say_call(call: str) -> str:
    """Say whom to call instead; `call` is the local number, or empty."""
    fixed, number = words("fixed"), call.strip().rstrip(".")
    return fixed["call_here"].format(call=number) if number else fixed["call_anywhere"]
