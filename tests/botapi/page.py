"""The phone page, read once: page.html with its style and its scripts put in."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_PART = re.compile(r"\{\{([\w.]+)\}\}")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


PHONE_PAGE = _PART.sub(lambda part: _read(part[1]), _read("page.html"))
