"""The time line of a case: what was noted after its answer. Pure, without wording."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.conversation.said_at import AT_ONCE
from bot.conversation.standing import Standing
from bot.logic.assessment import Assessment
from bot.logic.steroid import DISCUSS_FIRST, GIVE_NOW
from bot.logic.urgency import CAUDA_EQUINA_HOURS
from state.records import Entry, StoredCase, Value

STALE_AFTER: Final = timedelta(minutes=15)
ONCE_WITHIN: Final = timedelta(minutes=1)
OVERRIDDEN: Final = "overridden"  # a line: what differs from the plan, and why, by their names
NEVER: Final = datetime.max.replace(tzinfo=UTC)


def is_untouched(case: StoredCase) -> bool:
    """Return whether nothing counts of a case, and nothing is asked back.

    An answer that is asked back leads to its question; so does one that was taken back.
    """
    asked_back = case.revisiting and not case.answers
    return not (case.given or case.noted or asked_back)


def is_under_way(case: StoredCase) -> bool:
    """Return whether a case can continue: neither closed nor untouched."""
    return case.status != "closed" and not is_untouched(case)


def start_clock(case: StoredCase, at: datetime) -> StoredCase:
    """Restart the clock of an untouched case that nobody has looked at for long.

    One that was opened by a message that waited for long has just been touched: its clock stays.
    A case that begins long after `at` began by a wrong clock.
    """
    left = at - max(case.begun_at, case.touched_at) > STALE_AFTER
    wrong = case.begun_at - at > STALE_AFTER
    stale = (left and is_untouched(case)) or (wrong and not case.given)
    return replace(case, begun_at=at) if stale else case


def note(case: StoredCase, entry: Entry) -> StoredCase:
    """Add an entry to the time line; a repeat within a minute is noted once."""
    return case if lately(case, entry) else case.with_entry(entry)


def lately(case: StoredCase, entry: Entry) -> Entry | None:
    """Return the same entry if noted within a minute, in either order of clocks."""
    same = (each for each in case.noted if _same(each, entry))
    return next((each for each in same if abs(entry.at - each.at) < ONCE_WITHIN), None)


def unseen(case: StoredCase, entry: Entry, now: datetime) -> Entry | None:
    """Return the same entry if this one was sent before anybody could see that it was noted."""
    first = next((each for each in case.noted if _same(each, entry)), None)
    waited = min(case.touched_at, now) - entry.at > AT_ONCE
    return first if waited else None


def _same(one: Entry, other: Entry) -> bool:
    return (one.kind, one.detail) == (other.kind, other.detail)


def cauda_equina_due(case: StoredCase, result: Assessment) -> datetime | None:
    """Return the limit that rule U11 counts from the first request; None if none is noted."""
    requested = next((each for each in case.noted if each.kind == "mri_requested"), None)
    if requested is None or "U11" not in result.urgency.rules or result.case.mri_done:
        return None
    return requested.at + timedelta(hours=CAUDA_EQUINA_HOURS)


def awaits_cauda_equina(result: Assessment) -> bool:
    """Return whether the scan of rule U11 is awaited: its limit counts beside the deadline."""
    return "U11" in result.urgency.rules and not (result.case.mri_done or result.found.read)


def offered(case: StoredCase, standing: Standing) -> tuple[str, ...]:
    """Name what can now be noted about a case, most likely first."""
    if case.status == "closed":
        return ()
    result = standing.assessment
    noted = {each.kind for each in case.noted}
    awaits_mri = result.due is not None and not result.case.mri_done
    steroid = result.steroid.decision in (GIVE_NOW, DISCUSS_FIRST)
    fits = {
        "mri_requested": awaits_mri and "mri_requested" not in noted,
        "mri_done": awaits_mri,
        "steroid_given": steroid and "steroid_given" not in noted,
        "treatment_begun": result.treatment_due is not None and "treatment_begun" not in noted,
        "called": True,
        "new_signs": True,
        OVERRIDDEN: standing.settled,
    }
    return tuple([kind for kind, fit in fits.items() if fit])


def missing(signs: Value | None, among: Value | None) -> tuple[str, ...]:
    """Name the signs in one answer that are not in another."""
    having = among if isinstance(among, list) else []
    return tuple(sign for sign in signs if sign not in having) if isinstance(signs, list) else ()


def still_there(old: Value | None, new: Value) -> Value:
    """Merge two answers, so that no sign is removed."""
    if not isinstance(old, list):
        return new if isinstance(new, list) and new else old or new
    return [*old, *missing(new, old)]


def is_later(then: Standing, present: Standing) -> bool:
    """Return whether a deadline moved later, or is gone."""
    before, after = then.assessment, present.assessment
    return any(
        (new or NEVER) > (old or NEVER)
        for old, new in (
            (before.due, after.due),
            (before.treatment_due, after.treatment_due),
        )
    )
