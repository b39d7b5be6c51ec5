"""One update on its way through the inbox, and a tap as the inbox keeps it."""

import json
from dataclasses import dataclass

from bot.adapters.telegram.updates import Reduced
from bot.incoming import Incoming, Tap
from state.records import LeftTap


@dataclass(frozen=True, slots=True)
class Update:
    """One update: what it was reduced to, or the error while reducing it.

    With `too_soon` it is a tap on a button that has just taken another one's place, with `too_many`
    one beyond its person's limit.
    """

    id: int
    reduced: Reduced | Exception
    attempts: int = 0
    too_soon: bool = False
    too_many: bool = False


def kept_tap(update: Update) -> str | None:
    """Serialise a tap for the inbox; typed text is never stored, Telegram delivers it again."""
    done = update.reduced
    if not isinstance(done, Incoming) or not isinstance(done.act, Tap):
        return None
    tap = (done.chat, done.who, done.act.token, done.act.place, done.query, done.message_id)
    return json.dumps((*tap, update.too_soon))


def read_kept(left: LeftTap) -> Update:
    """Read a tap from the inbox; an older version did not keep whether it came too soon."""
    try:
        chat, who, token, place, query, message_id, *rest = json.loads(left.tap)
    except (TypeError, ValueError) as error:
        return Update(left.update_id, error)
    tapped = Incoming(chat, who, Tap(token, place), query, message_id)
    return Update(left.update_id, tapped, too_soon=rest == [True])
