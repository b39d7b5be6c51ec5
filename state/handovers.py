"""What is stored of a hand-over at the change of shift, as a frozen value: one case of an offer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HandOver:
    """A case of a group that its owner offers to a colleague, who has not accepted it yet.

    `offer` names what was offered together. `facts` stands for what is read back, at the case's
    `version`; `read` counts how much of it has been. `heard_at` is when the receiver last acted on
    the offer, `due_at` when somebody is reminded next; `reminded` both were since then, and with
    `told` the group was.
    """

    code: str
    offer: str
    chat: str
    giver: str
    receiver: str
    version: int
    facts: str
    offered_at: datetime
    heard_at: datetime
    due_at: datetime | None = None
    read: int = 0
    reminded: bool = False
    told: bool = False
