"""What each person of a region does: answer whatever is shown, or wait for a deadline and ask."""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.adapters.telegram.test_random_conversations import CALM, buttons_of
from tests.botapi import Group, Message, PersonInChat
from tests.night.crowd import CODE, SIGN
from tests.region.waits import Waits
from tests.soak.crowd import BEGIN, CLOSE, Acted, Json, Person, is_answer

GROUP_SHARE: Final = 0.15
CALM_SHARE: Final = 0.3
ALARM_SHARE: Final = 0.15
TO_AN_ALARM: Final = ("I have it", "On my way", "Seen")
LOOKED_AT: Final = 6
MOST_WAITING: Final = 2  # taps that nothing has followed: whoever waits for those waits on
SECONDS_TO_NEXT_CASE: Final = 40.0
SECONDS_TO_ASK_AGAIN: Final = 60.0
SECONDS_TO_TAP_AGAIN: Final = 20.0
LINES_AT_ONCE: Final = 3
FIRST_LINE: Final = 150  # hundredths of mmol/L
LINES: Final = 350
ALARM: Final = "EMERGENCY"
LIMIT_MIN: Final = 720  # of an emergency
REMINDED_IN_MIN: Final = (1, 4)
SECONDS_TO_BE_REMINDED: Final = 90.0


@dataclass(slots=True)
class Room:
    """A group whose people share its cases; `begun_at` is when somebody last began one."""

    group: Group
    people: dict[int, PersonInChat] = field(default_factory=dict)
    begun_at: float = -SECONDS_TO_NEXT_CASE

    def lets_in(self, person: PersonInChat) -> None:
        status = "member" if self.people else "administrator"
        user = person.user
        self.people[user.id] = self.group.joins(user.id, user.first_name, status)

    @property
    def leads(self) -> PersonInChat:
        return next(iter(self.people.values()))


@dataclass(slots=True)
class Waiting(Person):
    """Somebody who waits after each tap until something follows."""

    waits: Waits = field(kw_only=True)

    def taps(self, phone: PersonInChat, message: Message, button: Json) -> None:
        tap = phone.taps_data(message, button["callback_data"])
        self.acted.append(Acted(tap, button["text"]))
        self.waits.note(tap)

    @property
    def is_patient(self) -> bool:
        """Whether this person waits: taps, or a line as the newest message, have no answer yet."""
        newest = next(reversed(self.phone.chat.messages.values()), None)
        typed = newest is not None and not newest.sender.is_bot
        return typed or self.waits.waiting(self.phone.user.id) >= MOST_WAITING


@dataclass(slots=True)
class Answering(Waiting):
    """Somebody who answers cases, mostly in private, else together with a group."""

    room: Room = field(kw_only=True)

    def act(self) -> bool:
        """Tap or type something; return False if there is nothing to do."""
        if self.is_patient:
            return False
        if self.chance.random() < GROUP_SHARE:
            return self._act_in_group()
        typed_at = self.typed_at
        if not Person.act(self):
            return self.typed_at > typed_at
        self.waits.note(self.acted[-1].tap)
        return True

    def _act_in_group(self) -> bool:
        """Tap an answer on one of the newest cards, or tell who sounded an alarm."""
        phone = self.room.people[self.phone.user.id]
        now = asyncio.get_running_loop().time()
        if now - self.room.begun_at >= SECONDS_TO_NEXT_CASE:
            self.room.begun_at = now
            types_in(phone, BEGIN)
            return True
        choices = [
            (message, button)
            for message in _newest(phone)
            for button in buttons_of(message)
            if is_answer(button) or button["text"] in TO_AN_ALARM
        ]
        answers = [each for each in choices if is_answer(each[1])]
        calm = [each for each in answers if each[1]["text"] in CALM]
        if answers and self.chance.random() > ALARM_SHARE:
            choices = calm if calm and self.chance.random() < CALM_SHARE else answers
        if not choices:
            return False
        self.taps(phone, *self.chance.choice(choices))
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """A typed line that names a number, which its answer repeats."""

    typed: Message
    number: str


