"""What a person did, in the words of the audit: a closed vocabulary, and the only place for it."""

from typing import Final, Literal

Action = Literal[
    "opened",
    "looked at",
    "listed",
    "answered",
    "noted",
    "undone",
    "exported",
    "closed",
    "reopened",
    "taken over",
    "invited",
    "joined",
    "role changed",
    "revoked",
    "refused",
    "erased",
    "out of use",
    "back in use",
]
LOOKED: Final[Action] = "looked at"
