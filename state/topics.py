"""What a store promises of each topic: what is kept, and what can be asked of it."""

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
        """Make a case the one that a chat is working on; None leaves it without."""

    def listed(self, chat: str, closed_since: datetime) -> list[StoredCase]:
        """Return a chat's cases, the newest touched first; closed ones only when closed lately."""

    def codes_under_way(self, chat: str) -> list[str]:
        """Return a chat's cases that are not closed and have an answer, newest touched first."""

    def codes_to_remind(
        self, since: datetime, *, only: str | None = None, besides: str = ""
    ) -> list[str]:
        """Return the open cases touched since then whose chat can be reached.

        `only` limits them to one chat, `besides` leaves one chat out.
        """

    def shown_codes(self) -> list[str]:
        """Return the cases that are not closed and have a card in a chat that can be reached."""

    def add(self, case: StoredCase) -> None:
        """Keep a new case."""

    def save(self, case: StoredCase, before: StoredCase) -> StoredCase:
        """Keep a changed case, and return it as kept: with the next version.

        Answers and time line only grow: what `before` had is not written again.
        Raises Conflict when the stored case no longer has the version of `before`.
        """

    def touch(self, case: StoredCase, before: StoredCase) -> StoredCase:
        """Keep when a case was last looked at; its version, and so its buttons, stay valid."""

    def forget(self, before: datetime) -> int:
        """Erase the cases not touched since, with all that is theirs; return how many."""


class Chats(Protocol):
    """The chats: whether each can be reached, and the id it has now."""

    def set_reachable(self, chat: str, reachable: bool) -> None:
        """Note whether a chat can be reached; what waits for an unreachable one is dropped.

        So are the reminders of its cases. Nothing is noted of a chat that never had a case.
        """

    def rename(self, old: str, new: str) -> None:
        """Move a group that Telegram gave another id: its cases and what waits for it.

        Its cards stay behind: the same number is another message in the new group.
        """

    def forget_unused(self) -> None:
        """Erase the chats that have no case, no button and nothing waiting."""


class Inbox(Protocol):
    """What came in: each update once, what waits, what was set aside, where polling stands."""

    def receive(self, update_id: int, tap: str | None, at: datetime, *, again: bool) -> int:
        """Note an update that is to be done, and return its attempts; 0 when it was done before.

        A tap is kept whole, since Telegram soon forgets it. `again` means that this very process
        tries it once more, which is not counted.
        """

    def take_back(self, update_ids: Iterable[int]) -> None:
        """Uncount an attempt at each update: the store failed, not the update."""

    def claim(self, update_id: int) -> bool:
        """Take an update out of the inbox to do it; False when somebody else has."""

    def left_taps(self) -> list[LeftTap]:
        """Return the taps that were taken but not done, in order."""

    def park(self, update_id: int, tap: str | None, at: datetime) -> None:
        """Set an update aside that cannot be handled; it is counted, never printed."""

    def parked_count(self) -> int:
        """Return how many updates were set aside."""

    def poll(self) -> Poll | None:
        """Return where polling stands; None before the first poll."""

    def keep_poll(self, poll: Poll) -> None:
        """Keep where polling stands."""

    def forget(self, before: datetime) -> None:
        """Erase updates received before a moment, and the taps of those that were set aside.

        A tap that still waits is kept: Telegram does not send it again.
        """


class Outbox(Protocol):
    """What goes out: the screens that wait to be sent to each chat."""

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
    ) -> None:
        """Put what a turn shows into the outbox, to be sent after the commit."""

    def queued(self, chat: str | None = None) -> list[Queued]:
        """Return what waits for a chat, or for all of them, in order."""

    def pressing(self, chat: str, most: int) -> list[Queued]:
        """Return the most pressing rows of a chat, and all of the same cases, in order."""

    def waits(self, chat: str) -> bool:
        """Return whether something waits for a chat."""

    def chats_waiting(self) -> list[str]:
        """Return the chats that something waits for."""

    def note_sending(self, row: Queued, said: int, *, sending: bool) -> None:
        """Note how many messages of a row were sent, and whether the next is under way."""

    def sent(self, queued: Iterable[int]) -> None:
        """Remove what has been shown, by the ids of its rows."""

    def drop(self, chat: str, up_to: int) -> None:
        """Drop what waits for a chat, up to and with a row."""


class Cards(Protocol):
    """Which message shows a case, in each of its roles."""

    def find(self, code: str, role: str) -> Card | None:
        """Return the message that shows a case in a role."""

    def keep(self, card: Card) -> None:
        """Keep which message shows a case now."""

    def drop(self, code: str, role: str) -> None:
        """Forget a message that is gone."""


class Buttons(Protocol):
    """What the buttons of each message do, by its token."""

    def mint(self, minted: Minted, at: datetime) -> None:
        """Keep what the buttons of a message do."""

    def find(self, token: str) -> Minted | None:
        """Return what the buttons of a token do."""

    def is_current(self, token: str, chat: str) -> bool:
        """Return whether a token belongs to the present screen of an open case of a chat."""

    def forget(self, before: datetime) -> None:
        """Erase the buttons that were minted before a moment."""


class Reminders(Protocol):
    """What each case is to be reminded of; each is claimed once, when it is given."""

    def set(
        self, code: str, wanted: Iterable[Wanted], *, renewed_at: datetime | None = None
    ) -> None:
        """Keep what a case wants now, and drop what it no longer wants.

        One that is kept already, given or not, stays as it is; one that is renewed before it is
        due takes its new time. One without `due_at` is not added, but stays where somebody put
        it off.
        """

    def put_off(self, code: str, kind: str, deadline: datetime, until: datetime) -> None:
        """Keep a reminder until later, also when one of its kind was given before."""

    def pending(self, code: str) -> list[Reminder]:
        """Return what a case will be reminded of, in order."""

    def first(self, *, only: str | None = None, besides: str = "") -> Reminder | None:
        """Return the reminder due first, of one chat or of every chat besides one."""

    def claim(self, code: str, now: datetime) -> Reminder | None:
        """Claim everything of a case that is due, and return the newest; None if there is none."""


class Readers(Protocol):
    """What each person has chosen."""

    def get(self, who: str) -> Reader:
        """Return what a person has chosen; a Reader with nothing chosen where nothing is kept."""

    def keep(self, reader: Reader, at: datetime) -> None:
        """Keep what a person has chosen."""

    def forget(self, before: datetime) -> None:
        """Erase what was chosen before a moment by those of whom nothing else is left."""
