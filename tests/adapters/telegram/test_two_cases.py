"""One doctor's two open cases, with the real process: neither gets the other's data."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.machine import FlowMachine
from tests.adapters.telegram.test_random_conversations import Person, buttons_of, running
from tests.botapi import Message

pytestmark = pytest.mark.slow

TAPS = 30
CODE = re.compile(r"\b[A-Z]{3}-\d{2,3}\b")


class Doctor(Person):
    """A user with two cases, who knows which card belongs to which."""

    async def begin_another(self) -> str:
        """Begin a case, answer its first question, and return its code."""
        known = {case.code for case in self.cases}
        await self.type("/triage")
        (code,) = {case.code for case in self.cases} - known
        await self.answer(code, "None of these")
        return code

    def card(self, code: str) -> Message:
        """Return the lowest message of a case that has a question to answer."""
        return next(m for m in reversed(self.phone.bot_messages) if self._answers(m, code))

    async def answer(self, code: str, label: str = "") -> None:
        """Tap an answer on the card of a case: the one with this label, or any."""
        await self.go_on(code)
        card = self.card(code)
        await self.tap(card, self.pick(card, code, label))

    async def go_on(self, code: str) -> None:
        """Ask for the question of a case that waits, if its card is shown instead."""
        if any(self._answers(message, code) for message in self.phone.bot_messages):
            return
        for message in reversed(self.phone.bot_messages):
            for button in buttons_of(message):
                if button["text"] == "Continue" and code in message.text:
                    await self.tap(message, button["callback_data"])
                    return

    def pick(self, card: Message, code: str, label: str = "") -> str:
        """Choose an answer on a card: the one with this label, or any."""
        found = self._answers(card, code)
        wanted = [button for button in found if button["text"] == label] or found
        return str(self.chance.choice(wanted)["callback_data"])

    def _answers(self, message: Message, code: str) -> list[dict[str, Any]]:
        return [b for b in buttons_of(message) if self.lands_in(b["callback_data"]) == code]


@pytest.fixture
async def doctor(tmp_path: Path, machine: FlowMachine) -> AsyncIterator[Doctor]:
    async with running(tmp_path) as (program, store):
        yield Doctor(program.server, store, machine, 1)
        assert program.server.refused_but() == []
        assert program.trouble() == []


async def test_each_answer_lands_in_the_case_whose_card_was_tapped(doctor: Doctor) -> None:
    codes = [await doctor.begin_another(), await doctor.begin_another()]
    for number in range(TAPS):
        code = codes[number % 2]
        given = doctor.answers()
        await doctor.answer(code)
        assert doctor.answers() == {**given, code: given[code] + 1}


async def test_every_message_carries_the_code_of_its_case(doctor: Doctor) -> None:
    codes = [await doctor.begin_another(), await doctor.begin_another()]
    for number in range(TAPS):
        code = codes[number % 2]
        before = {message.id: len(message.versions) for message in doctor.phone.bot_messages}
        await doctor.answer(code)
        shown = [m for m in doctor.phone.bot_messages if len(m.versions) != before.get(m.id)]
        assert {found for m in shown for found in CODE.findall(m.text)} == {code}
        assert all(CODE.search(message.text) for message in doctor.phone.bot_messages)


async def test_taps_on_both_cards_at_once_land_in_both(doctor: Doctor) -> None:
    codes = [await doctor.begin_another(), await doctor.begin_another()]
    given = doctor.answers()
    doctor.server.updates.hold()
    cards = [doctor.card(code) for code in codes]
    taps = [
        doctor.phone.taps_data(c, doctor.pick(c, code))
        for c, code in zip(cards, codes, strict=True)
    ]
    doctor.server.updates.release()
    for tap in taps:
        await doctor.phone.gets_answer(tap)
    await doctor.settle()
    assert doctor.answers() == {code: count + 1 for code, count in given.items()}


async def test_typed_text_goes_to_the_case_whose_card_was_touched_last(doctor: Doctor) -> None:
    codes = [await doctor.begin_another(), await doctor.begin_another()]
    for code in (*codes, *codes, *reversed(codes)):
        await doctor.answer(code, "None")
        await doctor.type("not known")
        shown = doctor.phone.last
        assert CODE.findall(shown.text)[0] == code
        if shown.buttons[0][0] == "Yes, that is it":
            await doctor.tap(shown, buttons_of(shown)[0]["callback_data"])
        (case,) = [case for case in doctor.cases if case.code == code]
        assert case.answers[-1].value == "unknown"
