"""Reads JSON from outside strictly: bounded, every key once, no number that JSON does not have."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bot.logic.case_input import quoted
from bot.refusal import Refusal

MOST_BYTES: Final = 4_000_000
DEEPEST: Final = 30
LARGEST: Final = 2**63 - 1  # what every store and every reader can hold
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def parse(data: bytes) -> Any:
    """Parse JSON text.

    Raises Refusal if it is too large, nested too deep, damaged, or says something twice.
    """
    if len(data) > MOST_BYTES:
        raise Refusal(f"more than {MOST_BYTES} bytes given; allowed: at most so many")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(f"byte {error.start} is not UTF-8; allowed: JSON text in UTF-8") from None
    _refuse_deep(text)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_float=_decimal,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        why = f"{error.msg.lower()}, line {error.lineno}"
        raise Refusal(f"not JSON: {why}; allowed: a bundle that CordCall has exported") from None
    except (ValueError, RecursionError):
        raise Refusal(
            "a number is too long; allowed: a bundle that CordCall has exported"
        ) from None
    for each in _texts(found):
        if _CONTROL.search(each):
            raise Refusal(f"{quoted(each)} given, with a control character; allowed: plain text")
    return found


def _refuse_deep(text: str) -> None:
    """Raise Refusal if brackets outside strings are nested too deep; no stack is needed for it."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        each = found[0]
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(each, 0)
        if depth > DEEPEST:
            raise Refusal(f"nested more than {DEEPEST} deep; allowed: at most so deep")


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Refusal(f"{quoted(key)}: given twice; allowed: once")
        found[key] = value
    return found


def _no_constant(given: str) -> float:
    raise Refusal(f"{given} given; allowed: a number")


def _decimal(given: str) -> float:
    value = float(given)
    if value in (float("inf"), float("-inf")):
        raise Refusal(f"{quoted(given)} given; allowed: a number that is not as large")
    return value


def _whole(given: str) -> int:
    if abs(value := int(given)) > LARGEST:
        raise Refusal(f"{quoted(given)} given, which is too long; allowed: at most {LARGEST}")
    return value


def _texts(found: object) -> Iterator[str]:
    """Yield every text in a parsed value, keys included."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += [*each, *each.values()]
