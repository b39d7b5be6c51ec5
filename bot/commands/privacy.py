"""`/privacy`: what is kept, and for how long."""

from bot.screens.notices import words
from bot.turn import Turn


def privacy(turn: Turn, _: str) -> None:
    """Say what is kept, what is not, and for how many days."""
    days = turn.setting.retention_days
    turn.say(words("fixed")["privacy"].format(days=days).strip())
