"""The conversation on a phone, through the strict server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.conversation.engine import Engine
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from state.store import Store
from tests.access import only
from tests.adapters.telegram.conftest import hold_profile
from tests.adapters.telegram.test_random_conversations import until
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.profile import Profile
from tests.conftest import Clock
from tests.dialogue import AFTER_A_SIGN, AFTER_NO_SIGN, ask, tap_answers
from tests.stored import database_of, stored

CALL = "Spinal coordinator, 020 7946 0000"


async def tap(ann: PersonInChat, message: Message, label: str) -> str:
    """Tap a button and wait until the tap is answered."""
    return await ann.gets_answer(ann.taps(message, label))


async def card_of(ann: PersonInChat) -> Message:
    ann.types("/triage")
    return await ann.sees("Which cord signs are new?")


@asynccontextmanager
async def running(server: BotApi, service: Service) -> AsyncIterator[TelegramBot]:
    bot = TelegramBot(Api(server.token, server.url), replace(service, touch=True))
    ready = asyncio.Event()
    task = asyncio.create_task(bot.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    try:
        yield bot
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_start_says_what_this_is_and_asks(bot: TelegramBot, ann: PersonInChat) -> None:
    ann.types("/start")
    card = await ann.sees("Which cord signs are new?")
    assert "for clinicians" in "".join(m.text for m in ann.bot_messages).casefold()
    assert card.buttons[0] == ["Limb weakness", "Gait or balance"]


async def test_one_tap_sends_the_emergency_with_sound_and_the_question_goes_on(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    card = await card_of(ann)
    await tap(ann, card, "Gait or balance")
    await server.until(lambda: card.deleted)
    alert, below = ann.bot_messages
    assert alert.text.startswith("EMERGENCY · MRI by Mon 00:00 (in 12 h)")
    assert CALL in alert.text
    quiet = [call.params.boolean("disable_notification") for call in server.calls.of("sendMessage")]
    assert quiet == [True, False, True]
    assert below.text.startswith("EMERGENCY · MRI by Mon 00:00 (in 12 h)")
    assert "Which cord signs are new?" in below.text
    assert "✓ Gait or balance" in str(below.buttons)
    await tap(ann, below, "Done")
    asked = await ann.sees(ask(AFTER_A_SIGN))
    assert asked.id == below.id
    assert asked.text.startswith("EMERGENCY · MRI by Mon 00:00 (in 12 h)")
    assert server.refused_but() == []


async def test_the_card_carries_the_deadline_as_a_moment_and_folds_the_reasons(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    first = await card_of(ann)
    await tap(ann, first, "Bladder")
    await server.until(lambda: first.deleted)
    await tap(ann, ann.last, "Done")
    question = await ann.sees(ask(AFTER_A_SIGN))
    alert = ann.bot_messages[-2]
    assert alert.marked("date_time") == question.marked("date_time") == ["in 12 h"]
    await server.until(lambda: alert.buttons == [["Case", "Copy number"]])
    await tap(ann, question, "Case")
    card = await ann.sees("MRI: whole spine, by Mon 23 Nov 00:00 UTC, in 12 h")
    assert card.id == question.id
    assert card.marked("date_time") == ["in 12 h"] * 3
    assert "cord compression?" in card.marked("expandable_blockquote")[0]
    assert CALL in card.text
    assert ["Suspected earlier", "Hand over"] in card.buttons


async def test_an_emergency_message_stays_true_when_its_card_changes(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    card = await card_of(ann)
    await tap(ann, card, "Gait or balance")
    await server.until(lambda: card.deleted)
    alert, question = ann.bot_messages
    await tap(ann, question, "Case")
    await tap(ann, await ann.sees("Do now"), "Suspected earlier")
    await tap(ann, await ann.sees("Suspected earlier: when was that?"), "−6 h")
    newer = await ann.sees("Changed: Suspected since")
    assert "MRI by Sun 18:00 (in 6 h)" in newer.text
    await server.until(lambda: alert.deleted and question.deleted)
    question = ann.last
    assert "MRI by Sun 18:00 (in 6 h)" in question.text
    await tap(ann, question, "Case")
    assert "set by 1001" in (await ann.sees("by Sun 22 Nov 18:00 UTC")).text


async def test_an_emergency_message_says_when_it_no_longer_holds(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    card = await card_of(ann)
    await tap(ann, card, "Gait or balance")
    await server.until(lambda: card.deleted)
    alert = ann.bot_messages[0]
    ann.types("/correct none")
    asked = await ann.sees("a correction, or still there?")
    assert alert.text.startswith("EMERGENCY · MRI by")
    await tap(ann, asked, "Correction")
    await server.until(lambda: alert.deleted)
    said = ann.bot_messages[0]
    assert "The urgency shown before no longer applies" in said.text
    assert said.buttons == []
    assert not [m for m in ann.bot_messages if "EMERGENCY" in m.text]
    assert server.refused_but("message is not modified") == []


async def test_a_decision_that_changes_comes_with_sound_and_takes_the_place_of_the_alert_before(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await tap(ann, await card_of(ann), "Gait or balance")
    alert = await ann.sees("EMERGENCY")
    await tap_answers(
        ann, service, cord_signs=["gait"], infection_signs=False, renal="normal", cancer="known"
    )
    stands = await ann.sees("Changed: Cancer.")
    assert "16 mg now" in stands.text and stands.text.startswith("EMERGENCY · MRI by")
    loud = [
        call.params.text("text")
        for call in server.calls.of("sendMessage")
        if not call.params.boolean("disable_notification")
    ]
    assert len(loud) == 2 and "Changed: " in loud[1]
    await server.until(lambda: alert.deleted)
    assert server.refused_but("message is not modified") == []


async def test_a_double_tap_is_one_tap(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    first, second = ann.taps(card, "None of these"), ann.taps(card, "None of these")
    await ann.gets_answer(first)
    assert "Not taken: the tap before it counted." in await ann.gets_answer(second)
    case = service.store.cases.active("1001")
    assert case is not None
    assert case.latest == {"cord_signs": []}
    assert server.refused_but("message is not modified") == []


async def test_a_typed_command_brings_the_screen_below_and_deletes_the_old(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    old = await card_of(ann)
    ann.types("/triage")
    await server.until(lambda: old.deleted)
    assert ann.last.id > old.id
    assert len(ann.bot_messages) == 1
    assert "Which cord signs are new?" in ann.last.text


async def test_typed_words_are_confirmed_and_nonsense_is_refused_and_not_kept(
    bot: TelegramBot, ann: PersonInChat, service: Service
) -> None:
    await card_of(ann)
    secret = "Mrs <b>Smith</b> & 4711"
    ann.types(secret)
    await ann.sees("Not an answer here")
    ann.types("gait")
    asked = await ann.sees("Which cord signs are new? – Gait or balance. Is that right?")
    await tap(ann, asked, "Yes, that is it")
    await ann.sees("EMERGENCY")
    assert b"Smith" not in stored(service.store)


async def test_a_number_is_typed_where_one_is_asked(
    bot: TelegramBot, ann: PersonInChat, service: Service
) -> None:
    await card_of(ann)
    await tap_answers(ann, service, cord_signs=[], radicular_deficit="unilateral_progressive")
    await ann.sees(ask("deficit_days"))
    ann.types("5")
    await ann.sees(ask("radicular_pain"))
    case = service.store.cases.active("1001")
    assert case is not None
    assert case.latest["deficit_days"] == 5


async def test_the_plan_opens_section_by_section_in_the_card(
    bot: TelegramBot, ann: PersonInChat
) -> None:
    await card_of(ann)
    ann.types("/plan")
    plan = await ann.sees("Open a section.")
    await tap(ann, plan, "Steroid")
    assert (await ann.sees("· Steroid")).id == plan.id
    await tap(ann, plan, "Continue")
    assert (await ann.sees("Which cord signs are new?")).id == plan.id


async def test_every_command_is_answered_by_a_message(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    for command in (
        "/start", "/help", "/privacy", "/cases", "/triage", "/card", "/plan", "/edit", "/back",
        "/define", "/earlier", "/cancel", "/resume", "/resume XYZ-12", "/nonsense", "/close",
        "/card", "/look",
    ):  # fmt: skip
        before = ann.bot_messages[-1].id if ann.bot_messages else 0
        ann.types(command)
        await server.until(lambda before=before: ann.bot_messages != [] and ann.last.id > before)
    assert server.refused_but() == []


async def test_privacy_says_what_is_kept_and_that_chats_are_not_encrypted(
    bot: TelegramBot, ann: PersonInChat
) -> None:
    ann.types("/privacy")
    said = (await ann.sees("end-to-end")).text
    assert "30 days" in said


async def test_cancel_asks_once_and_start_offers_to_go_on(
    bot: TelegramBot, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await tap(ann, card, "None of these")
    ann.types("/start")
    offer = await ann.sees("not settled")
    case = service.store.cases.active("1001")
    assert case is not None
    await tap(ann, offer, f"Continue {case.code}")
    question = await ann.sees(ask(AFTER_NO_SIGN))
    await tap(ann, question, "Case")
    await tap(ann, await ann.sees("so far"), "More")
    await tap(ann, await ann.sees("· More"), "Close case")
    asked = await ann.sees("Close ")
    await tap(ann, asked, "Yes, close it")
    await ann.sees("Case closed")
    assert service.store.cases.active("1001") is None


@pytest.mark.usefixtures("hurry")
async def test_pictures_are_not_read_and_groups_are_sent_to_the_private_chat(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    message = ann.types("x")
    await ann.sees("No case is open")
    server.updates.push_raw(
        {
            "update_id": 990_001,
            "message": {**message.as_json(), "text": None, "photo": [{"file_id": "a"}]},
        }
    )
    await ann.sees("Pictures and voice messages are not kept")
    group = server.group_chat("Spine on call")
    member = group.joins(1001)
    member.types("/triage")
    await server.until(lambda: any("private chat" in m.text for m in group.messages))


async def test_a_stranger_gets_one_line_with_their_own_id(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    eve = server.private_chat(2002, "Eve")
    async with running(server, replace(service, access=only("1001"))):
        eve.types("/triage")
        assert "Your Telegram id is 2002" in (await eve.sees("not open to you")).text
        await card_of(ann)
    assert service.store.cases.active("2002") is None


async def test_a_poison_update_is_parked_and_stops_nothing(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    for n, poison in enumerate(
        ({"message": {"chat": 7}}, {"callback_query": []}, {"message": None}, {"my_chat_member": 1})
    ):
        server.updates.push_raw({"update_id": 880_000 + n, **poison})
    await card_of(ann)
    assert service.store.inbox.parked_count() == 4


async def test_a_turn_that_fails_says_what_to_do_and_is_parked(
    bot: TelegramBot, ann: PersonInChat, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await card_of(ann)

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Engine, "advance", fail)
    await tap(ann, card, "Bladder")
    said = (await ann.sees("I cannot work this out")).text
    assert "Treat any new deficit as an emergency" in said and CALL in said
    monkeypatch.undo()
    assert service.store.inbox.parked_count() == 1
    await tap(ann, card, "Bladder")
    await ann.sees("EMERGENCY")


async def test_an_update_that_comes_again_is_dropped(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await card_of(ann)
    poll = service.store.inbox.poll()
    assert poll is not None
    server.updates.push_raw(
        {
            "update_id": poll.next_update - 1,
            "message": ann.messages[0].as_json(),
        }
    )
    ann.types("/help")
    await ann.sees("About CordCall: ")
    assert sum("Which cord signs" in m.text for m in ann.bot_messages) == 1


async def test_a_card_that_is_gone_is_sent_anew(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    card = await card_of(ann)
    server.faults.refuse(400, "Bad Request: message to edit not found", "editMessageText")
    await tap(ann, card, "None of these")
    await server.until(lambda: ann.last.id != card.id)
    assert ask(AFTER_NO_SIGN) in ann.last.text


async def test_broken_html_is_sent_as_plain_text(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    server.faults.refuse(400, "Bad Request: can't parse entities: x", "sendMessage")
    ann.types("/triage")
    card = await ann.sees("Which cord signs are new?")
    assert card.marked("bold") == []


@pytest.mark.usefixtures("hurry")
async def test_one_chats_limit_does_not_slow_another(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    bob = server.private_chat(1002, "Bob")
    server.faults.flood(2, chat_id=1001, method="sendMessage")
    ann.types("/triage")
    bob.types("/triage")
    await bob.sees("Which cord signs are new?")
    assert ann.bot_messages == []
    await ann.sees("Which cord signs are new?", timeout=10)


@pytest.mark.usefixtures("hurry")
async def test_a_failing_server_is_asked_again(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    server.faults.refuse(502, "Bad Gateway", "sendMessage", times=2)
    await card_of(ann)
    assert len(server.calls.of("sendMessage")) == 3


async def test_who_blocks_the_bot_is_left_in_peace_until_they_come_back(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await until(lambda: service.store.outbox.queued("1001") == [])
    ann.blocks()
    await server.until(lambda: _unreachable(service.store) == [("1001", 1)])
    ann.unblocks()
    await server.until(lambda: _unreachable(service.store) == [("1001", 0)])
    ann.types("/triage")
    await server.until(lambda: ann.last.id != card.id)


async def test_an_edit_for_a_person_who_blocked_the_bot_ends_there(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    server.faults.refuse(403, "Forbidden: bot was blocked by the user", "editMessageText")
    ann.taps(card, "None of these")
    await until(lambda: _unreachable(service.store) == [("1001", 1)])
    await until(lambda: service.store.outbox.queued("1001") == [])


async def test_after_a_restart_what_was_not_sent_is_sent(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        card = await card_of(ann)
    touched = replace(service, touch=True)
    assert card.reply_markup is not None
    data = card.reply_markup["inline_keyboard"][0][1]["callback_data"]
    token, _, place = data.partition(":")
    touched.take(Incoming("1001", "1001", Tap(token, int(place)), None, card.id))
    async with running(server, service):
        await ann.sees("EMERGENCY · MRI by Mon 00:00 (in 12 h)")


async def test_after_an_absence_every_open_card_is_drawn_again(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    async with running(server, service):
        card = await card_of(ann)
    clock.pass_by(minutes=10)
    async with running(server, service):
        await server.until(lambda: "I was away" in card.text)
        await tap(ann, card, "None of these")
        await ann.sees(ask(AFTER_NO_SIGN))


async def test_polling_takes_over_from_a_webhook(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    api = Api(server.token, server.url)
    await api.open()
    await api.call("setWebhook", url="http://127.0.0.1:9/hook")
    await api.close()
    async with running(server, service):
        await card_of(ann)


async def test_the_profile_is_set_only_where_it_differs(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    server.world.profile = Profile()
    async with running(server, service):
        await server.until(lambda: len(server.calls.of("setMyCommands")) == 2)
    assert len(server.calls.of("setMyName")) == 1
    server.calls.clear()
    async with running(server, service):
        await server.until(lambda: len(server.calls.of("getMyCommands")) == 2)
        await card_of(ann)
    assert server.calls.of("setMyCommands") == []
    assert server.calls.of("setMyName") == []
    held, server.world.profile = server.world.profile, Profile()
    hold_profile(server)
    assert server.world.profile == held


def _unreachable(store: Store) -> list[tuple[str, int]]:
    return database_of(store).execute("SELECT chat, unreachable FROM chats").fetchall()
