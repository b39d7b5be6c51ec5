"""Values as they are written for PostgreSQL."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from state.postgres.failures import WRONG_VALUE, Failed


class HoldsNul(Failed):
    """A text has a NUL in it, which PostgreSQL does not keep: nothing was sent to the server."""


def written(value: object) -> bytes | None:
    kind = type(value)
    if kind not in _WRITE:
        kind = next((each for each in _WRITE if isinstance(value, each)), kind)
    return _WRITE[kind](value)


def without_nul(value: object) -> object:
    """Return what is equal to nothing that is kept in place of a text with a NUL."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def _text(value: str) -> bytes:
    encoded = value.encode()
    if b"\0" in encoded:
        raise HoldsNul(f"{WRONG_VALUE}021", "a value was refused (a text with a NUL in it)")
    return encoded


_WRITE: Final[Mapping[type, Callable[[Any], bytes | None]]] = {
    str: _text,
    int: b"%d".__mod__,
    bool: b"%d".__mod__,
    bytes: lambda value: b"\\x" + value.hex().encode(),
    float: lambda value: repr(value).encode(),
    type(None): lambda _: None,
}
