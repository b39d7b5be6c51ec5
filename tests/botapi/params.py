"""The parameters of one call, read from JSON, a form, a multipart body or the address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader
from aiohttp.web import BaseRequest

from .as_json import loads
from .errors import bad_request

_INTEGER = re.compile(r"\s*(-?\d+)")


@dataclass(slots=True, frozen=True)
class Upload:
    name: str
    mime_type: str
    content: bytes


@dataclass(slots=True)
class Params:
    """Reads leniently, as Telegram does: what is not a number is 0, what is not true is false."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if isinstance(value, str):
            return value
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if type(value) is int:
            return value
        if value is None or value == "":
            return default
        found = _INTEGER.match(str(value))
        return int(found[1]) if found else 0

    def boolean(self, name: str) -> bool:
        value = self.values.get(name)
        return value is True or str(value).lower() in ("true", "yes", "1")

    def json(self, name: str) -> Any:
        """The decoded value, or None where the parameter is absent; ValueError if broken."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        return loads(value) if isinstance(value, str) else value


async def read_params(request: BaseRequest) -> Params:
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    if request.method != "POST" or not request.can_read_body:
        return Params(values)
    kind = request.content_type
    if kind == "application/json":
        body = await request.read()
        try:
            sent = loads(body) if body else {}
        except ValueError:
            raise bad_request("Can't parse the request body as JSON") from None
        if not isinstance(sent, dict):
            raise bad_request("Request body must be a JSON object")
        return Params(values | sent)
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    values.update((name, value) for name, value in (await request.post()).items())
    return Params(values)


async def _read_multipart(request: BaseRequest, values: dict[str, Any]) -> Params:
    params = Params(values)
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("Can't parse the multipart body")
        if part.filename is None:
            values[part.name] = await part.text()
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            content = bytes(await part.read())
            params.files[part.name] = Upload(part.filename, mime_type, content)
    return params
