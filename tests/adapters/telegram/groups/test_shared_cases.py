"""A team shares a case in a group, over real HTTP."""

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox.group_budget import SECONDS
from bot.service.service import Service
from state.records import Priority
from tests.adapters.telegram.groups.steps import ANN, BOB, Team, opened
from tests.adapters.telegram.test_conversation import running
from tests.botapi import BotApi, Message
from tests.conftest import NOON, Clock
from tests.faults.steps import until

pytestmark = pytest.mark.usefixtures("hurry")


async def test_a_case_is_opened_in_the_group_and_answered_in_private(
    team: Team, server: BotApi, shared: Service
) -> None:
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    bob = await opened(server, team["Bob"].taps(card, "Answer"))
    await server.until(lambda: "Bob is answering" in card.text)
    asked = await bob.sees("Which cord signs are new?")
    bob.taps(asked, "Gait or balance")
    alert = await team["Cat"].sees("EMERGENCY")
    assert alert.buttons == [["On my way", "Seen"], ["I have it"]]
    below = await team["Cat"].sees("Cord signs: Gait or balance")
    assert "Owner: Ann" in below.text
    await server.until(lambda: card.deleted)
    (case,) = shared.store.cases.listed(str(card.chat.id), NOON)
    assert [each.who for each in case.answers] == [str(BOB)]


async def test_whoever_has_a_case_is_its_one_owner(
    team: Team, server: BotApi, shared: Service
) -> None:
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    tap = team["Bob"].taps(card, "I have it")
    assert "is yours" in await team["Bob"].gets_answer(tap)
    await server.until(lambda: "Owner: Bob" in card.text)
    again = team["Bob"].taps(card, "I have it")
    assert "has been yours since" in await team["Bob"].gets_answer(again)
    told = await server.private_chat(ANN, "Ann").sees("Bob has it now")
    assert told.text


async def test_of_two_who_answer_at_once_one_wins_and_the_other_is_told_by_whom(
    team: Team, server: BotApi, shared: Service
) -> None:
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    first = team["Bob"].taps(card, "None of these")
    second = team["Cat"].taps(card, "None of these")
    await server.until(lambda: first.answered and second.answered)
    said = "Bob was first, at 12:00: Cord signs: None of these."
    assert (first.text, second.text) == (
        "",
        f"{said} Yours was not recorded; New signs adds a sign.",
    )
    await server.until(lambda: "Questions answered by B 12:00" in card.text)
    (case,) = shared.store.cases.listed(str(card.chat.id), NOON)
    assert [each.who for each in case.answers] == [str(BOB)]


async def test_what_the_owner_sees_in_private_is_redrawn_when_a_colleague_answers(
    team: Team, server: BotApi, shared: Service, clock: Clock
) -> None:
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    ann = await opened(server, team["Ann"].taps(card, "Answer"))
    mine = await ann.sees("Which cord signs are new?")
    before = len(ann.bot_messages)
    await until(lambda: shared.store.outbox.queued(str(ANN)) == [])
    clock.pass_by(minutes=1)  # in which she has read what stands there
    team["Bob"].taps(card, "None of these")
    await server.until(lambda: "Bob, 12:01: Cord signs: None of these." in mine.text)
    assert "Which cord signs" not in mine.text and len(ann.bot_messages) == before
    ann.taps(mine, "None")
    await until(lambda: len(answers(shared, card)) > 1)
    assert answers(shared, card) == [str(BOB), str(ANN)]


def answers(service: Service, card: Message) -> list[str]:
    """Return who gave each answer of the case of a group."""
    (case,) = service.store.cases.listed(str(card.chat.id), NOON)
    return [each.who for each in case.answers]


def waits_for_seventh(bot: TelegramBot) -> float:
    """Return how long a group would have to wait for its seventh answer in a minute."""
    budgets = bot._sender._pace.groups
    for _ in range(6):
        budgets.called("-1001", Priority.ANSWER)
    return budgets.seconds_to_wait("-1001", Priority.ANSWER)


async def test_only_a_run_on_a_database_that_another_used_counts_its_calls(
    server: BotApi, service: Service
) -> None:
    waits = list[float]()
    for _ in range(2):
        async with running(server, service) as bot:
            waits.append(waits_for_seventh(bot))
            await server.until(lambda: service.store.clock.seen() is not None)
    assert waits[0] == 0
    assert waits[1] > SECONDS - 1


async def test_what_was_read_from_a_line_stands_in_place_of_the_card_until_it_is_used(
    team: Team, server: BotApi, shared: Service
) -> None:
    team["Ann"].types("/triage 67M prostate, legs weak 2/7, HD MWF")
    read = await team["Cat"].sees("Read from your line, not confirmed")
    await team["Bob"].gets_answer(team["Bob"].taps(read, "Change"))
    await server.until(lambda: "Tap what was read wrongly" in read.text)
    used = team["Bob"].taps(read, "Use it")
    assert "Taken from your line" in await team["Bob"].gets_answer(used)
    alert = await team["Cat"].sees("Raised by Bob")
    assert "not confirmed" not in alert.text
    (case,) = shared.store.cases.listed(str(read.chat.id), NOON)
    assert case.latest["cord_signs"] == ["weakness"]
    assert {each.who for each in case.answers} == {str(BOB)}
