"""What a person did, in the words of the audit: a closed vocabulary, and the only place for it."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Action = Literal[
    "opened",
    "looked at",
    "listed",
    "answered",
    "noted",
    "undone",
    "exported",
    "exported page",
    "exported picture",
    "exported data",
    "exported calendar",
    "imported",
    "closed",
    "reopened",
    "taken over",
    "invited",
    "withdrawn",
    "joined",
    "role changed",
    "revoked",
    "refused",
    "erased",
    "enrolled",
    "struck off",
    "group settings",
    "left",
    "on call",
    "offered",
    "handed over",
    "declined",
    "taken back",
    "asked",
    "out of use",
    "back in use",
]
LOOKED: Final[Action] = "looked at"
EXPORTED: Final[Mapping[str, Action]] = {
    "page": "exported page",
    "picture": "exported picture",
    "dark": "exported picture",
    "data": "exported data",
    "calendar": "exported calendar",
}
"""What giving a case away as a file is called, by the kind of file; as text it is "exported"."""


class Act(NamedTuple):
    """One act: in which case if any; about whom, and with what role, if it is about a person.

    Who joins does so by the invitation of whom it is about. The role is the one that was given or
    withdrawn; of somebody who is removed, the one that they had; of one whose role changes, both:
    "clinician to viewer".
    """

    what: Action
    code: str | None = None
    about: str | None = None
    role: str | None = None
