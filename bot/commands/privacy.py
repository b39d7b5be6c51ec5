"""`/privacy`: what is kept, and for how long."""

from bot.screens.notices import words
from bot.turn import Turn


def privacy(turn: Turn, _: str) -> None:
    """Say what is kept, what is not, and for how many days."""
    setting = turn.setting
    said = words("fixed")["privacy"]
    turn.say(said.format(days=setting.retention_days, audit_days=setting.audit_days).strip())
