"""Accounts for the quiet hours of the groups: nothing but an emergency sounds in them."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.conversation.engine import Engine
from state.groups import Group
from state.sqlite.store import SqliteStore
from tests.botapi import Message
from tests.night.alarms import EMERGENCY
from tests.night.crowd import CODE
from tests.night.reminded import UNSET, states
from tests.night.stood import READ_LATE, Ways, values_in
from tests.night.ward import Ward
from tests.night.watch import Watch

WAITED = 60.0  # seconds of the clock


def account(
    counts: Counter[str], ward: Ward, watch: Watch, engine: Engine, store: SqliteStore
) -> None:
    """Check each message that sounded in a group whose hours were quiet all the while."""
    zone = str(engine.zone)
    for place in ward.places:
        for chat in place.chats:
            for message in ward.server.world.chats[chat].messages.values():
                since, until = message.date - WAITED, message.date + READ_LATE
                kept = watch.stood.ways[str(chat)]
                known = message.sender.is_bot and kept and kept[0][0] <= since
                ways = values_in(kept, since, until)
                if not known or not _are_quiet(ways, since, until, zone):
                    continue
                counts["in quiet hours"] += 1
                said = message.versions[0].text
                if not (message.silent or EMERGENCY in said or _presses(engine, store, message)):
                    watch.tell("", f"sounded in quiet hours: {said[:120]!r}", message.date)


def _presses(engine: Engine, store: SqliteStore, message: Message) -> bool:
    """Return whether a message names a case that was an emergency then."""
    cases = [store.cases.find(code) for code in CODE.findall(message.versions[0].text)]
    for case in filter(None, cases):
        before = [each for each in states(case) if each.touched_at.timestamp() <= message.date + 1]
        if before and engine.stand(before[-1], before[-1].touched_at).emergency:
            return True
    return False


def _are_quiet(found: set[Ways | None], since: float, until: float, zone: str) -> bool:
    """Return whether all the ways that held say that both moments are quiet."""
    return bool(found) and all(
        ways is not None and _group(ways).is_quiet_at(_hour(at, ways.zone or zone))
        for ways in found
        for at in (since, until)
    )


def _group(ways: Ways) -> Group:
    return Group("", "", UNSET.enrolled_at, quiet=ways.quiet)


def _hour(at: float, zone: str) -> int:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).hour
