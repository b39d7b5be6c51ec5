"""A crowd that taps through cases at a steady rate, whatever has become of the bot meanwhile."""

import asyncio
import random
import re
from dataclasses import dataclass, field
from typing import Any

from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from tests.adapters.telegram.test_random_conversations import CALM, buttons_of
from tests.botapi import BotApi, Message, PersonInChat, Tap

FIRST_ID = 1_001
OLDER_SHARE = 0.04
LOOKING_SHARE = 0.08
CALM_SHARE = 0.5
TAPS_A_CASE = (6, 24)
SECONDS_TO_BEGIN = 5.0
TICKED = "✓ "
LOOKING = ("Plan", "Back", "Case")
CLOSE = "/close transferred"
BEGIN = "/triage"
NUMBER = re.compile(r"[\d.]+( .*)?")
ANSWERS = {*CALM, "Yes"}.union(
    *(
        {words_of(FLOW, name).unknown, *words_of(FLOW, name).options.values()}
        for name in FLOW.questions
    )
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Acted:
    """A tap, and the label under the finger."""

    tap: Tap
    label: str


@dataclass(slots=True)
class Person:
    """Somebody who answers one case after the other, looks about, and hits an old button at times.

    Whoever is asked taps what is there, drawn anew or not.
    """

    phone: PersonInChat
    chance: random.Random
    acted: list[Acted] = field(default_factory=list)
    left: int = 0
    typed_at: float = -SECONDS_TO_BEGIN

    def act(self) -> bool:
        """Tap; return False if there is nothing to tap, and a case is begun instead."""
        message = self._asking()
        if message is None:
            self._begin()
            return False
        chance = self.chance.random()
        if chance < OLDER_SHARE:
            message = self.chance.choice([m for m in self.phone.bot_messages if buttons_of(m)])
        buttons = buttons_of(message)
        answers = [button for button in buttons if is_answer(button)]
        forward = answers or [button for button in buttons if button["text"] == "Continue"]
        looking = [button for button in buttons if button["text"] in LOOKING]
        calm = [button for button in answers if button["text"] in CALM]
        if chance > 1 - LOOKING_SHARE and looking:
            forward = looking
        elif calm and self.chance.random() < CALM_SHARE:
            forward = calm
        if not forward or self.left <= 0:
            self._begin()
            return False
        button = self.chance.choice(forward)
        self.left -= 1
        tap = self.phone.taps_data(message, button["callback_data"])
        self.acted.append(Acted(tap, button["text"]))
        return True

    def _begin(self) -> None:
        """Close the case at work, if any, and begin another, once in some seconds."""
        now = asyncio.get_running_loop().time()
        if now - self.typed_at < SECONDS_TO_BEGIN:
            return
        self.typed_at = now
        if self.acted:
            self.phone.types(CLOSE)
        self.phone.types(BEGIN)
        self.left = self.chance.randint(*TAPS_A_CASE)

    def _asking(self) -> Message | None:
        """Find the lowest message with several things to tap."""
        for message in reversed(self.phone.chat.messages.values()):
            if not message.deleted and len(buttons_of(message)) > 1:
                return message
        return None


class Crowd:
    """Some people in private chats with the bot."""

    def __init__(self, server: BotApi, people: int, seed: int) -> None:
        self.people = [
            Person(server.private_chat(FIRST_ID + n), random.Random(f"{seed} {n}"))
            for n in range(people)
        ]
        self.taps = 0

    async def tap(self, seconds: float, per_second: float) -> None:
        """Tap at this rate, one person after the other."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        turn = 0
        for number in range(int(seconds * per_second)):
            await asyncio.sleep(begun + number / per_second - loop.time())
            for _ in self.people:
                turn = (turn + 1) % len(self.people)
                if self.people[turn].act():
                    self.taps += 1
                    break


def is_answer(button: Json) -> bool:
    label = button["text"].removeprefix(TICKED)
    return label in ANSWERS - {"Continue"} or bool(NUMBER.fullmatch(label))
