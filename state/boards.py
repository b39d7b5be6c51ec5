"""What is stored of boards, as frozen values: what one says of each case, and where it is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from state.records import Status

UNCONFIRMED: Final = "unconfirmed"  # what a case waits for that a line makes an emergency


@dataclass(frozen=True, slots=True)
class Summary:
    """What a board says of a case, kept when the case is saved, so that no board works it out.

    `level` is how urgent it is, "" while that is not settled; `about` is what falls due next,
    at `due_at`, or without a deadline what is awaited; `requested` says whether the images are.
    """

    code: str
    level: str
    about: str
    due_at: datetime | None
    requested: bool


@dataclass(frozen=True, slots=True)
class BoardCase:
    """A case as a board lists it: its summary, and whose it is by the name that its group sees.

    Where a line that nobody has confirmed makes it an emergency, it says so and by when.

    `name` is "" if nobody has it; `last` is then the name of who had it, while that is known.
    """

    code: str
    level: str
    about: str
    due_at: datetime | None
    requested: bool
    status: Status
    chat: str
    owner: str
    name: str
    last: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The one board of a chat, or of a topic of it; `thread` is 0 outside topics.

    `message_id` shows it, None if no message does; `former` is the message that did before and is
    still there. `told` says whether the chat knows that it cannot be pinned. `shown` is a digest of
    what it shows, and `heads` those of its cases with their urgency: what it says of people is not
    stored twice.
    """

    chat: str
    thread: int
    page: int = 1
    message_id: int | None = None
    former: int | None = None
    told: bool = False
    shown: str = ""
    heads: str = ""
