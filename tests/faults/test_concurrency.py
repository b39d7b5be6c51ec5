"""Taps at once on the same card: one wins, each is answered, the losers are told."""

import asyncio

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from state.records import StoredCase
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.dialogue import ask
from tests.faults.steps import (
    CAUDA_EQUINA,
    EMERGENCY,
    FIRST_QUESTION,
    SECOND_QUESTION,
    all_is_sent,
    case_of,
    with_text,
)

TWICE = "the tap before it counted"
OLDER_SCREEN = "older screen"
RIGHTLY = "message is not modified"


async def at_once(
    server: BotApi, person: PersonInChat, card: Message, *labels: str
) -> tuple[str, ...]:
    """Tap several buttons so that the bot gets them in one batch; return the toasts."""
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    taps = [person.taps(card, label) for label in labels]
    server.updates.release()
    return tuple([await person.gets_answer(each) for each in taps])


def values(case: StoredCase) -> list[object]:
    return [answer.value for answer in case.answers]


@pytest.mark.parametrize("times", [2, 5])
async def test_a_button_tapped_several_times_at_once_counts_once(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, times: int
) -> None:
    card = await card_of(ann)
    won, *lost = await at_once(server, ann, card, *["None of these"] * times)
    assert won == "" and len(lost) == times - 1
    assert all(TWICE in toast for toast in lost)
    await all_is_sent(service.store)
    assert values(case_of(service)) == [[]]
    assert SECOND_QUESTION in ann.last.text and len(ann.bot_messages) == 1
    assert server.refused_but(RIGHTLY) == []


async def test_a_cord_sign_tapped_twice_is_one_emergency_and_is_not_taken_back(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    first, second = await at_once(server, ann, card, "Bladder", "Bladder")
    assert TWICE not in first and TWICE not in second
    await ann.sees(CAUDA_EQUINA)
    await all_is_sent(service.store)
    assert values(case_of(service)) == [["bladder"]]
    assert len(with_text(ann, CAUDA_EQUINA)) == 1


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("None of these", "Bladder", []),
        ("Bladder", "None of these", ["bladder"]),
    ],
)
async def test_of_two_different_answers_at_once_the_first_wins(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    first: str,
    second: str,
    kept: list[str],
) -> None:
    card = await card_of(ann)
    won, lost = await at_once(server, ann, card, first, second)
    assert TWICE not in won and TWICE in lost
    await all_is_sent(service.store)
    assert values(case_of(service)) == [kept]
    asked = FIRST_QUESTION if kept else SECOND_QUESTION
    assert asked in ann.last.text and ann.last.buttons


async def test_two_ticks_at_once_both_count_and_done_among_them_does_not(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    toasts = await at_once(server, ann, card, "Bladder", "Bowel", "Done")
    assert TWICE not in "".join(toasts)
    assert "The ticks have changed since that screen" in toasts[-1]
    await all_is_sent(service.store)
    assert case_of(service).latest == {"cord_signs": ["bladder", "bowel"]}
    assert FIRST_QUESTION in ann.last.text and "✓ Bowel" in str(ann.last.buttons)


async def test_of_two_undos_at_once_each_takes_back_one_act(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await ann.gets_answer(ann.taps(card, "Bladder"))
    for line in ("/requested", "/given", "/called surgeon"):
        ann.types(line)
    await ann.sees("Called: spinal surgeon")
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    ann.types("/undo")
    ann.types("/undo")
    server.updates.release()
    await ann.sees("Taken back: 12:00 Steroid given.")
    case = case_of(service)
    assert [each.kind for each in case.noted] == ["mri_requested"]
    assert [each.detail for each in case.timeline[-2:]] == ["3", "2"]


@pytest.mark.parametrize(
    ("labels", "kept", "asked"),
    [
        (("None", "Back"), [[], "none", "none"], ask("back_pain")),
        (("Back", "None"), [[], "none"], SECOND_QUESTION),
    ],
)
async def test_back_racing_an_answer_leaves_exactly_one_of_them(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    labels: tuple[str, str],
    kept: list[object],
    asked: str,
) -> None:
    card = await card_of(ann)
    await tap(ann, card, "None of these")
    await tap(ann, await ann.sees(SECOND_QUESTION), "None")
    card = await ann.sees(ask("radicular_pain"))
    won, lost = await at_once(server, ann, card, *labels)
    assert TWICE not in won and TWICE in lost
    await all_is_sent(service.store)
    assert values(case_of(service)) == kept
    assert asked in ann.last.text
    assert with_text(ann, asked) == [ann.last.text]


async def test_a_tap_on_an_old_card_changes_nothing_and_shows_where_the_case_stands(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await tap(ann, card, "None of these")
    await ann.sees(SECOND_QUESTION)
    before = case_of(service).answers
    old = ann.taps(card, "Bladder", version=0)
    assert TWICE in await ann.gets_answer(old)
    ann.types("/card")
    await server.until(lambda: card.deleted)
    older = ann.taps(card, "Bladder", version=0)
    assert OLDER_SCREEN in await ann.gets_answer(older)
    await all_is_sent(service.store)
    assert case_of(service).answers == before
    assert SECOND_QUESTION in ann.last.text
    assert with_text(ann, "EMERGENCY") == []


async def test_somebody_elses_button_does_nothing_even_at_the_same_time(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    bob = server.private_chat(1002, "Bob")
    card = await card_of(ann)
    bob.types("/triage")
    other = await bob.sees(FIRST_QUESTION)
    assert card.reply_markup is not None
    stolen = card.reply_markup["inline_keyboard"][0][0]["callback_data"]
    server.updates.hold()
    forged, right = bob.taps_data(other, stolen), ann.taps(card, "None of these")
    server.updates.release()
    assert OLDER_SCREEN in await bob.gets_answer(forged)
    assert await ann.gets_answer(right) == ""
    await all_is_sent(service.store)
    assert values(case_of(service)) == [[]]
    assert values(case_of(service, "1002")) == []


async def test_many_people_tapping_at_once_all_get_their_own_answer(
    bot: TelegramBot, server: BotApi, service: Service
) -> None:
    ward = [server.private_chat(2000 + n, f"Doctor {n}") for n in range(30)]
    cards = await asyncio.gather(*map(card_of, ward))
    await server.until(lambda: len(server.updates) == 0)
    server.updates.hold()
    taps = [
        (person, [person.taps(card, "Gait or balance"), person.taps(card, "None of these")])
        for person, card in zip(ward, cards, strict=True)
    ]
    server.updates.release()
    for person, (first, second) in taps:
        assert TWICE not in await person.gets_answer(first)
        assert TWICE in await person.gets_answer(second)
        await person.sees(EMERGENCY)
    await all_is_sent(service.store)
    for person in ward:
        case = case_of(service, str(person.chat.id))
        assert values(case) == [["gait"]]
        assert all(case.code in message.text for message in person.bot_messages)
    assert server.refused_but(RIGHTLY) == []
