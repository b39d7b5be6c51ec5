"""Clinicians who tap on whatever they see, in their groups and in private; all by a seed."""

import asyncio
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.adapters.telegram.test_random_conversations import CALM, NOT_FORWARD, buttons_of
from tests.botapi import Message, PersonInChat, Tap
from tests.night.ward import Clinician, Place, Ward
from tests.soak.crowd import ANSWERS, NUMBER, TICKED

SECONDS_FOR_AN_ANSWER = 5.0
SECONDS_BETWEEN_COMMANDS = 0.05
SIGN = "Limb weakness"
ENROLLED = "shares its cases"
LOOKED_AT = 8
IN_A_GROUP = 0.35
OLD = 0.05
LONGEST_PAUSE = 10.0
TYPING = 0.06
CALMLY = 0.25
GOING_ON = 0.5
EARLIER = 0.2
MINUTES_EARLIER = ((400, 719), (690, 719))
SECONDS_TO_READ = 0.3
PHASES = {"busy": 1.0, "rush": 3.0, "lull": 0.12}
MINUTES_A_PHASE = 8  # of the clock
WEIGHTS = {
    "Answer": 14, "I have it": 3, "On my way": 5, "Seen": 5, "Snooze 30 min": 6, "Case": 4,
    "Continue": 14, "MRI done": 0.4, "Treatment begun": 0.4, "Close": 0.1, "Hand to …": 4,
}  # fmt: skip
BEGINNINGS = {"Accept ": 30, "Read back": 20, "To whom?": 12, "Dr ": 6}
STEPS_BACK = ("Decline", "Withdraw", "Back", "Hand over others", "Continue", "Case", "Plan")
MOST_STEPS = 8
ANSWERING = 12
OTHERWISE = 1.0
GROUP_COMMANDS = (
    "/have {code}",
    "/open {code}",
    "/oncall surgeon me 23:59",
    "/oncall oncologist me 06:00",
    "/oncall coordinator @drB until 07:30",
    "/oncall surgeon nobody",
    "/oncall",
    "/group",
    "/group quiet none",
    "/help",
    "/board",
)
COMMANDS = (
    "/cases", "/card", "/plan", "/snooze mri", "/called surgeon", "/requested", "/given", "/undo",
    "/open {code}", "/have {code}", "/resume {code}", "/card", "/sbar", "/seen {code}", "/more",
    "/newsigns", "/board", "/handover", "/sendto", "/differs", "/differs steroid contraindication",
    "/differs urgency declined",
)  # fmt: skip
CODE = re.compile(r"\b[A-Z]{3}-\d{2,}\b")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Acted:
    """A tap, who tapped what, and where."""

    tap: Tap
    label: str
    who: int


