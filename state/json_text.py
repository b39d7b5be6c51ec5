"""JSON as it is stored: compact, each character as itself."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final


def _fastest() -> Callable[[object], str]:
    if find_spec("orjson") is None:
        return json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    import orjson

    return lambda value: orjson.dumps(value, default=tuple).decode()  # named tuples too


write_json: Final = _fastest()
