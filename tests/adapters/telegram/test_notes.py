"""A note tapped on the card appears in that card, and no other message is sent."""

from bot.adapters.telegram.app import TelegramBot
from bot.flows.triage import FLOW
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import WITHOUT_SYMPTOMS, ask, asked, tap_answers


async def test_a_note_tapped_on_the_card_edits_it_and_sends_nothing(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await tap_answers(ann, service, **{**WITHOUT_SYMPTOMS, "back_pain": True})
    await server.until(lambda: card.text.startswith("ROUTINE · MRI by "))
    sent = len(server.calls.of("sendMessage"))
    await tap(ann, card, "Case")
    await server.until(lambda: "MRI requested" in str(card.buttons))
    await tap(ann, card, "MRI requested")
    await server.until(lambda: "Noted: 12:00 MRI requested" in card.text)
    await tap(ann, card, "Continue")
    question = FLOW.question(asked(service, "1001"))
    assert question is not None
    await server.until(lambda: ask(question.id) in card.text)
    assert len(server.calls.of("sendMessage")) == sent
    assert server.refused_but() == []