@dataclass(slots=True)
class Crowd:
    """Everybody of a ward, each tapping alone; `rate` is how often, in taps a second in all."""

    ward: Ward
    seed: int
    rate: float
    acted: list[Acted] = field(default_factory=list)
    typed: list[tuple[float, int, str]] = field(default_factory=list)
    resting: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0

    def __post_init__(self) -> None:
        self.resting.set()

    async def tap(self) -> None:
        """Tap until cancelled."""
        async with asyncio.TaskGroup() as together:
            for person in self.ward.everybody:
                chance = random.Random(f"{self.seed} {person.letter}")
                together.create_task(self._tap(person, chance))

    async def _tap(self, person: Clinician, chance: random.Random) -> None:
        while True:
            rate = self.rate * self._phase() / len(self.ward.clinicians)
            await asyncio.sleep(min(chance.expovariate(rate), LONGEST_PAUSE))
            await self.resting.wait()
            self.under_way += 1
            try:
                await self._act(person, chance)
            finally:
                self.under_way -= 1

    def _phase(self) -> float:
        """Return how busy everybody is: it changes now and then."""
        number = int((self.ward.now - self.ward.server.clock.since) / 60 / MINUTES_A_PHASE)
        return PHASES[random.Random(f"{self.seed} {number}").choice([*PHASES])]

    async def _act(self, person: Clinician, chance: random.Random) -> None:
        places = self.ward.places_of(person)
        if places and chance.random() < IN_A_GROUP:
            place = chance.choice(places)
            await self._look(place.people[person.id], chance, place)
        else:
            await self._look(person.phone, chance, None)

    async def _look(self, phone: PersonInChat, chance: random.Random, place: Place | None) -> None:
        """Tap something on one of the newest messages, or type a command."""
        if chance.random() < TYPING:
            self._type(phone, chance, place)
            return
        found = [message for message in _newest_first(phone) if buttons_of(message)]
        if not found:
            return
        message = chance.choice(found) if place or chance.random() < OLD else found[0]
        waiting = [each for each in found if _waits(each)]
        if waiting and not place and chance.random() < GOING_ON:
            await self._go_through(phone, chance, waiting[0])
            return
        version = -1
        if chance.random() < OLD:
            version = chance.randrange(len(message.versions))
        buttons = buttons_of(message, version)
        if not buttons:
            return
        calmly = chance.random() < CALMLY
        weights = [_weight(each["text"], calmly=calmly) for each in buttons]
        (button,) = chance.choices(buttons, weights)
        await self.taps(phone, message, button, chance)

    async def _go_through(
        self, phone: PersonInChat, chance: random.Random, message: Message
    ) -> None:
        """Take up what a colleague asks, or hand over: tap on, step after step."""
        for _ in range(MOST_STEPS):
            buttons = [
                each for each in buttons_of(message) if not each["text"].startswith(STEPS_BACK)
            ]
            if not buttons:
                return
            weights = [_weight(each["text"], calmly=False) for each in buttons]
            (button,) = chance.choices(buttons, weights)
            await self.taps(phone, message, button, chance)
            await asyncio.sleep(SECONDS_TO_READ)

    async def taps(
        self, phone: PersonInChat, message: Message, button: Json, chance: random.Random
    ) -> None:
        """Tap, wait for the answer, and go where it leads."""
        server, label = self.ward.server, button["text"]
        tap = phone.taps_data(message, button["callback_data"])
        self.acted.append(Acted(tap, label, phone.user.id))
        try:
            await server.until(lambda: tap.answered, SECONDS_FOR_AN_ANSWER)
        except TimeoutError:
            self.note(phone, f"{label!r} on {_named(message)} not answered")
            return
        said = f" → {tap.text!r}" if tap.text else ""
        self.note(phone, f"{label!r} on {_named(message)}{said}")
        if tap.url:
            private = phone.opens(tap.url)
            if chance.random() < EARLIER:
                await asyncio.sleep(SECONDS_TO_READ)
                self.types(
                    private, f"/earlier {chance.randint(*chance.choice(MINUTES_EARLIER))} min ago"
                )

    def _type(self, phone: PersonInChat, chance: random.Random, place: Place | None) -> None:
        text = chance.choice(GROUP_COMMANDS if place else COMMANDS)
        if "{code}" in text and not self.ward.codes:
            return
        if "{code}" in text:
            text = text.format(code=chance.choice(self.ward.codes))
        self.types(phone, text, chance.choice(place.topics) if place else 0)

    def types(self, phone: PersonInChat, text: str, thread: int = 0) -> int:
        """Type a command, with the name of the bot in a group; return the message's number."""
        if phone.chat.type != "private":
            name, _, rest = text.partition(" ")
            text = f"{name}@example_bot {rest}".strip()
        message = phone.types(text, thread=thread)
        self.typed.append((self.ward.now, phone.chat.id, text))
        self.note(phone, f"typed {text}")
        return message.id

    async def enrols(self, place: Place) -> None:
        """Have an owner enrol a group and open its boards, and everybody act there."""
        owner = self.ward.owner_in(place)
        enrolled = sum(ENROLLED in message.text for message in owner.bot_messages)
        self.types(owner, "/enrol")
        await self.ward.server.until(
            lambda: sum(ENROLLED in message.text for message in owner.bot_messages) > enrolled,
            SECONDS_FOR_AN_ANSWER,
        )
        for person in place.people.values():
            self.types(person, "/oncall")
            await asyncio.sleep(SECONDS_BETWEEN_COMMANDS)
        for topic in place.topics:
            self.types(owner, "/board", topic)

    async def raises_alarm(self, place: Place) -> str:
        """Have an owner begin a case in a group and tick a cord sign; return its code."""
        asker = self.ward.owner_in(place)
        self.types(asker, "/group asks signs")
        typed = self.types(asker, "/triage", place.topics[0])

        def asks_for_signs() -> Message | None:
            cards = (each for each in reversed(asker.bot_messages) if each.id > typed)
            return next((each for each in cards if any(SIGN in row for row in each.buttons)), None)

        card = await asker.sees_when(asks_for_signs, SECONDS_FOR_AN_ANSWER)
        self.acted.append(Acted(asker.taps(card, SIGN), SIGN, asker.user.id))
        return CODE.findall(card.text)[0]

    def begin(self, place: Place, chance: random.Random) -> None:
        """Have a clinician begin a case in a group."""
        may = [each for each in place.people if each != self.ward.viewer.id]
        phone = place.people[chance.choice(may)]
        self.types(phone, "/triage", chance.choice(place.topics))

    def note(self, phone: PersonInChat, what: str) -> None:
        chat = phone.chat
        where = "in private" if chat.type == "private" else f"in {chat.title}"
        self.ward.note(f"{phone.user.first_name} {where}: {what}")

    async def rest(self) -> None:
        """Let nobody begin anything, and wait until everybody has finished."""
        self.resting.clear()
        while self.under_way:
            await asyncio.sleep(0.01)


def _newest_first(phone: PersonInChat) -> Iterator[Message]:
    looked_at = 0
    for message in reversed(phone.chat.messages.values()):
        if not message.deleted and message.sender.is_bot:
            looked_at += 1
            yield message
        if looked_at == LOOKED_AT:
            return


def _waits(message: Message) -> bool:
    """Return whether somebody waits for what a message asks: a hand-over, or a question sent."""
    labels = [each["text"] for each in buttons_of(message)]
    return any(label.startswith(each) for label in labels for each in BEGINNINGS)


def _weight(label: str, *, calmly: bool) -> float:
    bare = label.removeprefix(TICKED)
    if bare in WEIGHTS:
        return WEIGHTS[bare]
    for beginning, weight in BEGINNINGS.items():
        if bare.startswith(beginning):
            return weight
    if calmly and bare in CALM:
        return ANSWERING * 4
    answers = bare in ANSWERS or NUMBER.fullmatch(bare)
    return ANSWERING if answers and bare not in NOT_FORWARD else OTHERWISE


def _named(message: Message) -> str:
    codes = CODE.findall(message.text)
    return f"{message.id} {codes[0] if codes else message.text[:30]!r}"
