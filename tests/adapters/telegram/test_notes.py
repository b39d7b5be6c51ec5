"""What is noted by a tap on the card is said in that card, and sends no other."""

from bot.adapters.telegram.app import TelegramBot
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat

ANSWERS = (
    ("Which cord signs", "None of these"),
    ("Weakness or numbness", "None"),
    ("Pain along a nerve", "None"),
    ("Local pain", "Yes"),
    ("Any sign of infection", "No"),
)


async def test_a_note_tapped_on_the_card_edits_it_and_sends_nothing(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    card = await card_of(ann)
    for asked, label in ANSWERS:
        await tap(ann, await ann.sees(asked), label)
    await ann.sees("ROUTINE – within 2 weeks")
    sent = len(server.calls.of("sendMessage"))
    await tap(ann, card, "MRI requested")
    await server.until(lambda: "Noted: 12:00 MRI requested" in card.text)
    assert len(server.calls.of("sendMessage")) == sent
    assert "Kidneys?" in card.text
    assert server.refused_but() == []
