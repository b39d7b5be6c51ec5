"""Says how long the review of the rules is valid."""

from datetime import datetime, tzinfo
from typing import Final

from bot.guidance.spoken_times import say_day
from bot.logic.assessment import REVIEWED_UNTIL, past_review
from bot.screens.notices import words

WORDS: Final = "card.toml"


def reviewed_until() -> str:
    """Say until when the review is valid."""
    return words("age", WORDS)["until"].format(day=say_day(REVIEWED_UNTIL))


def age_line(now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Say in one line that the review has expired; empty until that day is over."""
    if not past_review(now.astimezone(zone).date()):
        return ()
    return (words("age", WORDS)["past"].format(day=say_day(REVIEWED_UNTIL)),)
