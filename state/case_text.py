"""A whole case as JSON, and back: for what has to show it later as it is now."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from state.records import Answer, Entry, StoredCase, Told


def case_as_json(case: StoredCase) -> dict[str, Any]:
    """Return a case as values that JSON has."""
    return {
        **asdict(case),
        "begun_at": case.begun_at.isoformat(),
        "touched_at": case.touched_at.isoformat(),
        "answers": [{**asdict(each), "at": each.at.isoformat()} for each in case.answers],
        "timeline": [{**asdict(each), "at": each.at.isoformat()} for each in case.timeline],
    }


def case_from_json(stored: Mapping[str, Any]) -> StoredCase:
    """Return the case that `case_as_json` has written down."""
    whole = {
        **stored,
        "begun_at": datetime.fromisoformat(stored["begun_at"]),
        "touched_at": datetime.fromisoformat(stored["touched_at"]),
        "told": Told(**stored["told"]) if stored["told"] else None,
        "answers": tuple(Answer(**_at(each)) for each in stored["answers"]),
        "timeline": tuple(Entry(**_at(each)) for each in stored["timeline"]),
    }
    return StoredCase(**whole)


def _at(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {**stored, "at": datetime.fromisoformat(stored["at"])}
