"""Says that what identified a person was left out of what was typed, or that it was refused."""

from collections.abc import Sequence
from typing import Final

from bot.screens.notices import words

NAMED_OTHERWISE: Final = ("invite", "called")


def say_left_out(kinds: Sequence[str], *, deleted: bool) -> str:
    """Say what was left out of a line whose rest was read."""
    return _with_deletion(words("left_out")["left_out"].format(what=_say(kinds)), deleted=deleted)


def say_refused(
    kinds: Sequence[str], code: str | None, command: str = "", *, notes: bool = False, deleted: bool
) -> str:
    """Say why a message was refused, and what to use in place of a name: the code of the case.

    A command that names people in another way says which; one that is about the case at
    hand (`notes`) says that nothing was noted.
    """
    table = words("left_out")
    own = command if command in NAMED_OTHERWISE else "done" if notes else ""
    if own:
        return _with_deletion(table[own].format(what=_say(kinds), command=command), deleted=deleted)
    said = table["refused"].format(what=_say(kinds))
    instead = table["use_code"].format(code=code) if code else table["no_code"]
    return _with_deletion(f"{said} {instead}", deleted=deleted)


def _with_deletion(said: str, *, deleted: bool) -> str:
    return f"{said} {words('left_out')['deleted']}" if deleted else said


def _say(kinds: Sequence[str]) -> str:
    *most, last = (words("identifiers")[each] for each in kinds)
    return f"{', '.join(most)} and {last}" if most else last
