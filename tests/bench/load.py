"""A crowd that taps through a bot's screens, each person as soon as the next one is there.

It acts in the process of the test server, so that a tap costs it no call. A tap is done when it is
answered and the next screen is shown: the message edited, or a later one that leads on.
"""

import asyncio
import gc
import random
import statistics
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Protocol

from tests.adapters.telegram.test_random_conversations import buttons_of
from tests.bench.walks import CODE, Walk, leads_on
from tests.botapi import BotApi, Message, PersonInChat, Tap
from tests.botapi.chats import Chat

PATIENCE = 30.0
FIRST_PERSON = 1_000


class Bot(Protocol):
    """What is tapped, one process or several, and what it has spent so far."""

    @property
    def server(self) -> BotApi: ...

    @property
    def processor_seconds(self) -> float: ...

    @property
    def database_processor_seconds(self) -> float:
        """Return what a database in processes of its own has spent."""
        ...


@dataclass(slots=True)
class Load:
    """A crowd's results: seconds from each tap to its screen, and what the taps cost.

    `first_seconds` are until the answer or the screen, whichever was first. `wrong` says of each
    tap that went astray how.
    """

    seconds: list[float] = field(default_factory=list)
    first_seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    took: float = 0.0
    processor_seconds: float = 0.0
    database_processor_seconds: float = 0.0
    own_processor_seconds: float = 0.0
    calls: int = 0

    @property
    def taps(self) -> int:
        return len(self.seconds)

    @property
    def per_second(self) -> float:
        return self.taps / self.took

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def first_p50_ms(self) -> float:
        return statistics.median(self.first_seconds) * 1000

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98] * 1000

    @property
    def processor_ms(self) -> float:
        """Milliseconds of the bot's processor time a tap."""
        return self.processor_seconds / self.taps * 1000

    @property
    def database_processor_ms(self) -> float:
        """Milliseconds of processor time that a database of its own took a tap."""
        return self.database_processor_seconds / self.taps * 1000

    @property
    def own_processor_ms(self) -> float:
        """Milliseconds of processor time that the test server and the crowd took a tap."""
        return self.own_processor_seconds / self.taps * 1000


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, a line typed or the data of a button tapped, when, and what followed."""

    did: str
    is_tap: bool
    at: float
    message: Message
    text: str
    labels: tuple[str, ...]
    token: str


class Crowd:
    """Some people in private chats with one bot, who do what a walk says."""

    def __init__(self, bot: Bot, people: int, patience: float = PATIENCE) -> None:
        self._bot = bot
        self._owners: dict[str, Person] = {}  # of cases
        self.people = [
            Person(bot, bot.server.private_chat(FIRST_PERSON + n), patience) for n in range(people)
        ]
        by_chat = {each.phone.chat.id: each for each in self.people}
        world = bot.server.world
        touch = world.touch

        def touched(chat: Chat) -> None:
            touch(chat)
            if person := by_chat.get(chat.id):
                person.looks()

        world.touch = touched  # type: ignore[method-assign]

    async def go(
        self,
        walk: Walk,
        seed: str,
        *,
        taps: int | None = None,
        seconds: float | None = None,
        people: int | None = None,
        pause: float = 0.0,
    ) -> Load:
        """Have people begin, then tap so many times or so long; only the taps are measured.

        No rubbish is collected meanwhile: everything that was ever shown is kept here.
        """
        load, going = Load(), self.people[:people]
        await asyncio.gather(*(each.begins(walk) for each in going))
        gc.collect()
        gc.disable()
        bot, performed = self._bot, self._bot.server.dispatcher.performed
        spent, kept = bot.processor_seconds, bot.database_processor_seconds
        own, calls = process_time(), performed.total()
        start = perf_counter()
        end = start + seconds if seconds else None
        await asyncio.gather(
            *(
                each.taps(walk, random.Random(f"{seed} {n}"), load, taps, end, pause)
                for n, each in enumerate(going)
            )
        )
        load.took = perf_counter() - start
        load.processor_seconds = bot.processor_seconds - spent
        load.database_processor_seconds = bot.database_processor_seconds - kept
        load.own_processor_seconds = process_time() - own
        load.calls = performed.total() - calls
        gc.enable()
        return load

    def mixed_up(self) -> list[str]:
        """Name the cases that two people were shown, each in a chat of their own."""
        shown = {
            (code, person)
            for person in self.people
            for act in person.acts
            for code in CODE.findall(act.text)
        }
        return [code for code, who in shown if self._owners.setdefault(code, who) is not who]

    def forgets(self) -> None:
        """Keep of every message only how it looks now, and of what was done nothing."""
        for person in self.people:
            person.acts.clear()
            for message in person.phone.chat.messages.values():
                del message.versions[:-1]


class Person:
    """Somebody in a private chat, and all that they did and were shown."""

    def __init__(self, bot: Bot, phone: PersonInChat, patience: float) -> None:
        self.phone = phone
        self.acts = list[Act]()
        self._bot = bot
        self._patience = patience
        self._waits: _Waits | None = None

    def looks(self) -> None:
        """Look at the chat, which has changed."""
        if self._waits and self._waits.is_over(self.phone):
            self._waits = None

    async def begins(self, walk: Walk) -> bool:
        """Type what begins a walk; return whether a screen followed."""
        return await self._acts(walk.opening, None, None) is not None

    async def taps(
        self,
        walk: Walk,
        chance: random.Random,
        load: Load,
        taps: int | None,
        end: float | None,
        pause: float,
    ) -> None:
        number = 0
        while (taps is None or number < taps) and (end is None or perf_counter() < end):
            if pause:
                await asyncio.sleep(pause)
            message = self._asking()
            if message is None:
                await self.begins(walk)
                continue
            button = walk.choose(buttons_of(message), number, chance)
            before = message.text
            number += 1
            waited = await self._acts(button["callback_data"], message, load)
            if waited is None:
                load.wrong.append(f"{self.phone.chat.id}: {button['text']!r} leads nowhere")
                return
            shown, said = self.acts[-1].text, waited.tap.text if waited.tap else ""
            if trouble := walk.trouble(before, shown, said):
                load.wrong.append(f"{self.phone.chat.id}: {button['text']!r}: {trouble}")

    async def _acts(self, does: str, message: Message | None, load: Load | None) -> "_Waits | None":
        """Tap or type, and wait for what follows; None if nothing does."""
        newest = next(reversed(self.phone.chat.messages), 0)
        waits = _Waits(message, len(message.versions) if message else 0, newest)
        at = self._bot.server.clock.now()
        self._waits = waits
        began = perf_counter()
        if message is None:
            self.phone.types(does)
        else:
            waits.tap = self.phone.taps_data(message, does)
        try:
            await asyncio.wait_for(waits.done, self._patience)
        except TimeoutError:
            self._waits = None
            return None
        if load:
            load.seconds.append(waits.shown_at - began)
            load.first_seconds.append(waits.first_at - began)
        shown = waits.shown
        assert shown is not None
        buttons = buttons_of(shown)
        token = buttons[0]["callback_data"].partition(":")[0] if buttons else ""
        labels = tuple(each["text"] for each in buttons)
        self.acts.append(Act(does, message is not None, at, shown, shown.text, labels, token))
        return waits

    def _asking(self) -> Message | None:
        """Find the lowest message that is a screen."""
        for message in reversed(self.phone.chat.messages.values()):
            if not message.deleted and _is_screen(message):
                return message
        return None


@dataclass(slots=True)
class _Waits:
    """Waits for what follows a tap on a message, or a line typed, below the newest message."""

    message: Message | None
    versions: int
    newest: int
    tap: Tap | None = None
    shown: Message | None = None
    first_at: float = 0.0
    shown_at: float = 0.0
    done: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def is_over(self, phone: PersonInChat) -> bool:
        now = perf_counter()
        answered = self.tap is not None and self.tap.answered
        if self.shown is None:
            self.shown = self._found(phone)
            self.shown_at = now if self.shown else 0.0
        if not self.first_at and (answered or self.shown):
            self.first_at = now
        over = self.shown is not None and (answered or self.message is None)
        if over and not self.done.done():
            self.done.set_result(None)
        return over

    def _found(self, phone: PersonInChat) -> Message | None:
        message = self.message
        if message and len(message.versions) > self.versions and not message.deleted:
            return message
        for later in reversed(phone.chat.messages.values()):
            if later.id <= self.newest:
                return None
            if _is_screen(later):
                return later
        return None


def _is_screen(message: Message) -> bool:
    return leads_on([each["text"] for each in buttons_of(message)])
