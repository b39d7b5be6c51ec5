"""When something was said: not when it is handled, which may be hours later. Pure."""

from datetime import datetime, timedelta
from typing import Final

from state.records import StoredCase

KEPT_FOR: Final = timedelta(hours=25)  # Telegram keeps a message for a day
LONG: Final = timedelta(minutes=2)
AT_ONCE: Final = timedelta(seconds=5)
UNDO: Final = "undo"
SOON_AFTER: Final = timedelta(minutes=10)
APART: Final = timedelta(microseconds=1)


def said_at(sent_at: datetime | None, now: datetime) -> datetime:
    """Return when something was said: now, if no time is reported or it cannot be right."""
    if sent_at is None or not timedelta() <= now - sent_at <= KEPT_FOR:
        return now
    return sent_at


def has_waited(said: datetime, now: datetime) -> bool:
    """Return whether an answer comes so late that it has to name the message it answers."""
    return now - said > LONG


def is_overtaken(case: StoredCase, said: datetime, now: datetime) -> bool:
    """Return whether a case has gone on since something was said: its sender saw another question.

    Some seconds are allowed, since two clocks never agree.
    """
    return bool(case.given) and min(case.touched_at, now) - said > AT_ONCE


def is_older(case: StoredCase, said: datetime, now: datetime) -> bool:
    """Return whether something was said before a case began: it was meant for another one."""
    return min(case.begun_at, now) - said > AT_ONCE


def comes_too_late(case: StoredCase, said: datetime, now: datetime, command: str) -> bool:
    """Return whether a command that needs the present comes after its case has gone on.

    What was sent just before it may be taken back without having been seen.
    """
    overtaken = is_overtaken(case, said, now)
    return overtaken and not (command == UNDO and _follows_at_once(case, said))


def _follows_at_once(case: StoredCase, said: datetime) -> bool:
    """Return whether something was said soon after the newest act in a case, though both waited."""
    moments = [each.at for each in case.given] + [each.at for each in case.noted]
    return bool(moments) and -AT_ONCE <= said - max(moments) < SOON_AFTER


def apart(said: datetime, case: StoredCase) -> datetime:
    """Return a moment that nothing else in the case has, at most some seconds later.

    Whole seconds would merge what was said separately, and could put it before what came first.
    """
    taken = {each.at for each in case.answers} | {each.at for each in case.timeline}
    newest = max(taken, default=said)
    if timedelta() <= newest - said <= AT_ONCE:
        said = newest
    while said in taken:
        said += APART
    return said
