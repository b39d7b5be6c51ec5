"""Says until when the rules count as reviewed."""

from datetime import datetime, tzinfo
from typing import Final

from bot.guidance.spoken_times import say_day
from bot.logic.assessment import REVIEWED_UNTIL, past_review
from bot.screens.notices import words

WORDS: Final = "card.toml"


def reviewed_until() -> str:
    """Say until when, also before that day."""
    return words("age", WORDS)["until"].format(day=say_day(REVIEWED_UNTIL))


def age_line(now: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Say in one line that the rules are past their review; nothing before that day is over."""
    if not past_review(now.astimezone(zone).date()):
        return ()
    return (words("age", WORDS)["past"].format(day=say_day(REVIEWED_UNTIL)),)
