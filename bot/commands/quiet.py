"""The clocks of a group: its zone, and its quiet hours, when what is not urgent is silent."""

from datetime import tzinfo

from bot.screens.time_zones import find_zone
from bot.turn import Turn


def zone_of(turn: Turn, chat: str) -> tzinfo:
    """Return the time zone of a group: its own, or the hospital's."""
    group = turn.store.groups.find(chat)
    own = find_zone(group.zone) if group and group.zone else None
    return own or turn.setting.engine.zone


def is_quiet(turn: Turn, chat: str) -> bool:
    """Return whether a group has quiet hours now, by its own clocks."""
    group = turn.store.groups.find(chat)
    return bool(group and group.is_quiet_at(turn.now.astimezone(zone_of(turn, chat)).hour))
