"""The conversation on a phone, through the strict server."""

from bot.adapters.telegram.app import TelegramBot
from tests.botapi import BotApi, Message, PersonInChat


async def tap(ann: PersonInChat, message: Message, label: str) -> None:
    """Tap a button and wait until the tap is answered."""
    await ann.gets_answer(ann.taps(message, label))


async def test_start_says_what_this_is_and_asks(bot: TelegramBot, ann: PersonInChat) -> None:
    ann.types("/start")
    card = await ann.sees("Which cord signs are new?")
    assert "for clinicians" in "".join(m.text for m in ann.bot_messages).casefold()
    assert card.buttons[0] == ["Limb weakness", "Gait or balance", "Sensory level"]


async def test_one_tap_sends_the_emergency_with_sound_and_the_question_goes_on(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.types("/triage")
    card = await ann.sees("Which cord signs are new?")
    await tap(ann, card, "Gait or balance")
    alert = await ann.sees("EMERGENCY – within 12 h")
    sent = server.calls.of("sendMessage")[-1]
    assert not sent.params.boolean("disable_notification")
    assert alert.id != card.id
    await server.until(lambda: "✓ Gait or balance" in str(card.buttons))
    await tap(ann, card, "Done")
    await ann.sees("Pain along a nerve root?")
    assert server.refused_but() == []
