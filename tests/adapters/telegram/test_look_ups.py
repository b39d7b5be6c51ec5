"""A look-up on a phone, through the strict server: one message, edited in place."""

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import tap
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import WITHOUT_SYMPTOMS, ask, triage

ITEMS = ("T11", "Mechanical", "Lytic", "Normal", "Under 50 %", "Both sides")


async def test_a_whole_sins_is_one_message_edited_in_place(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    ann.types("/sins")
    message = await ann.sees(ask("level"))
    for n, label in enumerate(ITEMS):
        assert await tap(ann, message, label) == ""
        await server.until(lambda n=n: message.text.count(" – ") > n)
    assert "SINS 13 of 18: unstable" in message.text
    assert [each.id for each in ann.bot_messages] == [message.id]
    assert len(server.calls.of("editMessageText")) == len(ITEMS)
    assert server.refused_but() == []
    assert service.store.cases.active("1001") is None


async def test_a_look_up_whose_message_is_gone_is_sent_anew(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.types("/mri")
    message = await ann.sees("Which presentation?")
    server.faults.refuse(400, "Bad Request: message to edit not found", "editMessageText")
    await tap(ann, message, "Cauda equina")
    answer = await ann.sees("requested now: by")
    assert answer.id != message.id
    await tap(ann, answer, "Other presentations")
    assert (await ann.sees("Which presentation?")).id in (message.id, answer.id)
    await server.until(lambda: "Which presentation?" in answer.text)


async def test_the_same_button_twice_leaves_the_same_card(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.types("/asia")
    message = await ann.sees("Frankel uses the same letters")
    first, second = ann.taps(message, "C"), ann.taps(message, "C")
    await ann.gets_answer(first)
    await ann.gets_answer(second)
    await server.until(lambda: message.text.startswith("ASIA, Frankel C"))
    assert len(ann.bot_messages) == 1
    assert server.refused_but("message is not modified") == []


async def test_a_sentence_without_buttons_does_not_wipe_out_a_look_up(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    ann.types("/escc 3")
    message = await ann.sees("no CSF left around it")
    with service.store.turn() as store:
        store.database.execute("DELETE FROM buttons")
    await tap(ann, message, "2")
    said = await ann.sees("No case is open here")
    assert said.id != message.id
    assert "no CSF left around it" in message.text


async def test_a_result_goes_into_the_case_and_the_look_up_stays(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    triage(service, chat="1001", who="1001", **WITHOUT_SYMPTOMS, up_to="asia")
    case = service.store.cases.active("1001")
    assert case is not None
    ann.types("/asia D")
    look_up = await ann.sees("ASIA, Frankel D")
    await tap(ann, look_up, f"Put into {case.code}")
    await ann.sees(ask("walking"))
    head, title, *_ = look_up.text.splitlines()
    assert head == f"MRI: not indicated by symptoms · {case.code}"
    assert title.startswith("ASIA, Frankel D")
    after = service.store.cases.active("1001")
    assert after is not None and after.latest["asia"] == "D"
    assert server.refused_but() == []
