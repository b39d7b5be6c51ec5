"""What identifies a person, wherever it is typed: neither kept nor repeated, and its message goes.

All names and numbers are invented.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.access import Access
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import beside
from bot.adapters.telegram.updates import reduce
from bot.commands.registry import COMMANDS
from bot.commands.traits import CASE, DONE, LOOK_UP
from bot.incoming import Incoming
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of
from tests.adapters.telegram.test_inline import answered
from tests.adapters.telegram.test_not_acts import CHANNEL, OTHER_BOT, all_handled, sends
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi, Message, PersonInChat
from tests.faults.steps import FIRST_QUESTION, PATIENCE, case_of, with_text

WHO = "Mrs Sampleton 12.05.1948 NHS 943 476 5919"
PARTS = ("sampleton", "1948", "943 476", "9434765919", "07700")
REFUSED = "Not read and not kept"
OTHERWISE = {
    "invite": "Send /invite clinician, or /invite @username.",
    "called": "The call was not noted",
}
LEFT_OUT = "Left out and not kept: "
KINDS = "a name, a date of birth and an NHS number"
DELETED = "Your message is deleted."
NAMED = (
    "Mrs Sampleton", "John Sampleton", "dob 12.5.48", "MRN 0098765", "943 476 5919",
    "BSN 111222333", "6433435OA", "536-90-4399", "X110411675", "a.sampleton@example.org",
    "07700 900123", "12 Oak Street",
)  # fmt: skip
NOT_READ = {
    "a caption": {"caption": WHO, "photo": []},
    "forwarded": {"text": WHO, "forward_origin": {"type": "channel", "date": 1, "chat": CHANNEL}},
    "through another bot": {"text": WHO, "via_bot": OTHER_BOT},
    "for another bot": {"text": f"/note@other_bot {WHO}"},
    "a contact": {"contact": {"first_name": "Janet", "last_name": "Sampleton"}},
    "the number of a contact": {"contact": {"first_name": "X", "phone_number": "447700900123"}},
    "the name of a file": {"document": {"file_name": "Janet_Sampleton_12.05.1948.pdf"}},
    "a poll": {"poll": {"question": "Who?", "options": [{"text": "Mrs Sampleton"}]}},
    "a place": {"venue": {"location": {}, "title": "Home", "address": "12 Oak Street"}},
    "a recording": {"audio": {"title": "Mrs Sampleton", "performer": "x"}},
    "a checklist": {"checklist": {"title": "x", "tasks": [{"id": 1, "text": "Mrs Sampleton"}]}},
}


def theirs(person: PersonInChat) -> list[Message]:
    """Return the person's own messages that are still in the chat."""
    return [each for each in person.messages if each not in person.bot_messages]


@pytest.mark.parametrize("typed", NAMED)
async def test_a_message_that_only_identifies_is_refused_with_the_code_of_the_case(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, typed: str
) -> None:
    await card_of(ann)
    before = case_of(service)
    message = ann.types(typed)
    said = await ann.sees(REFUSED)
    assert before.code in said.text and DELETED in said.text
    await server.until(lambda: message.deleted)
    await all_handled(server, service)
    assert case_of(service).answers == before.answers


@pytest.mark.parametrize(
    "typed",
    ["/Mrs Sampleton", "/John Sampleton", "/Janet_Sampleton", "/MRN_0098765", "/9434765919"],
)
async def test_a_name_in_place_of_a_command_is_refused_and_deleted(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, typed: str
) -> None:
    await card_of(ann)
    message = ann.types(typed)
    await ann.sees(REFUSED)
    await server.until(lambda: message.deleted)
    ann.types("/calcum 1.98 30")
    assert LEFT_OUT not in (await ann.sees("No such command; nearest: /calcium")).text


async def test_without_a_case_it_is_said_where_a_code_comes_from(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    message = ann.types("Mrs Sampleton")
    assert "/triage gives" in (await ann.sees(REFUSED)).text
    await server.until(lambda: message.deleted)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "quit"])
async def test_after_a_command_it_is_left_out_of_a_clinical_line_and_else_refused(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, command: str
) -> None:
    await card_of(ann)
    message = ann.types(f"/{command} {WHO}, T11")
    is_read = COMMANDS[command].topic == LOOK_UP or command in ("start", "triage", "outofuse")
    names_case = ("resume", "takeover", "open", "have", "seen", "coming", "line")
    at_hand = COMMANDS[command].topic in (CASE, DONE) and command not in names_case
    noted = f"Nothing was noted, and nothing is kept: it looks like {KINDS}. Send /{command} again"
    refused = OTHERWISE.get(command, noted if at_hand else REFUSED)
    await ann.sees(LEFT_OUT if is_read else refused)
    await server.until(lambda: message.deleted)
    assert not with_text(ann, refused if is_read else LEFT_OUT)


