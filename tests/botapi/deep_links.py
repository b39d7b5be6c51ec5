"""The addresses that open the private chat with a bot and start it with a token."""

from __future__ import annotations

import re

_START = re.compile(
    r"(?:https?://)?(?:t\.me|telegram\.me)/(?P<bot>\w+)\?start=(?P<token>[\w-]{1,64})",
    re.ASCII | re.IGNORECASE,
)


def start_token(url: str, username: str) -> str | None:
    """The token of an address of this bot; None for any other, as of tg://resolve?domain=…"""
    found = _START.fullmatch(url)
    if found is None or found["bot"].casefold() != username.casefold():
        return None
    return found["token"]
