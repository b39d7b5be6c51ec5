"""Checks of the machine: disk, clock, zone, permissions."""

from typing import Final

from bot.doctor.facts import Facts
from bot.doctor.finding import NO_TOKEN, Finding, fail, ok, refused, warn
from bot.private_file import say_shared
from bot.refusal import Refusal

MB: Final = 1_000_000
LEAST_FREE_MB: Final = 100
FREE_MB: Final = 1000
SECONDS_OFF: Final = 10
MOST_SECONDS_OFF: Final = 120  # from then on every message looks late, or comes before it was sent


def disk(facts: Facts) -> Finding:
    """Look for room beside the database."""
    if not facts.is_in_file:
        return ok("the server's is watched there")
    if facts.free_bytes is None:
        return fail("the folder of the database cannot be read", "set CORDCALL_DATABASE")
    free = facts.free_bytes // MB
    said = f"{free} MB free beside the database"
    do = "make room, or move the database (CORDCALL_DATABASE)"
    if free < LEAST_FREE_MB:
        return fail(said, do)
    return warn(said, do) if free < FREE_MB else ok(said)


def clock(facts: Facts) -> Finding:
    """Compare the clock with Telegram's."""
    do = "synchronise this machine's clock: every deadline counts by it"
    if facts.asked is None:
        return ok(NO_TOKEN)
    if facts.ahead is None:
        return warn("not compared: Telegram gave no date", "compare it by hand")
    seconds = round(facts.ahead.total_seconds())
    said = f"{abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} Telegram's"
    if abs(seconds) >= MOST_SECONDS_OFF:
        return fail(said, do)
    if abs(seconds) >= SECONDS_OFF:
        return warn(said, do)
    return ok(f"within {SECONDS_OFF} s of Telegram's")


def zone(facts: Facts) -> Finding:
    """Name the hospital's time zone, and the time there."""
    try:
        here = facts.settings.zone
    except Refusal as error:
        return refused(error)
    said = f"{here}, now {facts.now.astimezone(here):%H:%M}"
    if facts.settings.timezone is None:
        return warn(f"{said}: the machine's", "set CORDCALL_TIMEZONE, so that it cannot change")
    return ok(said)


def permissions(facts: Facts) -> Finding:
    """Look whether others on this machine can read what is private."""
    if shared := say_shared(*facts.files):
        return refused(Refusal(shared))
    files = "the database, the token and the key" if facts.is_in_file else "the token"
    return ok(f"nobody else on this machine can read {files}")
