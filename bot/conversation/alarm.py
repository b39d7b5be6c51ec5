"""The alarm of a group's case: an emergency calls the group, until somebody answers. Pure."""

from datetime import datetime, timedelta
from typing import Final

from state.groups import is_group
from state.records import HANDED_OVER, Entry, StoredCase

ALARMED: Final = "alarmed"
SEEN: Final = "seen"
COMING: Final = "coming"
UNANSWERED: Final = "unanswered"
REPEAT: Final = "alarm_unanswered"  # the reminder that repeats an alarm
ANSWERS: Final = (SEEN, COMING, HANDED_OVER)
KINDS: Final = (ALARMED, SEEN, COMING, UNANSWERED)
ANSWERED_WITHIN: Final = timedelta(minutes=10)


def alarm(case: StoredCase) -> Entry | None:
    """Return the newest alarm of a case; None if it has called nobody."""
    return case.newest_entry(ALARMED)


def answers(case: StoredCase) -> tuple[Entry, ...]:
    """Return who has answered the newest alarm, besides whoever raised it, oldest first."""
    raised = alarm(case)
    if raised is None:
        return ()
    since = case.noted[case.noted.index(raised) + 1 :]
    return tuple(each for each in since if each.kind in ANSWERS and each.who != raised.who)


def unanswered_since(case: StoredCase) -> datetime | None:
    """Return when the newest alarm was raised, while nobody has answered it; else None."""
    raised = alarm(case)
    over = case.status == "closed" or not is_group(case.chat)
    return raised.at if raised and not answers(case) and not over else None


def was_repeated(case: StoredCase) -> bool:
    """Return whether the newest alarm was repeated, since nobody had answered."""
    raised, repeated = alarm(case), case.newest_entry(UNANSWERED)
    return bool(raised and repeated and repeated.at >= raised.at)
