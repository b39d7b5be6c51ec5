"""`/privacy`: what is kept, and for how long."""

from bot.screens.notices import words
from bot.turn import Turn


def privacy(turn: Turn, _: str) -> None:
    """Say what is kept, what is not, and for how many days."""
    turn.say(say_privacy(turn.setting.retention_days))


def say_privacy(days: int) -> str:
    """Say what is kept by a CordCall that keeps a closed case for some days."""
    return words("fixed")["privacy"].format(days=days).strip()
