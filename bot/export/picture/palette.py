"""The colours of the picture, light and dark; every text stands out by 4.5 to 1 or more."""

from collections.abc import Mapping
from typing import Final

LIGHT: Final[Mapping[str, str]] = {
    "page": "#FFFFFF",
    "ink": "#111827",
    "muted": "#4B5563",
    "rail": "#6B7280",
    "mark": "#1F2937",
    "mark_ink": "#FFFFFF",
    "now": "#111827",
    "now_ink": "#FFFFFF",
    "emergency": "#B91C1C",
    "urgent": "#92400E",
    "calm": "#1D4ED8",
    "band_ink": "#FFFFFF",
}
DARK: Final[Mapping[str, str]] = {
    "page": "#111827",
    "ink": "#F9FAFB",
    "muted": "#CBD5E1",
    "rail": "#9CA3AF",
    "mark": "#E5E7EB",
    "mark_ink": "#111827",
    "now": "#F9FAFB",
    "now_ink": "#111827",
    "emergency": "#FCA5A5",
    "urgent": "#FCD34D",
    "calm": "#93C5FD",
    "band_ink": "#111827",
}
STANDS_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "ink": ("page",),
    "muted": ("page",),
    "mark_ink": ("mark",),
    "mark": ("page",),
    "now_ink": ("now",),
    "band_ink": ("emergency", "urgent", "calm"),
}
"""The colour of each text, with what it is drawn on."""
