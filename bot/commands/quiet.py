"""The quiet hours of a group: what is not urgent makes no sound then."""

from bot.screens.time_zones import find_zone
from bot.turn import Turn


def is_quiet(turn: Turn, chat: str) -> bool:
    """Return whether a group has quiet hours now, by its own clocks."""
    group = turn.store.groups.find(chat)
    if group is None:
        return False
    zone = find_zone(group.zone) if group.zone else turn.setting.engine.zone
    return group.is_quiet_at(turn.now.astimezone(zone).hour)
