"""Seeded conversations in a hurry with the real process: a tap counts only for what was seen.

A person has seen what was on the screen for longer than the guard lasts. A second tap within 0.1 to
0.7 s of the first meets whatever is under the finger by then: it counts if that was seen, such as
another tick of the same screen, and changes nothing if it was not.

`CONVERSATIONS=200 pytest -s tests/adapters/telegram/test_hasty_conversations.py` runs all 200.
"""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.telegram.outbox.just_changed import SECONDS_OF_BACKLOG
from bot.conversation.machine import FlowMachine
from bot.flows.triage_conditions import CORD_SIGNS
from bot.screens.notices import words
from state.records import FIRST_PLACE, Answer, Entry, StoredCase
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_random_conversations import (
    PATIENCE,
    CordCall,
    Person,
    buttons_of,
    running,
)
from tests.botapi import Message, Tap

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("CONVERSATIONS", "12"))
PROCESSES = 2
AT_ONCE = 8
SEEN_AFTER = 1.2  # the guard of 0.8 s, and what a busy program may take to ask for a tap
HASTE = (0.1, 0.7)
SLACK = 0.03
TICKING_HASTE = (0.1, 0.3)
SECONDS_UP = (8.0, 16.0)
SECONDS_IN_DOUBT = SECONDS_OF_BACKLOG + 1.5
MOST_REMINDED = 3
MOST_CASES = 1_000
SLOW_EDIT = 0.3
TOO_SOON = words("fixed")["too_soon"]
NOT_DELETED = "Bad Request: message can't be deleted"
RIGHTLY_REFUSED = (
    "message is not modified", "query is too old", "message to edit not found",
    "terminated by other getUpdates",
)  # fmt: skip
TICKING = ("tick", "untick")
LOOKING = (
    "card", "plan", "more", "continue", "back", "edit", "cases", "resume", "why", "sources",
    "settings", "sbar", "snooze", "outcome", "cancel", "triage", "define", "look",
)  # fmt: skip
COMMANDS = (
    "/card", "/plan", "/plan 2", "/cases", "/edit", "/earlier 11 h ago", "/earlier 2 h ago",
    "/back", "/sins", "/mri foot drop", "/sbar", "/given", "/called other", "/undo", "/requested",
    "/outcome", "/newsigns", "/why", "/start",
)  # fmt: skip

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Key:
    """One button as a finger meets it: its label, the data that it sends, and what it does."""

    label: str
    data: str
    code: str | None
    does: tuple[str, str] | None

    @property
    def verb(self) -> str:
        return self.does[0].partition(" ")[0] if self.does else ""

    @property
    def question(self) -> str:
        return self.does[0].partition(" ")[2] if self.does else ""

    @property
    def ticks_unasked(self) -> bool:
        """Return whether this is a tick that counts by itself; a lost cord sign is asked back."""
        return self.verb == "tick" or (self.verb == "untick" and self.question != CORD_SIGNS)

    def is_same(self, other: "Key | None") -> bool:
        """Return whether another button says and does the same."""
        return other is not None and (self.label, self.code, self.does) == (
            other.label, other.code, other.does,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What a case has gained: answers, lines of its time line, another status."""

    code: str
    answers: tuple[Answer, ...]
    noted: tuple[Entry, ...]
    moved: bool


@dataclass(slots=True)
class Ward:
    """A program, its server and its database, which is stopped or killed now and then."""

    program: CordCall
    store: SqliteStore
    counts: Counter[str]
    chance: random.Random
    up_since: float = -SECONDS_IN_DOUBT
    is_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def disturb(self) -> None:
        """Stop or kill the program every few seconds, and let reminders fall due meanwhile."""
        while True:
            self.is_up.set()
            await asyncio.sleep(self.chance.uniform(*SECONDS_UP))
            await self.restart()

    async def restart(self) -> None:
        self.is_up.clear()
        starts = len(self.program.server.calls.of("getMe"))
        kind = self.chance.choice(("kills", "stops"))
        self.counts[kind] += 1
        if kind == "kills":
            await self.program.kill()
        else:
            assert await self.program.stop() == 0
        self._remind()
        await self.program.start()
        server = self.program.server
        await server.until(lambda: len(server.calls.of("getMe")) > starts, PATIENCE)
        self.up_since = asyncio.get_running_loop().time()

    @property
    def is_in_doubt(self) -> bool:
        """Return whether a tap may have waited for the start, so that it may be refused."""
        now = asyncio.get_running_loop().time()
        return not self.is_up.is_set() or now - self.up_since < SECONDS_IN_DOUBT

    def _remind(self) -> None:
        """Make the next reminder of some open cases due now."""
        now = datetime.now(UTC)
        with self.store.turn():
            shown = self.store.cases.open_after(FIRST_PLACE, MOST_CASES)
            codes = sorted(each.code for each in shown if each.shown)
            for code in self.chance.sample(codes, min(MOST_REMINDED, len(codes))):
                for each in self.store.reminders.pending(code)[:1]:
                    self.store.reminders.put_off(code, each.kind, each.deadline, now)
                    self.counts["reminders"] += 1


class Hasty(Person):
    """A person who mostly taps before having read."""

    def __init__(self, ward: Ward, machine: FlowMachine, number: int) -> None:
        super().__init__(ward.program.server, ward.store, machine, number)
        self.ward = ward
        self.counts = ward.counts
        faults, chat = self.server.faults, self.phone.chat.id
        if self.chance.random() < 0.4:
            faults.refuse(400, NOT_DELETED, "deleteMessage", chat, times=None)
        if self.chance.random() < 0.3:
            faults.delay(SLOW_EDIT, "editMessageText", chat, times=None)

    async def converse(self, acts: int) -> None:
        await self.begin()
        for _ in range(acts):
            await self.act()
            self.counts["acts"] += 1
        self.counts["taps"] += sum(
            tap.user is self.phone.user for tap in self.server.world.taps.values()
        )
        self.counts["answers"] += sum(self.answers().values())

    async def act(self) -> None:
        acts: dict[Callable[[], Any], int] = {
            self.tap_in_a_hurry: 50,
            self.tick_quickly: 15,
            self.go_forward: 15,
            self.tap_something_old: 5,
            self.begin_another: 4,
            lambda: self.type(self.chance.choice(COMMANDS)): 15,
        }
        (chosen,) = self.chance.choices([*acts], [*acts.values()])
        await chosen()

    async def begin_another(self) -> None:
        if len(self.cases) < 3:
            await self.begin()

    async def look(self) -> None:
        """Wait until all that is shown has been there for longer than the guard lasts."""
        while True:
            await self.ward.is_up.wait()
            await self.settle()
            seen, up_since = self._shown(), self.ward.up_since
            await asyncio.sleep(SEEN_AFTER)
            still_up = self.ward.is_up.is_set() and self.ward.up_since == up_since
            if still_up and self._shown() == seen and not self.waits:
                return

    async def type(self, text: str) -> None:
        await self.ward.is_up.wait()
        await super().type(text)

    async def tap(self, message: Message, data: str, times: int = 1) -> None:
        """Tap with leisure: what is tapped was seen, so it counts."""
        await self.look()
        await super().tap(message, data, times)

    def may_be_refused(self, taps: list[Tap]) -> bool:
        return self.ward.is_in_doubt and any(tap.text == TOO_SOON for tap in taps)

    async def tap_in_a_hurry(self) -> None:
        """Tap a button, and once more where the finger is before the next screen can be read."""
        await self.look()
        found = [message for message in self.phone.bot_messages if buttons_of(message)]
        if not found:
            return
        message = found[-1] if self.chance.random() < 0.8 else self.chance.choice(found)
        place, first = self.chance.choice([*self.keys(message).items()])
        seen = {(each.id, at): key for each in found for at, key in self.keys(each).items()}
        before = self.kept()
        taps = [self.phone.taps_data(message, first.data)]
        await asyncio.sleep(self.chance.uniform(*HASTE))
        between = self.kept() if taps[0].answered and not self.waits else None
        message, place, second = self.under_the_finger(message, place, first)
        was_seen = second.data in {key.data for key in seen.values()} or second.is_same(
            seen.get((message.id, place))
        )
        lands_in = self.lands_in(second.data) if between is not None and was_seen else None
        taps.append(self.phone.taps_data(message, second.data))
        for tap in taps:
            await self.phone.gets_answer(tap, PATIENCE)
        await self.settle()
        self.counts["hasty taps"] += 1
        self.counts["not seen"] += not was_seen
        refused = taps[1].text == TOO_SOON
        self.counts["hasty taps refused"] += refused
        self.counts["of them seen, after a restart"] += refused and was_seen
        apart = taps[1].time - taps[0].time
        told = (
            f"{first} then {second} on {message}: {[tap.text for tap in taps]} {apart:.2f} s apart"
        )
        assert self.may_be_refused(taps[:1]) or taps[0].text != TOO_SOON, told
        if was_seen:
            assert self.may_be_refused(taps) or taps[1].text != TOO_SOON, told
            if between is not None and not self.may_be_refused(taps):
                added = {each.code: len(each.answers) for each in self.added(between)}
                expected = {lands_in: 1} if lands_in and not self.is_asked_back else {}
                assert {code: n for code, n in added.items() if n} == expected, told
        elif apart > HASTE[1] + SLACK:
            self.counts["not in time"] += 1
        elif between is not None:
            assert self.added(between) == [], told
        else:
            self.assert_only(first, self.added(before), told)
        self.assert_cases_are_possible()

    def under_the_finger(
        self, message: Message, place: Place, first: Key
    ) -> tuple[Message, Place, Key]:
        """Return the button that the second tap hits.

        Mostly the one now in the same place of the lowest message; the same one if what came
        after it has not reached the phone yet; or another one of what is new.
        """
        found = [each for each in self.phone.bot_messages if buttons_of(each)]
        chance = self.chance.random()
        if chance < 0.2 or not found:
            return message, place, first
        now = message if message in found and chance < 0.5 else found[-1]
        keys = self.keys(now)
        if place not in keys or chance > 0.85:
            place = self.chance.choice([*keys])
        return now, place, keys[place]

    def assert_only(self, first: Key, added: list[Added], told: str) -> None:
        """Check that what was added is what the first tap can have added alone."""
        answers = [answer for each in added for answer in each.answers]
        noted = [entry for each in added for entry in each.noted]
        assert {each.code for each in added} <= {first.code}, told
        assert len(noted) <= 1, told
        if first.verb in LOOKING:
            assert not (answers or noted), told
        if first.verb in ("answer", *TICKING, "done"):
            assert {answer.question for answer in answers} <= {first.question}, told
            assert len(answers) <= 1, told

    async def tick_quickly(self) -> None:
        """Tap several ticks of one screen, faster than it is drawn again: all of them count."""
        await self.look()
        message = self.newest
        keys = {at: key for at, key in self.keys(message).items() if key.ticks_unasked}
        code = next((key.code for key in keys.values()), None)
        case = self.kept().get(code or "")
        if message is None or case is None or len(keys) < 2 or case.adding:
            await self.tap_in_a_hurry()
            return
        question = next(iter(keys.values())).question
        before = self.ticked(case.code, question)
        taps, chosen = [], set[str]()
        for place in self.chance.sample([*keys], min(len(keys), 4)):
            key = keys[place]
            now = self.keys(message).get(place)
            chosen.add(key.does[1] if key.does else "")
            tapped = now if now and key.is_same(now) else key
            taps.append(self.phone.taps_data(message, tapped.data))
            await asyncio.sleep(self.chance.uniform(*TICKING_HASTE))
        for tap in taps:
            await self.phone.gets_answer(tap, PATIENCE)
        await self.settle()
        self.counts["quick ticks"] += len(taps)
        if not self.may_be_refused(taps):
            said = f"{chosen} on {message}, then {self.newest}: {[tap.text for tap in taps]}"
            assert self.ticked(case.code, question) == before ^ chosen, said
        self.assert_cases_are_possible()

    def ticked(self, code: str, question: str) -> set[str]:
        found = self.kept()[code].latest.get(question)
        return set(found) if isinstance(found, list) else set()

    def keys(self, message: Message | None) -> dict[Place, Key]:
        """Return the buttons that call the bot by place; rows count from the bottom."""
        markup = (message.reply_markup if message else None) or {}
        rows = markup.get("inline_keyboard", [])
        return {
            (len(rows) - row, column): self.key_of(button["text"], button["callback_data"])
            for row, buttons in enumerate(rows)
            for column, button in enumerate(buttons)
            if "callback_data" in button
        }

    def key_of(self, label: str, data: str) -> Key:
        token, _, number = data.partition(":")
        minted = self.ward.store.buttons.find(token)
        does = minted.actions[int(number)] if minted else None
        return Key(label, data, minted.code if minted else None, does)

    def kept(self) -> dict[str, StoredCase]:
        return {case.code: case for case in self.cases}

    def added(self, before: dict[str, StoredCase]) -> list[Added]:
        """Return what each case has gained since."""
        found = [self._added(before.get(case.code), case) for case in self.cases]
        return [each for each in found if each.answers or each.noted or each.moved]

    @staticmethod
    def _added(before: StoredCase | None, after: StoredCase) -> Added:
        answers = after.answers[len(before.answers) if before else 0 :]
        noted = after.timeline[len(before.timeline) if before else 0 :]
        moved = before is None or before.status != after.status
        return Added(after.code, answers, noted, moved)


@asynccontextmanager
async def ward(folder: Path, counts: Counter[str], number: int) -> AsyncIterator[Ward]:
    """A program that is disturbed while people use it."""
    async with running(folder, CORDCALL_TAP_GUARD_MS="800", CORDCALL_TAPS_PER_MINUTE="0") as (
        program,
        store,
    ):
        found = Ward(program, store, counts, random.Random(number))
        disturbing = asyncio.create_task(found.disturb())
        try:
            yield found
        finally:
            disturbing.cancel()
            await asyncio.gather(disturbing, return_exceptions=True)


async def converse_one_after_another(
    found: Ward, machine: FlowMachine, numbers: Iterator[int]
) -> None:
    for number in numbers:
        person = Hasty(found, machine, number)
        await person.converse(int(person.chance.triangular(5, 14, 8)))


async def test_hasty_conversations(tmp_path: Path, machine: FlowMachine) -> None:
    """Nothing is answered, noted, closed or undone unseen; every tap is answered."""
    numbers, counts = iter(range(COUNT)), Counter[str]()
    async with AsyncExitStack() as stack:
        wards = [
            await stack.enter_async_context(ward(tmp_path / str(number), counts, number))
            for number in range(PROCESSES)
        ]
        async with asyncio.TaskGroup() as together:
            for found in wards * AT_ONCE:
                together.create_task(converse_one_after_another(found, machine, numbers))
        for found in wards:
            await found.is_up.wait()
            server = found.program.server
            assert server.refused_but(*RIGHTLY_REFUSED) == []
            assert all(tap.answered for tap in server.world.taps.values())
            assert found.program.trouble() == []
    sys.stdout.write(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    assert counts["hasty taps refused"] > 0
    assert counts["not seen"] > 0
