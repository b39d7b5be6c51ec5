"""Accounts for the reminders of a case: when each is due follows from its answers alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.conversation.alarm import REPEAT
from bot.conversation.engine import Engine
from bot.screens.notices import words
from bot.screens.reminder import WORDS
from state.groups import Group, is_group
from state.records import StoredCase
from tests.botapi import Message
from tests.botapi.chats import Chat
from tests.faults.steps import REPEAT as MARK
from tests.night.reminded import NOBODY, REMINDER, UNSET, Due, dues
from tests.night.watch import Followed
from tests.region.found import Found
from tests.soak.told import sent_in

GROUP_REPEATS_MIN: Final = 5
LATEST_S: Final = 60.0  # the database restarted meanwhile, or a worker was taken over
EARLIEST_S: Final = 2.0
SECONDS_TO_SHOW: Final = 15.0
BEFORE: Final = "mri_before"  # not sent any more if it waits until the deadline
SAYS: Final = words("says", WORDS)


def account(
    found: Found,
    engine: Engine,
    case: StoredCase,
    desks: Iterable[Chat],
    open_until: float,
) -> None:
    """Check that each reminder that fell due was shown in a chat, in time, once unless marked.

    `desks` are the chats of whoever may own the case; `open_until` is when it was closed, or now.
    """
    begun = case.begun_at.timestamp()
    ways = [(begun, _ways(case))]
    followed = Followed(chats=[(begun, case.chat)])
    fallen = [
        due
        for due in dues(engine, case, ways, followed)
        if due.last + SECONDS_TO_SHOW < min(open_until, due.until)
    ]
    sent = [message for chat in desks for message in sent_in(chat) if case.code in _text(message)]
    for due in fallen:
        found.counts["reminders due"] += 1
        came = [each for each in sent if _is_of(each, due)]
        shown = [each for each in came if each.date >= due.first - EARLIEST_S]
        if not shown and due.kind == BEFORE:
            at_deadline = replace(due, kind="mri_due")
            shown = [each for each in sent if _is_of(each, at_deadline)]
            found.counts["reminders overtaken by the deadline"] += bool(shown)
        if not shown:
            found.missed.append(f"{case.code}: {_say(due)}")
            continue
        late = shown[0].date - due.last
        found.latest_s = max(found.latest_s, late)
        if late > LATEST_S:
            found.missed.append(f"{case.code}: {_say(due)} came {late:.0f} s late")
        if due.kind != REPEAT:  # which is one of the calls of its group
            _account_repeats(found, case, due, came, fallen)


def _account_repeats(
    found: Found, case: StoredCase, due: Due, came: list[Message], fallen: list[Due]
) -> None:
    """Check that a reminder came in each chat as often as its kind fell due."""
    unmarked = [each for each in came if not _text(each).startswith(MARK)]
    alike = [each for each in fallen if each.kind == due.kind]
    chats = {each.chat.id for each in unmarked}
    if len(unmarked) > len(alike) * len(chats):
        found.repeated.append(f"{case.code}: {_say(due)} came {len(unmarked)} times")


def _ways(case: StoredCase) -> Group:
    return replace(UNSET, repeat_min=GROUP_REPEATS_MIN) if is_group(case.chat) else UNSET


def _is_of(message: Message, due: Due) -> bool:
    """Return whether a message is this reminder, or the one that follows an unread MRI."""
    text = _text(message)
    if due.kind == REPEAT:
        return NOBODY in text and not message.silent
    said = SAYS[due.kind].partition("{")[0]
    return REMINDER in text and (said in text or SAYS["mri_unread"] in text)


def _text(message: Message) -> str:
    return message.versions[0].text


def _say(due: Due) -> str:
    return f"{due.kind}, due {datetime.fromtimestamp(due.last, UTC):%H:%M:%S}"
