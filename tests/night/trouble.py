"""What goes wrong in a night, and when: restarts, 429s, a migration, people who go."""

import asyncio
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi, PersonInChat
from tests.night.crowd import Crowd
from tests.night.runner import SINCE, SPEED
from tests.night.ward import Place, Ward

FLOODED_FOR = (5.0, 30.0)  # seconds of the clock
FLOODS = 8
SECONDS_IN_A_SEND = 0.5
MOST_TRIES = 3
SECONDS_TO_SHOW = 5.0
SECONDS_TO_SETTLE = 3.0  # real ones: a start takes as long whatever the clock shows
NO_PINS = frozenset({"can_pin_messages"})
RESTARTS = (0.2, 0.5, 0.75)  # shares of the night; the second is a kill
MIGRATES, REMOVED, LEAVES = 0.35, 0.55, 0.65
NO_PIN, PLAIN, LEADS = 0.25, 0.6, 0.85
THROWN_OUT, RESTRICTED = 0.42, 0.7
AWAY_FOR = 0.04
SETTINGS = 16
WAYS = (
    "asks all", "asks none", "asks signs", "closes clinician", "closes owner", "repeat 5",
    "repeat 20", "quiet 20-08", "quiet 22-07", "quiet none", "zone Asia/Tokyo", "zone hospital",
    "call 5555", "call none",
)  # fmt: skip


class Program(CordCall):
    """The program by the fast clock of its server; `down` is when it was away."""

    module = "tests.night.runner"

    def __init__(self, server: BotApi, folder: Path, **settings: str) -> None:
        clock = server.clock
        fast = {SINCE: repr(clock.since), SPEED: repr(clock.speed)}
        super().__init__(server, folder, **fast, **settings)
        self.down = list[tuple[float, float]]()
        self.kills = list[float]()
        self.ended = list[int]()
        self.settled_at = 0.0

    async def polls(self) -> None:
        """Wait until it asks for updates."""
        while not self.server.updates.is_polled:
            await asyncio.sleep(0.02)

    async def restart(self) -> None:
        """Stop it as a deployment does, and start it again."""
        began = self.server.clock.now()
        status = await self.stop()
        if status:
            self.ended.append(status)
        await self._begin_again(began)

    async def crash(self) -> None:
        """Kill it as a power cut does, and start it."""
        began = self.server.clock.now()
        os.kill(self.pid, signal.SIGKILL)
        await self.ends(1.0)
        self.kills.append(began)
        await self._begin_again(began)

    async def _begin_again(self, began: float) -> None:
        self.server.updates.end_poll()
        await self.start()
        await asyncio.sleep(0.05)
        await self.polls()
        self.down.append((began, self.server.clock.now()))
        self.settled_at = asyncio.get_running_loop().time() + SECONDS_TO_SETTLE

    def seconds_down(self, since: float, until: float) -> float:
        """Return for how many seconds of the clock it was away between two times."""
        return sum(max(0.0, min(until, end) - max(since, begun)) for begun, end in self.down)


def _calls(asker: PersonInChat) -> int:
    return sum(not message.silent for message in asker.bot_messages)


