"""What is written in a message besides what is read: captions, names of files, quotes."""

from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]
_PARTS: Final = (
    "animation", "audio", "checklist", "contact", "document", "poll", "venue", "video",
)  # fmt: skip
_WRITTEN: Final = (
    "address", "file_name", "first_name", "last_name", "performer", "phone_number", "question",
    "text", "title",
)  # fmt: skip


def written_in(message: Json) -> str:
    """Return its text or caption, and what its contact, file, place, poll or list says."""
    return _joined(message.get("text", message.get("caption", "")), message)


def quoted_in(message: Json) -> str:
    """Return what a message quotes of another one, maybe of another chat."""
    quote, replied = message.get("quote"), message.get("external_reply")
    return _joined(quote.get("text", "") if isinstance(quote, dict) else "", replied)


def _joined(said: object, message: object) -> str:
    parts = message if isinstance(message, dict) else {}
    lines = (" ".join(_said_in(parts.get(part))) for part in _PARTS)
    return "\n".join((str(said), *lines)).rstrip("\n")


def _said_in(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _said_in(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in _WRITTEN and isinstance(value, str):
                yield value.replace("_", " ")
            else:
                yield from _said_in(value)
