"""What is written in a message that is not read, wherever it is: its caption, a file's name."""

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
    said = str(message.get("text", message.get("caption", "")))
    parts = (" ".join(_said_in(message.get(part))) for part in _PARTS)
    return "\n".join((said, *parts)).rstrip("\n")


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
