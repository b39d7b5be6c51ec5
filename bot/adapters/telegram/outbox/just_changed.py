"""Remembers which buttons have just come under the thumb: a tap on one was meant for another."""

import json
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from state.records import Minted

MOST_REMEMBERED: Final = 1_000
SHOWN: Final = "shown"
SECONDS_OF_BACKLOG: Final = 3.0
SECONDS_TO_ANSWER: Final = 0.3
SECONDS_OF_A_TOAST: Final = 5.0
SECONDS_CLOCKS_DIFFER: Final = 10.0

Json = dict[str, Any]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Key:
    """One button as shown: its label, and its token and number among those of its turn."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A keyboard, and when it was shown, in seconds."""

    at: float
    keyboard: Json

    def keys(self) -> dict[Place, _Key]:
        """Return the buttons by their places; rows count from the bottom, which stays."""
        rows = self.keyboard["inline_keyboard"]
        return {
            (len(rows) - row, column): _Key(key["text"], key.get("callback_data", ""))
            for row, keys in enumerate(rows)
            for column, key in enumerate(keys)
        }


class JustChanged:
    """Remembers in memory the keyboard of each message, and those that it replaced just before.

    A button is another one if its label or what it does differs: the "No" of the next question is
    not the "No" of the last. `guard` is in seconds, 0 for none; `clock` counts seconds.

    A tap is as old as it can be: what a poll finds waiting may be as old as the answer to the poll
    before, so that a tap does not ripen while this program is busy.

    What this one shows others are told by `tell`, if there are other workers: a tap comes to any.

    What an earlier run has shown is unknown here. A tap that waited for the start is too soon if
    its message changed after that run was last seen to receive: nobody knows when it was made.
    """

    def __init__(
        self,
        guard: float,
        find: Callable[[str], Minted | None],
        clock: Callable[[], float],
        tell: Callable[..., None] | None = None,
    ) -> None:
        self._guard = guard
        self._tell = tell
        self._find = find
        self._clock = clock
        self._messages = OrderedDict[tuple[str, int], tuple[_Shown, ...]]()
        self._backlog_ends = -math.inf
        self._last_received = math.inf
        self._asked_at = -math.inf
        self._answered_at: float | None = None
        self._made_at: float | None = None

    def asks(self) -> None:
        """Note that taps are asked for now."""
        self._asked_at = self._clock()

    def is_answered(self) -> None:
        """Note the answer: taps that it brings at once have waited since the answer before."""
        now = self._clock()
        waited = now - self._asked_at < SECONDS_TO_ANSWER
        self._made_at = self._answered_at if waited else now
        self._answered_at = now

    @property
    def may_have_waited(self) -> bool:
        """Return whether the present taps may be older than a toast can still answer."""
        now = self._clock()
        late = self._made_at is not None and now - self._made_at > SECONDS_OF_A_TOAST
        return late or now < self._backlog_ends

    def begin(self, last_received: float) -> None:
        """Begin to receive taps; an earlier run last did at this time, in Unix seconds."""
        self._backlog_ends = self._clock() + SECONDS_OF_BACKLOG
        self._last_received = last_received

    def note(self, chat: str, message_id: int, keyboard: Json) -> None:
        """Note that a message was sent or edited, with these buttons.

        An edit is noted when it begins, since it may be seen before its answer comes, and again
        with its answer.
        """
        if self._guard and self._tell:
            self._tell(SHOWN, chat, message_id, json.dumps(keyboard))
        self.told(chat, message_id, keyboard)

    def told(self, chat: str, message_id: int, keyboard: Json) -> None:
        """Note that a message has these buttons, whichever worker has shown them."""
        if not self._guard:
            return
        now, message = self._clock(), (chat, message_id)
        former = self._messages.pop(message, ())
        former = former[:-1] if former and former[-1].keyboard == keyboard else former
        while len(former) > 1 and now - former[1].at >= self._guard:
            former = former[1:]
        self._remember(message, (*former, _Shown(now, keyboard)))

    def is_too_soon(self, chat: str, message: Json, token: str, number: int) -> bool:
        """Return whether a tap comes too soon after its button took another one's place.

        `message` is the tapped message as Telegram describes it.
        """
        if not self._guard:
            return False
        shown = self._messages.get((chat, message["message_id"]))
        if shown is None:
            return self._may_be_too_soon(chat, message)
        made_at = self._clock() if self._made_at is None else self._made_at
        if made_at - shown[-1].at >= self._guard:
            return False
        *former, newest = shown
        data, keys = f"{token}:{number}", newest.keys()
        place = next((place for place, key in keys.items() if key.data == data), None)
        if place is None:
            return False
        since, tapped = newest.at, keys[place]
        for each in reversed(former):
            if not self._same(each.keys().get(place), tapped):
                break
            since = each.at
        return made_at - since < self._guard

    def _may_be_too_soon(self, chat: str, message: Json) -> bool:
        """Judge a tap on what an earlier run has shown; after the backlog it has been read."""
        changed_at = message.get("edit_date") or message.get("date") or 0
        shown_until = changed_at + self._guard + SECONDS_CLOCKS_DIFFER
        if self._clock() < self._backlog_ends and shown_until >= self._last_received:
            return True
        keyboard = message.get("reply_markup") or {"inline_keyboard": []}
        self._remember((chat, message["message_id"]), (_Shown(-math.inf, keyboard),))
        return False

    def _remember(self, message: tuple[str, int], shown: tuple[_Shown, ...]) -> None:
        self._messages[message] = shown
        if len(self._messages) > MOST_REMEMBERED:
            self._messages.popitem(last=False)

    def _same(self, key: _Key | None, tapped: _Key) -> bool:
        if key is None or key.label != tapped.label:
            return False
        return key.data == tapped.data or self._does(key) == self._does(tapped)

    def _does(self, key: _Key) -> tuple[str, str] | None:
        token, _, number = key.data.rpartition(":")
        minted = self._find(token)
        return minted.actions[int(number)] if minted else None
