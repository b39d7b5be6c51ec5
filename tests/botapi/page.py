"""The phone page, read once from the file beside this module."""

from __future__ import annotations

from pathlib import Path

PHONE_PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
