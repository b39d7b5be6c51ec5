"""The interface of each topic of a store: what is kept, and what can be queried."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from state.records import (
    Card,
    LeftTap,
    Minted,
    Poll,
    Priority,
    Queued,
    Reader,
    Reminder,
    Seen,
    StoredCase,
    Wanted,
)


class Cases(Protocol):
    """The cases, and which of them each chat is working on."""

    def find(self, code: str) -> StoredCase | None:
        """Return a case with all its answers."""

    def active(self, chat: str) -> StoredCase | None:
        """Return the case that a chat is working on."""

    def active_code(self, chat: str) -> str | None:
        """Return the code of the case that a chat is working on."""

    def activate(self, chat: str, code: str | None) -> None:
        """Make a case the one that a chat is working on; None leaves it without one."""

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        """Return a chat's cases, last touched first; closed ones only if closed recently."""

    def codes_under_way(self, chat: str) -> list[str]:
        """Return a chat's cases that are not closed and have an answer, last touched first."""

    def codes_to_remind(
        self, since: datetime, *, only: str | None = None, besides: str = ""
    ) -> list[str]:
        """Return the open cases touched since then whose chat can be reached.

        `only` limits them to one chat, `besides` leaves one chat out.
        """

    def codes_told_otherwise(
        self, ruleset: str, policy: str, *, only: str | None = None, besides: str = ""
    ) -> list[str]:
        """Return the open cases with an answer that were last assessed by others than these.

        Their chat can be reached; `only` and `besides` as for `codes_to_remind`.
        """

    def shown_codes(self) -> list[str]:
        """Return the cases that are not closed and have a card in a chat that can be reached."""

    def owners(self, *, besides: str = "") -> list[str]:
        """Return the owners of the cases that are not closed; `besides` leaves one chat out."""

    def under_way_of(self, owner: str, *, besides: str = "") -> list[str]:
        """Return a person's cases as for `codes_under_way`; `besides` leaves one chat out."""

    def hand_over(self, case: StoredCase, chat: str, owner: str) -> StoredCase:
        """Move a case to another chat and owner, and return it as stored: with the next version.

        Its reminders go with it; its messages, their buttons and what waits to be sent do not.
        Raises Conflict as `save` does.
        """

    def add(self, case: StoredCase) -> None:
        """Store a new case."""

    def save(self, case: StoredCase, before: StoredCase) -> StoredCase:
        """Save a changed case, and return it as stored: with the next version.

        Answers and time line only grow: what `before` had is not rewritten.
        Raises Conflict if the stored case no longer has the version of `before`.
        """

    def touch(self, case: StoredCase, before: StoredCase) -> StoredCase:
        """Record when a case was last looked at, and what was said of it.

        Its version, and so its buttons, stay valid.
        """

    def forget(self, before: datetime, most: int) -> int:
        """Erase the first `most` cases not touched since, with everything belonging to them.

        Only closed ones and those without an answer or a note; returns how many.
        """

    def codes_to_ask_about(self, before: datetime, *, besides: str = "") -> list[str]:
        """Return the open cases not touched since whose owner was not asked about them since.

        They have an answer or a note, and their chat, other than `besides`, can be reached.
        """

    def note_asked(self, code: str, at: datetime) -> None:
        """Record that the owner of a case was asked whether to keep it."""


class Chats(Protocol):
    """The chats: whether each can be reached, the id it has now, and which look-up asks there."""

    def set_reachable(self, chat: str, reachable: bool) -> bool:
        """Record whether a chat can be reached; return whether it is so from now on only.

        What waits for an unreachable chat is dropped, as are the reminders of its cases. Nothing is
        recorded for a chat that never had a case.
        """

    def look_up(self, chat: str) -> str:
        """Return the start of the command that a chat's next typed line completes, or ""."""

    def keep_look_up(self, chat: str, begun: str) -> None:
        """Record that a look-up has asked: `begun` is its command so far, such as "sins T6,"."""

    def end_look_up(self, chat: str) -> None:
        """Record that no look-up is asking in a chat: a typed line belongs to its case."""

    def rename(self, old: str, new: str) -> None:
        """Move a group to the new id Telegram gave it: its cases and what waits for it.

        Its cards stay behind: message ids mean other messages in the new group.
        """

    def forget_unused(self) -> None:
        """Erase the chats that have no case, no button and nothing waiting."""


