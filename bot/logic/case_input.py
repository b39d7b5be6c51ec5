"""Reads a case from external data and says in one line why it is refused."""

import json
import re
from contextlib import suppress
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from bot.logic.case import Case, Lesion
from bot.refusal import Refusal

LONGEST_GIVEN: Final = 60
_ID: Final = re.compile(
    r"[a-z]|[a-z]{0,2}(-[a-z])?\d{1,3}[a-z]?\??|[a-z]{3}-\d{2}", re.ASCII | re.IGNORECASE
)


class GivenTwice:
    """Marks a JSON object in which a key was given twice, in place of the object."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __repr__(self) -> str:
        return "an object"

    def __str__(self) -> str:
        return f"{_named(self.key)}: given twice; allowed: once"


def read_case(data: object) -> Case:
    """Build a case from decoded JSON.

    Raises Refusal if a value, a type or a field does not meet the specification.
    """
    if isinstance(data, GivenTwice):
        raise Refusal(str(data))
    if not isinstance(data, dict):
        raise Refusal(f"case: {quoted(data)} given; allowed: one JSON object")
    try:
        return Case.model_validate(data)
    except ValidationError as error:
        raise Refusal(_sentence(data, error.errors(include_url=False)[0]["loc"])) from None


def quoted(given: object) -> str:
    """Show a refused value on one line, in ASCII, cut to a readable length."""
    for show in (json.dumps, ascii):
        with suppress(TypeError, ValueError, RecursionError):
            return _cut(show(given))
    return f"a value of type {type(given).__name__} that is too long to show"


def shown_id(typed: str, otherwise: str) -> str:
    """Show what was typed only if it looks like an id, a grade or a code.

    Anything else may name a person; `otherwise` is shown instead.
    """
    named = typed.strip()
    return f"“{named}”" if _ID.fullmatch(named) else otherwise


def _cut(shown: str) -> str:
    return shown if len(shown) <= LONGEST_GIVEN else shown[: LONGEST_GIVEN - 3] + "..."


def _sentence(data: dict[str, Any], loc: tuple[int | str, ...]) -> str:
    field = str(loc[0]) if loc else _strange(data, Case)
    if field not in Case.model_fields:
        return f"{_named(field)}: unknown field; allowed: {', '.join(Case.model_fields)}"
    given = data[field]
    if field != "lesions" or not isinstance(given, list | tuple) or len(loc) == 1:
        return f"{field}: {quoted(given)} given; allowed: {_allowed(Case.model_fields[field])}"
    place, lesion = int(loc[1]), given[int(loc[1])]
    if isinstance(lesion, GivenTwice):
        return f"lesions.{place}.{lesion}"
    if not isinstance(lesion, dict):
        return f"lesions.{place}: {quoted(lesion)} given; allowed: an object"
    part = str(loc[2]) if len(loc) > 2 else _strange(lesion, Lesion)
    if part not in Lesion.model_fields:
        allowed = ", ".join(Lesion.model_fields)
        return f"lesions.{place}.{_named(part)}: unknown field; allowed: {allowed}"
    allowed = _allowed(Lesion.model_fields[part])
    return f"lesions.{place}.{part}: {quoted(lesion[part])} given; allowed: {allowed}"


def _strange(data: dict[str, Any], model: type[BaseModel]) -> str:
    """Find the field whose very name pydantic could not read."""
    return next(key for key in data if key not in model.model_fields)


def _named(field: str) -> str:
    return _cut(field) if field.isidentifier() and field.isascii() else quoted(field)


def _allowed(field: FieldInfo) -> str:
    return ", ".join(dict.fromkeys(_choices(field.annotation)))


def _choices(annotation: Any) -> list[str]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if annotation is NoneType:
        return ["null"]
    if origin is Literal:
        return [json.dumps(value) for value in parts]
    if origin is Annotated:
        return _quantity(parts[0], parts[1:])
    if origin is tuple:
        return [f"a list of {', '.join(_choices(parts[0]))}"]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return ["objects"]
    return [choice for part in parts for choice in _choices(part)]


def _quantity(kind: Any, metadata: tuple[Any, ...]) -> list[str]:
    limits = {
        name: getattr(item, name)
        for info in metadata
        for item in (info, *getattr(info, "metadata", ()))
        for name in ("ge", "le", "multiple_of")
        if getattr(item, name, None) is not None
    }
    if kind is bool:
        return ["true", "false"]
    if kind is int:
        low, high, step = limits["ge"], limits["le"], limits.get("multiple_of", 1)
        return [str(value) for value in range(low, high + 1, step)]
    if kind is float:
        top = f" to {limits['le']}" if "le" in limits else " or more"
        return [f"a number of {limits['ge']}{top}"]
    if get_origin(kind) is tuple:
        return _choices(kind)
    return ["an ISO 8601 date-time with offset, such as 2026-11-22T23:40:00+00:00"]
