"""A file that goes with a message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attached:
    """What is in a file, and the name under which it is shown."""

    name: str
    content: bytes
