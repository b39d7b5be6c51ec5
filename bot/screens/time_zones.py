"""Time zones: those that many people live in, by region, and any other by name."""

from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

BY_REGION: Final[Mapping[str, tuple[str, ...]]] = {
    "Europe": (
        "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Madrid", "Europe/Paris",
        "Europe/Brussels", "Europe/Amsterdam", "Europe/Berlin", "Europe/Zurich", "Europe/Vienna",
        "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Kyiv",
        "Europe/Istanbul",
    ),
    "Americas": (
        "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
        "America/Halifax", "America/Toronto", "America/Vancouver", "America/Mexico_City",
        "America/Bogota", "America/Lima", "America/Santiago", "America/Sao_Paulo",
    ),
    "Asia": (
        "Asia/Jerusalem", "Asia/Riyadh", "Asia/Tehran", "Asia/Dubai", "Asia/Karachi",
        "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong",
        "Asia/Shanghai", "Asia/Tokyo",
    ),
    "Africa": (
        "Africa/Casablanca", "Africa/Accra", "Africa/Lagos", "Africa/Algiers", "Africa/Cairo",
        "Africa/Khartoum", "Africa/Nairobi", "Africa/Addis_Ababa", "Africa/Johannesburg",
    ),
    "Pacific": (
        "Australia/Perth", "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney",
        "Pacific/Auckland", "Pacific/Honolulu",
    ),
}  # fmt: skip


@cache
def find_zone(name: str) -> ZoneInfo | None:
    """Return a zone by its exact name; None if this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def name_of(typed: str) -> str | None:
    """Find a zone's name as typed, ignoring case, with spaces allowed for underscores."""
    if any(typed in names for names in BY_REGION.values()):
        return typed
    return _by_folded_name().get("_".join(typed.split()).casefold())


def city(name: str) -> str:
    """Return the place in the name of a zone."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def _by_folded_name() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}
