"""The clocks of a group: its zone, and its quiet hours, when what is not urgent is silent."""

from datetime import tzinfo

from bot.screens.time_zones import find_zone
from bot.turn import Turn
from state.groups import Group


def zone_of(turn: Turn, chat: str) -> tzinfo:
    """Return the time zone of a group: its own, or the hospital's."""
    return _zone(turn, turn.store.groups.find(chat))


def is_quiet(turn: Turn, chat: str) -> bool:
    """Return whether a group has quiet hours now, by its own clocks."""
    group = turn.store.groups.find(chat)
    return bool(group and group.is_quiet_at(turn.now.astimezone(_zone(turn, group)).hour))


def _zone(turn: Turn, group: Group | None) -> tzinfo:
    own = find_zone(group.zone) if group and group.zone else None
    return own or turn.setting.engine.zone
