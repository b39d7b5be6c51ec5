"""A thumb on the phone page: taps and lines by script over HTTP, and what is in view after each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.flows.grammar import UNKNOWN, Question, Value
from bot.flows.triage import FLOW
from tests.botapi import PersonInChat
from tests.dialogue import ask, labels

from .browser import Phone
from .running import Demo

SECONDS_OF_QUIET = 0.25
GO_ON = "Continue"


@dataclass(frozen=True, slots=True)
class View:
    """What is in view after `did`: the text on one line, the buttons of whole messages, a toast."""

    did: str
    text: str
    newest: Mapping[str, Any]
    toast: str
    toast_is_cut: bool


class Thumb:
    """One person's phone, open on the page."""

    def __init__(self, demo: Demo, phone: Phone, user_id: int) -> None:
        self.person: PersonInChat = demo.api.private_chat(user_id, "Doctor")
        self._demo = demo
        self._phone = phone

    async def opens(self, **query: str) -> None:
        """Open the page; `query` may choose its size and its look."""
        more = "".join(f"&{name}={value}" for name, value in query.items())
        address = self._demo.phone(self.person.user.id) + more
        await self._phone.send("Page.navigate", url=address)
        await self._phone.becomes("typeof measure === 'function' && revision >= 0")

    async def types(self, line: str) -> View:
        """Type a line, and wait until the bot has written or edited something."""
        before = self._written
        await self._phone.value(f"typeLine({json.dumps(line)})")
        return await self._sees_more_than(before, line)

    async def taps(self, label: str) -> View:
        """Tap the newest button with this label, and wait until the bot has acted on it."""
        before = self._written
        await self._phone.value(f"tapButton({json.dumps(label)})")
        return await self._sees_more_than(before, label)

    @property
    def _written(self) -> list[tuple[int, int]]:
        """The bot's messages with the number of their versions."""
        return [(each.id, len(each.versions)) for each in self.person.bot_messages]

    async def _sees_more_than(self, before: list[tuple[int, int]], did: str) -> View:
        await self._demo.api.until(lambda: self._written != before)
        return await self.sees(did)

    async def sees(self, did: str = "") -> View:
        """Wait until nothing changes any more, and look at the phone."""
        before = -1
        while before != self.person.chat.revision:
            before = self.person.chat.revision
            await asyncio.sleep(SECONDS_OF_QUIET)
        await self._phone.becomes(f"revision === {before}")
        told = await self._phone.value("measure()")
        toast = told["toast"] or {"text": "", "cut": False}
        newest = told["messages"][-1] if told["messages"] else {}
        return View(did, " ".join(told["in_view"]), newest, toast["text"], toast["cut"])

    @property
    def asked(self) -> str:
        """Return the id of the question that the newest message with buttons asks; "" if none."""
        keyed = [message for message in self.person.bot_messages if message.buttons]
        text = keyed[-1].text if keyed else ""
        return next((name for name in FLOW.questions if ask(name) in text), "")

    async def answers(self, stated: Mapping[str, Value]) -> AsyncIterator[tuple[str, View]]:
        """Answer each question as it is asked, by taps, and yield what is in view after each."""
        async for name, label in self.will_tap(stated):
            yield name, await self.taps(label)

    async def will_tap(self, stated: Mapping[str, Value]) -> AsyncIterator[tuple[str, str]]:
        """Yield each question and the label to tap next, which must be tapped before going on."""
        left, asked = dict(stated), set[str]()
        while left:
            if not self.asked:
                await self.taps(GO_ON)
            name = self.asked
            if not name or name in asked:
                raise AssertionError(f"{', '.join(left)}: never asked; {self.person.last.text}")
            asked.add(name)
            for label in labels(FLOW.questions[name], left.pop(name, _unstated(name))):
                yield name, label


def _unstated(name: str) -> Value:
    question: Question = FLOW.questions[name]
    return UNKNOWN if question.can_be_unknown else False