async def test_the_rest_of_a_clinical_line_is_read(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.types("/calcium Mrs Sampleton, MRN 0098765: 1.98 30")
    said = await ann.sees(LEFT_OUT)
    assert said.text.startswith("Left out and not kept: a name and a patient's number.")
    assert "2.18" in said.text


@pytest.mark.parametrize("name", ["", "Mrs Sampleton, "])
@pytest.mark.parametrize("before", ["/triage ", ""])
async def test_an_identifier_is_left_out_before_a_line_is_read(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, before: str, name: str
) -> None:
    message = ann.types(f"{before}{name}leg weakness, numb saddle")
    said = await ann.sees("Read: cord signs: Limb weakness, Saddle numbness")
    assert said.text.startswith(LEFT_OUT if name else "Read from your line, not confirmed:")
    assert "Sampleton" not in said.text
    assert case_of(service).answers == ()
    if name:
        await server.until(lambda: message.deleted)


LONG = "67M known prostate ca, " + "back pain for two weeks, " * 8 + "no fever, today legs weak"


@pytest.mark.parametrize("before", ["/triage ", ""])
@pytest.mark.parametrize(
    "line", [LONG, "back pain\nno fever\nlegs weak\nMr Sampleton, 943 476 5919"]
)
async def test_a_sign_at_the_end_of_a_long_or_broken_line_makes_an_emergency(
    bot: TelegramBot, ann: PersonInChat, before: str, line: str
) -> None:
    ann.types(f"{before}{line}")
    assert "EMERGENCY" in (await ann.sees("cord signs: Limb weakness")).text


async def test_a_line_of_which_nothing_is_read_leads_to_the_first_question(
    bot: TelegramBot, ann: PersonInChat
) -> None:
    ann.types("/triage Mrs Sampleton, zxqv")
    said = await ann.sees(FIRST_QUESTION)
    assert "Nothing of your line was read. Tick what is there." in said.text


@pytest.mark.parametrize("typed", ["/triage", "/triage Mrs Sampleton"])
async def test_a_new_case_without_a_clinical_line_says_nothing_of_one(
    bot: TelegramBot, ann: PersonInChat, typed: str
) -> None:
    ann.types(typed)
    assert "was not read" not in (await ann.sees(FIRST_QUESTION)).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/given dex 16 mg at 0415", "Nothing was noted: send /given on its own"),
        ("/given dex 16 mg to Mrs Sampleton", "Nothing was noted, and nothing is kept: it looks"),
    ],
)
async def test_a_note_with_more_behind_it_says_that_nothing_was_noted_and_how_it_is_sent(
    bot: TelegramBot, ann: PersonInChat, service: Service, typed: str, said: str
) -> None:
    await card_of(ann)
    before = case_of(service)
    ann.types(typed)
    assert "/given" in (await ann.sees(said)).text
    assert case_of(service) == before


