"""One update on its way through the inbox, and a tap as the inbox keeps it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.telegram.updates import Reduced
from bot.incoming import Incoming, Tap
from state.records import LeftTap


@dataclass(frozen=True, slots=True)
class Update:
    """One update: what it was reduced to, or the error while reducing it.

    With `too_soon` it is a tap on a button that has just taken another one's place, with `too_many`
    a tap, or a command in a group, beyond its person's limit.
    """

    id: int
    reduced: Reduced | Exception
    attempts: int = 0
    too_soon: bool = False
    too_many: bool = False

    def judged(self, too_soon: bool, too_many: bool) -> "Update":
        """Return it as it was judged."""
        return Update(self.id, self.reduced, self.attempts, too_soon, too_many)

    def tried(self, attempts: int) -> "Update":
        """Return it after so many attempts."""
        return Update(self.id, self.reduced, attempts, self.too_soon, self.too_many)


def kept_tap(update: Update) -> str | None:
    """Serialise a tap for the inbox, with when it came.

    Typed text is never stored: Telegram delivers it again, with its date.
    """
    done = update.reduced
    if not isinstance(done, Incoming) or not isinstance(done.act, Tap):
        return None
    tap = (done.chat, done.who, done.act.token, done.act.place, done.query, done.message_id)
    came = done.sent_at.isoformat() if done.sent_at else None
    return json.dumps((*tap, update.too_soon, came, done.thread))


def read_kept(left: LeftTap) -> Update:
    """Read a tap from the inbox; older versions did not keep when, and whether it was too soon."""
    try:
        kept: list[Any] = json.loads(left.tap)
        older = (None, None, None)
        chat, who, token, place, query, message_id, too_soon, came, thread, *_ = (*kept, *older)
        sent_at = datetime.fromisoformat(came) if came else None
    except (TypeError, ValueError) as error:
        return Update(left.update_id, error)
    tapped = Incoming(chat, who, Tap(token, place), query, message_id, sent_at, thread)
    return Update(left.update_id, tapped, too_soon=too_soon is True)
