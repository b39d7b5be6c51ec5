"""A crowd that taps through a bot's questions, each person as soon as the next one appears."""

import asyncio
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from tests.bench.bots import Bot
from tests.botapi import Message, PersonInChat

PATIENCE = 20.0
FIRST_PERSON = 1_000


@dataclass(slots=True)
class Load:
    """A crowd's results: seconds from each tap to the next question, and who got stuck."""

    seconds: list[float] = field(default_factory=list)
    stuck: int = 0
    took: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98] * 1000


class Crowd:
    """Some people in private chats with one bot."""

    def __init__(self, bot: Bot, people: int, patience: float = PATIENCE) -> None:
        self._bot = bot
        self._patience = patience
        self._people = [bot.server.private_chat(FIRST_PERSON + n) for n in range(people)]
        self._touched = {each.chat.id: asyncio.Event() for each in self._people}
        world = bot.server.world
        touch = world.touch

        def touched(chat: object) -> None:
            touch(chat)  # type: ignore[arg-type]
            event = self._touched.get(getattr(chat, "id", 0))
            if event:
                event.set()

        world.touch = touched  # type: ignore[method-assign]

    async def is_answered(self) -> bool:
        """Return whether the bot answers by now."""
        person = self._people[0]
        before = len(person.chat.messages)
        person.types(self._bot.program.opening)
        return bool(await self._until(person, lambda: len(person.chat.messages) > before + 1))

    async def tap(self, taps: int, *, first_reply: bool = False) -> Load:
        """Begin, then tap so many times each; only the taps are timed.

        With `first_reply` a tap is timed until it is answered or shown, whichever is first.
        """
        load = Load()
        shown = await asyncio.gather(*(self._begin(each) for each in self._people))
        start = perf_counter()
        await asyncio.gather(
            *(
                self._go_on(each, message, taps, load, first_reply)
                for each, message in zip(self._people, shown, strict=True)
            )
        )
        load.took = perf_counter() - start
        return load

    async def type(self, times: int) -> Load:
        """Type this many times each, as soon as the last line is answered."""
        load = Load()
        start = perf_counter()
        await asyncio.gather(*(self._chat(each, times, load) for each in self._people))
        load.took = perf_counter() - start
        return load

    async def _begin(self, person: PersonInChat) -> Message:
        before = set(person.chat.messages)
        person.types(self._bot.program.opening)

        def asked() -> Message | None:
            newest = _asking(person)
            return newest if newest and newest.id not in before else None

        found = await self._until(person, asked)
        assert found is not None, "no first question"
        return found

    async def _go_on(
        self, person: PersonInChat, message: Message, taps: int, load: Load, first_reply: bool
    ) -> None:
        for number in range(taps):
            data = self._next_button(message, number)
            began = perf_counter()
            tap = person.taps_data(message, data)
            if first_reply:
                await self._bot.server.until(
                    lambda tap=tap, newest=message.versions[-1]: (
                        tap.answered or _asking(person).versions[-1] is not newest
                    )
                )
                load.seconds.append(perf_counter() - began)

            def moved(data: str = data) -> Message | None:
                newest = _asking(person)
                return newest if newest and data not in _buttons(newest).values() else None

            following = await self._until(person, moved)
            if following is None:
                load.stuck += 1
                return
            if not first_reply:
                load.seconds.append(perf_counter() - began)
            message = following

    async def _chat(self, person: PersonInChat, times: int, load: Load) -> None:
        for _ in range(times):
            before = len(person.chat.messages)
            began = perf_counter()
            person.types(self._bot.program.opening)
            answered = await self._until(
                person, lambda before=before: len(person.chat.messages) > before + 1
            )
            assert answered
            load.seconds.append(perf_counter() - began)

    async def _until(self, person: PersonInChat, found: Callable[[], Any]) -> Any:
        event = self._touched[person.chat.id]
        try:
            async with asyncio.timeout(self._patience):
                while not (value := found()):
                    event.clear()
                    await event.wait()
                return value
        except TimeoutError:
            return None

    def _next_button(self, message: Message, number: int) -> str:
        buttons = _buttons(message)
        labels = self._bot.program.labels
        wanted = labels[min(number, len(labels) - 1)] if labels else ""
        return buttons.get(wanted) or next(iter(buttons.values()))


def _buttons(message: Message) -> dict[str, str]:
    rows = (message.reply_markup or {}).get("inline_keyboard", [])
    return {b["text"]: b["callback_data"] for row in rows for b in row if "callback_data" in b}


def _asking(person: PersonInChat) -> Message | None:
    """Find the lowest message with several buttons."""
    for message in reversed(person.chat.messages.values()):
        if len(_buttons(message)) > 1:
            return message
    return None