@dataclass(slots=True)
class Asking(Waiting):
    """Somebody with an emergency whose deadline is near, who types numbered lines meanwhile.

    `dated` are the cases whose deadline was brought near; `closed` says when each was closed.
    """

    ends_at: float = field(kw_only=True)
    lines: list[Line] = field(default_factory=list)
    dated: list[str] = field(default_factory=list)
    closed: dict[str, float] = field(default_factory=dict)
    stage: Literal["begin", "tap", "date", "wait", "end"] = "begin"
    next_lines_at: float = 0.0
    until: float = 0.0

    def act(self) -> bool:
        """Tap or type something; return False if there is nothing to do."""
        now = asyncio.get_running_loop().time()
        if self.stage == "tap" and (card := self._newest_with(SIGN)):
            self.taps(self.phone, card, _button(card, SIGN))
            self.stage, self.until = "date", now + SECONDS_TO_TAP_AGAIN
        elif self.stage == "begin":
            self.phone.types(BEGIN)
            self.stage = "tap"
        elif self.stage == "date" and (code := self._newest_alarm()):
            self._bring_near(code, now)
        elif self.stage == "date" and now > self.until:
            self.stage = "tap"
            return False
        elif self.stage == "wait" and now > self.until:
            self._close(now)
        elif now > self.next_lines_at and self._is_answered():
            self._ask(now)
        else:
            return False
        return True

    def _newest_alarm(self) -> str:
        """Return the code of the emergency that sounded last; "" if that is over."""
        alarms = (m.text for m in reversed(self.phone.bot_messages) if m.text.startswith(ALARM))
        code = next((CODE.findall(text)[0] for text in alarms), "")
        return "" if code in self.closed else code

    def _bring_near(self, code: str, now: float) -> None:
        """Say of an emergency that it is suspected since a time that brings its deadline near."""
        minutes = self.chance.randint(*REMINDED_IN_MIN)
        if now + 60 * minutes + SECONDS_TO_BE_REMINDED > self.ends_at:
            minutes = REMINDED_IN_MIN[0]
        self.phone.types(f"/earlier {LIMIT_MIN - minutes} min ago")
        self.dated.append(code)
        self.stage, self.until = "wait", now + 60 * minutes + SECONDS_TO_BE_REMINDED

    def _close(self, now: float) -> None:
        self.closed[self.dated[-1]] = self.waits.now
        self.phone.types(CLOSE)
        soon_enough = now + 60 * REMINDED_IN_MIN[0] < self.ends_at
        self.stage = "begin" if soon_enough else "end"

    def _ask(self, now: float) -> None:
        """Type some lines at once, numbered in order."""
        self.next_lines_at = now + SECONDS_TO_ASK_AGAIN * self.chance.uniform(0.7, 1.3)
        for _ in range(LINES_AT_ONCE):
            number = f"{(FIRST_LINE + len(self.lines) % LINES) / 100:.2f}"
            self.lines.append(Line(self.phone.types(f"/calcium {number}"), number))

    def _is_answered(self) -> bool:
        """Return whether the newest line is answered."""
        if not self.lines:
            return True
        said = f"{self.lines[-1].number} mmol/L"
        return any(said in message.text for message in reversed(self.phone.bot_messages))

    def _newest_with(self, label: str) -> Message | None:
        found = (m for m in reversed(self.phone.bot_messages) if _button(m, label))
        return next(found, None)


def types_in(person: PersonInChat, text: str) -> None:
    """Type a command in a group, with the name of the bot."""
    name, _, rest = text.partition(" ")
    person.types(f"{name}@example_bot {rest}".strip())


def _button(message: Message, label: str) -> Json:
    return next((each for each in buttons_of(message) if each["text"] == label), {})


def _newest(phone: PersonInChat) -> list[Message]:
    return phone.bot_messages[-LOOKED_AT:]
