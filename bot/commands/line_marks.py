"""What /line and its buttons name: what to do, with which items of a line, and of which line."""

import re
from typing import Final

from bot.conversation.case_codes import codes_in
from bot.flows.typed import small_number
from state.read_lines import ReadLine

IN, OUT = "in", "out"
BETWEEN: Final = "."  # between the mark of a line and the number of its changes
MARK_BYTES: Final = 4
_MARK: Final = re.compile(rf"[0-9a-f]{{{2 * MARK_BYTES}}}(?:{re.escape(BETWEEN)}\d+)?")


def named_by(which: str) -> tuple[str, list[int], str, str]:
    """Return what is to be done, with which items; the mark of a button, or the code typed."""
    given = which.split()
    codes = [each.upper() for each in given if codes_in(each.upper())]
    first, *rest = [each for each in given if each.upper() not in codes] or [""]
    does = first.casefold()
    named = rest.pop(0).split(",") if does in (IN, OUT) and rest else []
    numbers = [number for each in named if (number := small_number(each))]
    return does, numbers, rest[0] if rest else "", codes[0] if codes else ""


def is_mark(given: str) -> bool:
    """Return whether a word has the form of a button's mark."""
    return _MARK.fullmatch(given) is not None


def is_of_line(mark: str, waiting: ReadLine, *, exact: bool) -> bool:
    """Return whether a button is of the line that waits, and if `exact` of its newest screen."""
    return mark == waiting.mark if exact else _line_of(mark) == _line_of(waiting.mark)


def _line_of(mark: str) -> str:
    return mark.partition(BETWEEN)[0]


def renewed(mark: str) -> str:
    """Return the next mark of a line: what was left out of it has changed."""
    line, _, number = mark.partition(BETWEEN)
    return f"{line}{BETWEEN}{int(number or 0) + 1}"
