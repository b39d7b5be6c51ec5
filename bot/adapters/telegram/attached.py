"""A file that goes with a message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attached:
    """What is in a file, the name under which it is shown, and its type; "" as its name says."""

    name: str
    content: bytes
    media: str = ""
