"""Masks bot tokens and the passwords in addresses wherever a text is shown."""

import re
from typing import Final

TOKEN_FORM: Final = r"\d{3,15}:[A-Za-z0-9_-]{30,}"
MASK: Final = "<hidden>"
_SECRET: Final = re.compile(
    r"\d{3,15}(?::|%3A)[A-Za-z0-9_-]{30,}|(?<=//)[^/@\s]+(?=@)", re.ASCII | re.IGNORECASE
)


def mask(text: str) -> str:
    """Mask every bot token in a text, also as part of an address, and every password in one."""
    return _SECRET.sub(MASK, text)


def holds_secret(text: str) -> bool:
    """Return whether a text contains a bot token or the password of an address."""
    return _SECRET.search(text) is not None
