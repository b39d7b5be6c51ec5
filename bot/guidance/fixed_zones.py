"""Time zones of a fixed offset, such as EST, and the zone of a place to use instead.

Such a name is an hour wrong in summer where clocks change, and the sign in Etc/GMT+5 is the
opposite of the usual one. UTC says what it is. Some machines have every zone in folders as well.
"""

import re
from collections.abc import Mapping
from typing import Final

_PLACE_BY_OFFSET: Final[Mapping[int, str]] = {
    -11: "Pacific/Pago_Pago", -10: "Pacific/Honolulu", -9: "America/Anchorage",
    -8: "America/Los_Angeles", -7: "America/Denver", -6: "America/Chicago",
    -5: "America/New_York", -4: "America/Halifax", -3: "America/Sao_Paulo",
    -2: "America/Noronha", -1: "Atlantic/Azores", 0: "Europe/London", 1: "Europe/Paris",
    2: "Europe/Athens", 3: "Europe/Istanbul", 4: "Asia/Dubai", 5: "Asia/Karachi", 6: "Asia/Dhaka",
    7: "Asia/Bangkok", 8: "Asia/Singapore", 9: "Asia/Tokyo", 10: "Australia/Sydney",
    11: "Pacific/Noumea", 12: "Pacific/Auckland", 13: "Pacific/Tongatapu",
    14: "Pacific/Kiritimati",
}  # fmt: skip
_OFFSET_OF: Final[Mapping[str, int]] = {"EST": -5, "MST": -7, "HST": -10, "GREENWICH": 0}
_FOLDER: Final = re.compile(r"(POSIX/|RIGHT/)?(ETC/)?")
_GMT: Final = re.compile(r"GMT([+-]?\d{1,2})?", re.ASCII)
_NOWHERE: Final = ("FACTORY", "LOCALTIME", "POSIXRULES")


def place_instead(name: str) -> str | None:
    """Return the zone of a place to use instead of one of a fixed offset; None if it is none."""
    bare = _FOLDER.sub("", name.upper())
    gmt = _GMT.fullmatch(bare)
    if gmt:
        return _PLACE_BY_OFFSET.get(-int(gmt[1] or 0), "UTC")
    if bare in _NOWHERE:
        return "UTC"
    offset = _OFFSET_OF.get(bare)
    return None if offset is None else _PLACE_BY_OFFSET[offset]
