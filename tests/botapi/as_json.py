"""JSON in and out, by orjson where it is installed."""

from __future__ import annotations

import json
from typing import Any

try:
    import orjson
except ImportError:

    def dumps(value: object) -> bytes:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()

    def loads(text: str | bytes) -> Any:
        return json.loads(text)

else:

    def dumps(value: object) -> bytes:
        return orjson.dumps(value)

    def loads(text: str | bytes) -> Any:
        return orjson.loads(text)