async def test_a_typed_answer_is_read_without_the_name(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    await card_of(ann)
    message = ann.types("Mrs Sampleton, gait")
    said = await ann.sees("Gait or balance. Is that right?")
    assert LEFT_OUT in said.text
    await server.until(lambda: message.deleted)


@pytest.mark.parametrize(
    "quoted",
    [
        {"quote": {"text": WHO, "position": 0}},
        {"external_reply": {"origin": {}, "contact": {"first_name": "Janet Sampleton"}}},
    ],
    ids=["a text", "a contact"],
)
async def test_a_quote_from_another_chat_that_identifies_somebody_is_deleted(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, quoted: dict[str, Any]
) -> None:
    await card_of(ann)
    sends(server, ann, text="gait", **quoted)
    said = await ann.sees("Gait or balance. Is that right?")
    assert LEFT_OUT in said.text
    await server.until(lambda: [each.text for each in theirs(ann)] == ["/triage"])


async def test_a_reply_to_a_colleague_in_another_chat_is_kept(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    await card_of(ann)
    who = {"id": 7, "is_bot": False, "first_name": "Janet", "last_name": "Sampleton"}
    origin = {"type": "user", "sender_user": who, "date": 1}
    sends(server, ann, text="gait", external_reply={"origin": origin})
    said = await ann.sees("Gait or balance. Is that right?")
    assert LEFT_OUT not in said.text


@pytest.mark.parametrize("fields", NOT_READ.values(), ids=NOT_READ)
async def test_what_is_not_read_is_deleted_too_if_it_identifies_somebody(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, fields: dict[str, Any]
) -> None:
    await card_of(ann)
    for _ in range(2):
        sends(server, ann, **fields)
    await server.until(lambda: len(with_text(ann, REFUSED)) == 2)
    await server.until(lambda: [each.text for each in theirs(ann)] == ["/triage"])


async def test_a_message_edited_to_identify_somebody_is_deleted(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    message = ann.types("/help")
    await ann.sees("/triage")
    ann.edits(message, f"/help {WHO}")
    await ann.sees(REFUSED)
    await server.until(lambda: message.deleted)


async def test_a_caption_edited_to_identify_somebody_is_deleted(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    await card_of(ann)
    server.updates.hold()
    message = ann.types("x")
    body = server.updates.waiting[-1].body
    sent = body.pop("message")
    sent.pop("text")
    body["edited_message"] = {**sent, "photo": [], "caption": WHO, "edit_date": sent["date"]}
    server.updates.release()
    await ann.sees(REFUSED)
    await server.until(lambda: message.deleted)


async def test_a_clinical_message_is_not_deleted(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    message = ann.types("/mri legs weak since 24.11.2026, Ca 2.94 alb 31, T10-L1, dex 16 mg")
    await all_handled(server, service)
    assert not message.deleted
    assert not with_text(ann, LEFT_OUT) and not with_text(ann, REFUSED)


async def test_the_token_of_a_link_is_no_number_of_a_patient(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    message = ann.types("/start q9434765919_123456789x")
    await ann.sees(FIRST_QUESTION)
    await all_handled(server, service)
    assert not message.deleted


@pytest.mark.usefixtures("hurry")
async def test_a_flood_delays_the_deletion_and_no_more(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    await card_of(ann)
    server.faults.flood(1, method="deleteMessage")
    message = ann.types("Mrs Sampleton")
    await ann.sees(REFUSED)
    await server.until(lambda: message.deleted)


async def test_a_deletion_that_is_refused_changes_nothing(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "FIRST_PAUSE", 0.0)
    await card_of(ann)
    server.faults.refuse(400, "Bad Request: message can't be deleted", "deleteMessage", times=None)
    message = ann.types("Mrs Sampleton")
    await ann.sees(REFUSED)
    ann.types("/version")
    await ann.sees("Policy: stepwise")
    await all_handled(server, service)
    assert not message.deleted
    asked = [call for call in server.calls if call.method == "deleteMessage"]
    assert (
        len([call for call in asked if str(call.params.values["message_id"]) == str(message.id)])
        == 1
    )


async def test_an_inline_query_is_answered_without_the_name(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    named = await answered(server, ann.asks_inline(f"{WHO} foot drop"))
    plain = await answered(server, ann.asks_inline("foot drop"))
    assert named.results == plain.results != []


@pytest.mark.slow
async def test_nowhere_is_it_kept_or_repeated(tmp_path: Path) -> None:
    typed = [f"{WHO} 07700 900123", *(f"/{name} {WHO} T11 gait" for name in COMMANDS)]
    async with BotApi() as server:
        ann = server.private_chat(1001, "Ann")
        program = CordCall(server, tmp_path, CORDCALL_LOG_LEVEL="DEBUG")
        await program.start()
        await card_of(ann)
        server.faults.refuse(500, "Internal Server Error", "sendMessage", times=3)
        for line in typed:
            ann.types(line)
        for fields in NOT_READ.values():
            sends(server, ann, **fields)
        ann.asks_inline(WHO)
        await server.until(lambda: len(server.updates) == 0)
        during = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        ann.types("/version")
        await ann.sees("Policy: stepwise", PATIENCE)
        own = ["/triage", "/version"]
        await server.until(lambda: [each.text for each in theirs(ann)] == own, PATIENCE)
        await program.kill()
        said = "".join(str(call.params.values) for call in server.calls)
        after = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        names = {file.name for file in tmp_path.iterdir()}
    assert {"cordcall.db", "cordcall.db-wal", "log"} <= names
    assert REFUSED in said and LEFT_OUT in said
    everything = re.sub(r"\s+", " ", f"{said}{during!r}{after!r}".casefold())
    assert [each for each in PARTS if each in everything] == []


async def test_what_fails_to_be_read_is_deleted_and_that_is_said(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await card_of(ann)
    before = case_of(service)

    def fails(*_: object) -> None:
        raise StopIteration

    monkeypatch.setattr("bot.identifiers.identifiers.leave_out", fails)
    message = ann.types("gait")
    await ann.sees("Your message could not be read, and nothing was noted; it is deleted.")
    await server.until(lambda: message.deleted)
    await all_handled(server, service)
    assert case_of(service).answers == before.answers


@pytest.mark.parametrize(
    ("typed", "is_admin", "is_read"),
    [
        ("/members 9434765919", True, True),
        ("/members 9434765919 remove", True, True),
        ("/members 9434765919", False, False),
        ("/members 9434765919 Sampleton", True, False),
    ],
)
def test_only_an_admin_may_name_a_member_by_their_id(
    typed: str, is_admin: bool, is_read: bool
) -> None:
    sender = {"id": 1001}
    message = {"message_id": 9, "text": typed, "chat": {**sender, "type": "private"}}
    update = {"update_id": 1, "message": {**message, "from": sender}}
    access = Access(owners=frozenset({"1001"} if is_admin else ()))
    read = reduce(update, "example_bot", access)
    assert isinstance(read, Incoming)
    assert (not read.left_out, read.to_delete is None) == (is_read, is_read)
