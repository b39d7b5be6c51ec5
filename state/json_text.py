"""JSON as it is stored: compact, each character as itself."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final


def _fastest() -> Callable[[object], str]:
    if find_spec("orjson") is None:
        return json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    import orjson

    return lambda value: orjson.dumps(value, default=_as_plain_tuple).decode()


def _as_plain_tuple(value: object) -> tuple[object, ...]:
    """Return a named tuple as a plain one; raise TypeError for anything else."""
    if isinstance(value, tuple):
        return tuple(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


write_json: Final = _fastest()
