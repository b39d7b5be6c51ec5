"""The review of a text: an approval holds for the words that were approved, and for no others."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

STATUSES: Final = ("submitted", "under_review", "approved")
REVIEW_KEYS: Final = ("status", "submitted_on", "approved", "approved_on")
HEX_SHOWN: Final = 12


def text_hash(entry: Mapping[str, Any]) -> str:
    """Give 12 hex of the sha256 of an entry: its condition, sentences and citations.

    What the review itself says is left out. The order of the keys and line ends do not matter.
    """
    said = {key: value for key, value in entry.items() if key not in REVIEW_KEYS}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:HEX_SHOWN]


def status_of(entry: Mapping[str, Any]) -> str:
    """Give the review status that holds: an approval of other words counts as submitted."""
    status = str(entry["status"])
    approved = status == "approved"
    return "submitted" if approved and not approval_holds(entry) else status


def approval_holds(entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry names the hash of its present words, and the day of its approval."""
    return entry.get("approved") == text_hash(entry) and type(entry.get("approved_on")) is date
