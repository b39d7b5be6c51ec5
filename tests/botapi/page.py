"""The two pages, read once, with their styles and scripts put in: one phone, and a team's."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_PART = re.compile(r"\{\{([\w.]+)\}\}")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _page(name: str) -> str:
    return _PART.sub(lambda part: _read(part[1]), _read(name))


PHONE_PAGE = _page("page.html")
TEAM_PAGE = _page("team.html")
