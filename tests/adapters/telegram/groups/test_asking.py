"""One question of a group's case goes to one colleague and back, over real HTTP."""

from datetime import timedelta

import pytest

from bot.commands.asking import ANSWERED_WITHIN
from bot.service.service import Service
from tests.adapters.telegram.groups.steps import BOB, Team, opened
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent

pytestmark = pytest.mark.usefixtures("hurry", "hasty")

ASKED = "Any sign of infection?"


@pytest.fixture
async def ann(team: Team, server: BotApi, shared: Service, clock: Clock) -> PersonInChat:
    """Ann in private, with her case of the group, which asks for infection."""
    for name in ("Bob", "Cat"):
        team[name].types("/oncall")
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    private = await opened(server, team["Ann"].taps(card, "Answer"))
    asked = await private.sees("Which cord signs are new?")
    await private.gets_answer(private.taps(asked, "Gait or balance"))
    ticked = await private.sees_when(lambda: _with(private, "✓ Gait or balance"))
    private.taps(ticked, "Done")
    await private.sees(ASKED)
    clock.now = NOON + timedelta(minutes=2)
    await all_is_sent(shared.store)
    return private


def _with(person: PersonInChat, label: str) -> Message | None:
    shown = (each for each in reversed(person.bot_messages) if not each.deleted)
    return next((each for each in shown if any(label in row for row in each.buttons)), None)


async def send_to_bob(ann: PersonInChat) -> None:
    ann.types("/sendto")
    whom = await ann.sees("who should answer")
    ann.taps(whom, "Bob")


async def test_it_is_asked_in_private_and_the_answer_comes_back(
    ann: PersonInChat, server: BotApi, shared: Service, team: Team
) -> None:
    bob = server.private_chat(BOB, "Bob")
    bob.types("/triage")
    own = await bob.sees("Which cord signs are new?")
    await send_to_bob(ann)
    asked = await bob.sees("Ann asks you about")
    assert not asked.silent and ASKED in asked.text
    bob.taps(asked, "No")
    told = await ann.sees("Bob answered infection signs: No.")
    assert not told.silent
    await server.until(lambda: "Thank you. Sent to Ann" in asked.text)
    await all_is_sent(shared.store)
    assert not asked.deleted and not own.deleted
    bob.taps(own, "Gait or balance")
    await bob.sees_when(lambda: _with(bob, "✓ Gait or balance"))
    found = await team["Cat"].sees_when(
        lambda: next((m for m in team["Cat"].bot_messages if "B 12:02" in m.text), None)
    )
    assert "Questions answered by A 12:00, B 12:02" in found.text


async def test_unanswered_it_comes_back_and_the_question_says_so(
    ann: PersonInChat, server: BotApi, clock: Clock
) -> None:
    await send_to_bob(ann)
    bob = server.private_chat(BOB, "Bob")
    asked = await bob.sees("Ann asks you about")
    before = len(bob.bot_messages)
    clock.now += ANSWERED_WITHIN
    told = await ann.sees("Bob has not answered infection signs, asked at 12:02.")
    assert not told.silent
    await server.until(lambda: "no longer needed – infection signs" in asked.text)
    assert len(bob.bot_messages) == before


@pytest.mark.parametrize("by_telegram", ["blocked", "never started"])
async def test_somebody_whom_telegram_does_not_let_be_written_to_is_told_of(
    ann: PersonInChat, server: BotApi, shared: Service, by_telegram: str
) -> None:
    bob = server.private_chat(BOB, "Bob")
    if by_telegram == "blocked":
        server.faults.refuse(
            403, "Forbidden: bot was blocked by the user", "sendMessage", BOB, times=None
        )
    else:
        server.faults.refuse(400, "Bad Request: chat not found", "sendMessage", BOB, times=None)
    await send_to_bob(ann)
    await ann.sees("Bob cannot be messaged; infection signs was not asked.")
    assert shared.store.requests.first() is None
    ann.types("/sendto bob")
    await ann.sees("Bob cannot be messaged: they have blocked CordCall")
    assert bob.bot_messages == []


async def test_a_note_in_the_group_is_told_to_whoever_tapped_and_redraws_the_card(
    ann: PersonInChat, server: BotApi, team: Team
) -> None:
    card = await team["Cat"].sees_when(lambda: _with(team["Cat"], "MRI requested"))
    before = len(team["Cat"].bot_messages)
    tap = team["Cat"].taps(card, "MRI requested")
    assert "Noted: 12:02 MRI requested (C)." in await team["Cat"].gets_answer(tap)
    await server.until(lambda: "Undo: MRI …" in str(card.buttons))
    team["Bob"].taps(card, "Called")
    await server.until(lambda: "Called whom?" in card.text)
    tap = team["Bob"].taps(card, "Nephrology")
    assert "Noted: 12:02 Called: nephrology (B)." in await team["Bob"].gets_answer(tap)
    assert len(team["Cat"].bot_messages) == before
    ann.types("/card")
    shown = await ann.sees("12:02 Called: nephrology (B)")
    assert "12:02 MRI requested (C)" in shown.text
