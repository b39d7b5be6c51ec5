"""What is stored of a question that one colleague is asked, as a frozen value."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One question of a case that its owner has sent to somebody of its group.

    `answered` counts the answers that the question had by then, so that a later one is known.
    """

    code: str
    whom: str
    question: str
    asked_by: str
    asked_at: datetime
    answered: int = 0
