"""The review of a text: an approval applies only to the wording that was approved."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

STATUSES: Final = ("submitted", "under_review", "approved")
REVIEW_KEYS: Final = ("status", "submitted_on", "approved", "approved_on")
HEX_SHOWN: Final = 12


def text_hash(entry: Mapping[str, Any]) -> str:
    """Return 12 hex digits of the sha256 of an entry: its condition, sentences and citations.

    The review fields are left out. Key order and line endings do not matter.
    """
    said = {key: value for key, value in entry.items() if key not in REVIEW_KEYS}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:HEX_SHOWN]


def status_of(entry: Mapping[str, Any]) -> str:
    """Return the current review status: an approval of other wording counts as submitted."""
    status = str(entry["status"])
    approved = status == "approved"
    return "submitted" if approved and not approval_holds(entry) else status


def approval_holds(entry: Mapping[str, Any]) -> bool:
    """Return whether an entry names the hash of its current wording and the day of approval."""
    return entry.get("approved") == text_hash(entry) and type(entry.get("approved_on")) is date
