"""How long people wait: from each tap to its answer, or to what is shown next in its chat."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from tests.botapi import Call, Tap
from tests.botapi.calls import CallLog
from tests.botapi.world import World

SHOWING: Final = ("sendmessage", "editmessagetext")


@dataclass(frozen=True, slots=True)
class Waited:
    """A tap that was made `since`, and `until` when nothing had followed."""

    since: float
    until: float

    @property
    def seconds(self) -> float:
        return self.until - self.since


class Waits(CallLog):
    """Keeps of the calls to a server only when each tap was followed by something."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._waiting = defaultdict[str, list[Tap]](list)
        self._of_person = Counter[int]()
        self.over = list[Waited]()

    def note(self, tap: Tap) -> None:
        """Note a tap: somebody waits from now on."""
        self._waiting[str(tap.message.chat.id)].append(tap)
        self._of_person[tap.user.id] += 1

    def waiting(self, who: int) -> int:
        """Return how many taps of a person nothing has followed yet."""
        return self._of_person[who]

    def add(self, call: Call) -> None:
        """End the wait of those whom a call answers, or shows something."""
        if not call.done:
            return
        method, params = call.method.lower(), call.params
        if method == "answercallbackquery":
            tap = self._world.taps[params.text("callback_query_id")]
            self._end(str(tap.message.chat.id), [tap])
        elif method in SHOWING:
            chat = params.text("chat_id")
            self._end(chat, self._waiting[chat])

    def _end(self, chat: str, taps: list[Tap]) -> None:
        followed = [each for each in self._waiting[chat] if each in taps]
        self._waiting[chat] = [each for each in self._waiting[chat] if each not in taps]
        self._of_person.subtract(each.user.id for each in followed)
        self.over += [Waited(each.time, self.now) for each in followed]

    @property
    def now(self) -> float:
        return self._world.clock.now()

    def longest(self, since: float, until: float) -> float:
        """Return for how long somebody waited at most who waited at some time between two."""
        now = self._world.clock.now()
        left = (Waited(tap.time, now) for taps in self._waiting.values() for tap in taps)
        return max(
            (
                each.seconds
                for each in (*self.over, *left)
                if each.since < until and each.until > since
            ),
            default=0.0,
        )
