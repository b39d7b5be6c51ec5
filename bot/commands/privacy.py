"""`/privacy`: what is kept, and for how long."""

from bot.installation import Setting
from bot.screens.notices import words
from bot.turn import Turn


def privacy(turn: Turn, _: str) -> None:
    """Say what is kept, what is not, and for how many days."""
    turn.say(say_privacy(turn.setting))


def say_privacy(setting: Setting) -> str:
    """Say what a CordCall keeps, and for how many days."""
    said = words("fixed")["privacy"]
    return said.format(days=setting.retention_days, audit_days=setting.audit_days).strip()