@dataclass(slots=True)
class Trouble:
    """Strikes at its times, shares of a night of so many real seconds."""

    ward: Ward
    crowd: Crowd
    program: Program
    seconds: float
    seed: int
    struck: Counter[str] = field(default_factory=Counter)

    async def strike(self) -> None:
        """Strike all night; return once everything has struck."""
        chance = random.Random(f"{self.seed} trouble")
        oncology, spine, dialysis = self.ward.places
        acts = [
            *((share, self._restart) for share in RESTARTS[::2]),
            (RESTARTS[1], self._kill),
            *((0.1 + 0.8 * chance.random(), lambda: self._flood(chance)) for _ in range(FLOODS)),
            (MIGRATES, lambda: self._migrate(oncology)),
            (REMOVED, lambda: self._remove(spine)),
            (LEAVES, lambda: self._leave(oncology)),
            (NO_PIN, lambda: self._puts_bot("may not pin", spine, "administrator", NO_PINS)),
            (PLAIN, lambda: self._puts_bot("made a plain member", spine, "member")),
            (LEADS, lambda: self._puts_bot("made an admin", spine, "administrator")),
            (THROWN_OUT, lambda: self._puts_bot("thrown out", dialysis, "kicked")),
            (THROWN_OUT + AWAY_FOR, lambda: self._lets_in(dialysis, "member")),
            (RESTRICTED, lambda: self._puts_bot("restricted", oncology, "restricted")),
            (RESTRICTED + AWAY_FOR, lambda: self._lets_in(oncology, "administrator")),
            *((0.05 + 0.9 * chance.random(), lambda: self._set(chance)) for _ in range(SETTINGS)),
        ]
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for share, act in sorted(acts, key=lambda each: each[0]):
            await asyncio.sleep(begun + share * self.seconds - loop.time())
            await self.crowd.resting.wait()
            self.crowd.under_way += 1
            try:
                await act()
            finally:
                self.crowd.under_way -= 1

    async def _restart(self) -> None:
        self.struck["restarts"] += 1
        self.ward.note("! restart")
        await self.program.restart()
        self.ward.note("! restarted")

    async def _kill(self) -> None:
        """Kill it when an alarm has arrived in its group, before it hears that it has.

        Somebody may settle the case before it can be one. TimeoutError if that is so again.
        """
        for left in reversed(range(MOST_TRIES)):
            try:
                await self._kill_in_an_alarm(self.ward.places[1])
            except TimeoutError:
                if not left:
                    raise
            else:
                return
            finally:
                self.ward.server.faults.clear()

    async def _kill_in_an_alarm(self, place: Place) -> None:
        asker = self.ward.owner_in(place)
        self.ward.server.faults.delay(
            SECONDS_IN_A_SEND, "sendMessage", place.group.chat.id, after=True, times=None
        )
        calls = _calls(asker)
        await self.crowd.raises_alarm(place)
        await self.ward.server.until(lambda: _calls(asker) > calls, SECONDS_TO_SHOW)
        self.ward.note("! kill -9")
        await self.program.crash()
        self.struck["kill -9"] += 1
        self.ward.note("! started")

    async def _flood(self, chance: random.Random) -> None:
        seconds = chance.uniform(*FLOODED_FOR)
        chats: list[int | None] = [None, *(place.group.chat.id for place in self.ward.places)]
        chat = chance.choice(chats)
        self.struck["429s"] += 1
        self.ward.note(f"! 429 for {seconds:.0f} s in {chat or 'every chat'}")
        self.ward.server.faults.flood(seconds, chat)

    async def _puts_bot(
        self, what: str, place: Place, status: str, without: frozenset[str] = frozenset()
    ) -> None:
        self.struck[what] += 1
        self.ward.puts_bot(place, status, without=without)

    async def _lets_in(self, place: Place, status: str) -> None:
        """Let the bot write again, and have the group enrolled anew."""
        await self._puts_bot("let write again", place, status)
        await self.crowd.enrols(place)

    async def _set(self, chance: random.Random) -> None:
        """Have an owner change one of the ways of a group."""
        place = chance.choice([each for each in self.ward.places if not each.is_away])
        self.struck["ways of a group set"] += 1
        self.crowd.types(self.ward.owner_in(place), f"/group {chance.choice(WAYS)}")

    async def _migrate(self, place: Place) -> None:
        self.struck["migrations"] += 1
        self.ward.migrates(place)

    async def _remove(self, place: Place) -> None:
        self.struck["removed"] += 1
        self.ward.removes(place, "D")

    async def _leave(self, place: Place) -> None:
        self.struck["left"] += 1
        self.ward.leaves(place, "E")