class Inbox(Protocol):
    """Incoming updates: each once, those waiting, those set aside, and the polling position."""

    def receive(self, update_id: int, tap: str | None, at: datetime, *, again: bool) -> int:
        """Record an update to be handled, and return its attempts; 0 if it was handled before.

        A tap is stored whole, since Telegram soon forgets it. `again` means that this same process
        retries it, which is not counted.
        """

    def take_back(self, update_ids: Iterable[int]) -> None:
        """Uncount an attempt at each update: the store failed, not the update."""

    def claim(self, update_id: int) -> bool:
        """Take an update out of the inbox to handle it; False if another has taken it."""

    def left_taps(self) -> list[LeftTap]:
        """Return the taps that were accepted but not handled, in order."""

    def park(self, update_id: int, tap: str | None, at: datetime) -> None:
        """Set aside an update that cannot be handled; it is counted, never logged."""

    def parked_count(self) -> int:
        """Return how many updates were set aside."""

    def poll(self) -> Poll | None:
        """Return the polling position; None before the first poll."""

    def keep_poll(self, poll: Poll) -> None:
        """Store the polling position."""

    def forget(self, before: datetime) -> None:
        """Erase updates received before a moment, and the taps of those that were set aside.

        A tap that is still waiting is kept: Telegram does not send it again.
        """


class Offers(Protocol):
    """Who has been told of which case that its owner can no longer see."""

    def told(self, who: str) -> set[str]:
        """Return the cases that a person has been told of."""

    def note(self, codes: Iterable[str], who: str, at: datetime) -> None:
        """Record that a person is told of cases."""

    def withdraw(self, owner: str) -> None:
        """Forget who was told of a person's cases: they see them again."""


class Outbox(Protocol):
    """Outgoing screens waiting to be sent to each chat."""

    def enqueue(
        self,
        *,
        chat: str,
        code: str | None,
        screens: list[str],
        token: str | None,
        query: str | None,
        tapped: int | None,
        anew: bool,
        priority: Priority,
        at: datetime,
        thread: int | None = None,
    ) -> None:
        """Put a turn's output into the outbox, to be sent after the commit."""

    def queued(self, chat: str | None = None) -> list[Queued]:
        """Return what is waiting for a chat, or for all chats, in order."""

    def pressing(self, chat: str, most: int) -> list[Queued]:
        """Return the most urgent rows of a chat, and all those of the same cases, in order."""

    def chats_waiting(self) -> list[str]:
        """Return the chats that have something waiting."""

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> None:
        """Record how many messages of a row were sent, and whether the next is under way."""

    def sent(self, queued: Iterable[int]) -> None:
        """Remove what has been shown, by the ids of its rows."""

    def drop(self, chat: str, up_to: int) -> None:
        """Drop what is waiting for a chat, up to and including a row."""


class Cards(Protocol):
    """Which message shows a case, in each of its roles."""

    def find(self, code: str, role: str) -> Card | None:
        """Return the message that shows a case in a role."""

    def keep(self, card: Card) -> None:
        """Record which message shows a case now."""

    def drop(self, code: str, role: str) -> None:
        """Forget a message that is gone."""


class Buttons(Protocol):
    """What the buttons of each message do, by its token."""

    def mint(self, minted: Minted, at: datetime) -> None:
        """Store what the buttons of a message do."""

    def find(self, token: str) -> Minted | None:
        """Return what the buttons of a token do."""

    def is_current(self, token: str, chat: str) -> bool:
        """Return whether a token belongs to the current screen of an open case of a chat."""

    def forget(self, before: datetime) -> None:
        """Erase the buttons that were minted before a moment."""


class Reminders(Protocol):
    """The reminders of each case; each is claimed once, when it is sent."""

    def set(
        self, code: str, wanted: Iterable[Wanted], *, renewed_at: datetime | None = None
    ) -> None:
        """Store the reminders a case needs now, and drop those it no longer needs.

        One already stored, sent or not, stays as it is; one that is renewed before it is
        due gets its new time. One without `due_at` is not added, but stays if somebody postponed
        it.
        """

    def put_off(self, code: str, kind: str, deadline: datetime, until: datetime) -> None:
        """Postpone a reminder, even if one of its kind was sent before."""

    def pending(self, code: str) -> list[Reminder]:
        """Return what a case will be reminded of, in order."""

    def first(self, *, only: str | None = None, besides: str = "") -> Reminder | None:
        """Return the reminder due first, of one chat or of every chat besides one."""

    def claim(self, code: str, now: datetime) -> Reminder | None:
        """Claim everything due for a case, and return the newest; None if there is none."""


class Readers(Protocol):
    """What each person has chosen."""

    def get(self, who: str) -> Reader:
        """Return what a person has chosen; a Reader with no choices if nothing is stored."""

    def keep(self, reader: Reader, at: datetime) -> None:
        """Store what a person has chosen."""

    def forget(self, before: datetime) -> None:
        """Erase choices made before a moment by people of whom nothing else is left."""


class Clock(Protocol):
    """The clock, as this program last saw it, so that a jump is noticed over a restart."""

    def seen(self) -> Seen | None:
        """Return what the clock last said; None if it was never looked at."""

    def keep(self, seen: Seen) -> None:
        """Store what the clock says now."""
