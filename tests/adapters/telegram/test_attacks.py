"""What attackers try over real HTTP, beside the tests of each part: nothing changes or leaks."""

import json
import struct
import zlib
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest
import segno

from bot.access import Right
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.webhook import SECRET_HEADER
from bot.commands.registry import COMMANDS
from bot.incoming import Command, Incoming
from bot.service.service import Service
from state.records import Switch
from tests.adapters.telegram.test_access import (
    ANN,
    BOB,
    EVE,
    ONLY_OWNERS,
    REFUSES,
    bob,
    enrolled,
    eve,
    guarded,
    invitation,
    members,
    team,
)
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.adapters.telegram.test_inline import answered
from tests.adapters.telegram.test_not_acts import all_handled
from tests.adapters.telegram.test_webhook import SECRET, post_raw
from tests.adapters.telegram.test_webhook import running as by_webhook
from tests.botapi import BotApi, Message, PersonInChat
from tests.faults.steps import EMERGENCY, all_is_sent, button, case_of, with_text

__all__ = ["bob", "eve", "guarded", "team"]
SECONDS_TO_READ = 0.5
UP = 2  # the row of a PNG is the difference to the one above
SLOW_IF_READ_BADLY = (
    "1", "1-", "1.", "a", "A ", "Mrs ", "Mr A", "John A", "@", "a@a.", "12.05.", "+44 ", " ", "\n",
    "(", "dob ", "MRN ", "12 Oak ", "T11-", "\u0301", "no ", "weak, ", "24.11.2026 ", "bsn 1",
)  # fmt: skip
FORGED = (
    "", ":", ":0", "{hers}:0", "{mine}", "{mine}:", "{mine}:99", "{mine}:999", "{mine}:1000",
    "{mine}:-1", "{mine}:+0", "{mine}:0:0", "{mine}:٣", "{mine} :0", "{swapped}:0", "{cut}:0",
    "x" * 64 + ":0", "\x00:0", "{mine}:0\n", "../{mine}:0", "'; DROP TABLE cases; --:0",
    "tick cord_signs gait", "members 1002 admin", "🦴:0", "\u202e{mine}:0",
)  # fmt: skip


def modules_of(png: bytes) -> list[list[bool]]:
    """Return the dark modules of a QR code in a grey PNG of one bit, without its border."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (1, 0)
    at, packed = 8, b""
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + size]
        at += size + 12
    step, left = (width + 7) // 8, zlib.decompress(packed)
    rows = [bytes(step)]
    while left:
        above = rows[-1] if left[0] == UP else bytes(step)
        assert left[0] in (0, UP)
        rows.append(bytes((a + b) % 256 for a, b in zip(left[1:], above, strict=False)))
        left = left[1 + step :]
    assert len(rows) == height + 1

    def is_dark(x: int, y: int) -> bool:
        return not rows[y + 1][x // 8] >> (7 - x % 8) & 1

    first = next(x for x in range(width) if is_dark(x, x))
    dots = next(x for x in range(first, width) if not is_dark(x, first)) - first
    within = range(first, width - first, dots // 7)  # the corner is a square of seven modules
    return [[is_dark(x, y) for x in within] for y in within]


async def test_the_picture_of_an_invitation_is_its_link_and_no_other(
    team: TelegramBot, ann: PersonInChat
) -> None:
    token = await invitation(ann)
    (shown,) = [message for message in ann.bot_messages if message.document]
    assert shown.document is not None
    drawn = modules_of(shown.document.content)

    def code_of(link: str) -> list[list[bool]]:
        code = segno.make(link, error="m", micro=False)
        return [[bool(each) for each in row] for row in code.matrix]

    link = f"https://t.me/example_bot?start={token}"
    assert drawn == code_of(link)
    other = token[:-1] + ("A" if token[-1] != "A" else "Q")
    assert drawn != code_of(link.replace(token, other))
    assert drawn != code_of(link.replace("example_bot", "exemple_bot"))


@pytest.mark.parametrize("forged", FORGED)
async def test_a_forged_button_is_answered_and_does_nothing(
    team: TelegramBot,
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    bob: PersonInChat,
    forged: str,
) -> None:
    enrolled(guarded, BOB, "clinician")
    hers, _ = button(await card_of(ann), "Gait or balance")
    await all_is_sent(guarded.store)
    card = await card_of(bob)
    await all_is_sent(guarded.store)
    mine, _ = button(card, "Gait or balance")
    before = case_of(guarded), case_of(guarded, BOB)
    named = {"hers": hers, "mine": mine, "swapped": mine.swapcase(), "cut": mine[:-1]}
    data = forged
    for name, token in named.items():
        data = data.replace(f"{{{name}}}", token)
    await bob.gets_answer(bob.taps_data(card, data))
    await all_handled(server, guarded)
    assert (case_of(guarded), case_of(guarded, BOB)) == before
    assert members(guarded) == {BOB: "clinician"}
    assert guarded.store.inbox.parked_count() == 0
    assert case_of(guarded).code not in "".join(message.text for message in bob.bot_messages)


async def test_a_button_counts_for_its_own_case_whatever_message_it_is_said_to_be_on(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "clinician")
    hers = await card_of(ann)
    await all_is_sent(guarded.store)
    mine = await card_of(bob)
    await all_is_sent(guarded.store)
    token, place = button(mine, "Gait or balance")
    forged = Message.as_callback_json(hers) | {"chat": mine.as_json()["chat"]}
    server.updates.hold()
    queried = bob.taps_data(mine, f"{token}:{place}")
    server.updates.waiting[-1].body["callback_query"]["message"] = forged
    server.updates.release()
    await bob.gets_answer(queried)
    await all_handled(server, guarded)
    assert case_of(guarded).answers == ()
    assert EMERGENCY not in "".join(message.text for message in ann.bot_messages)


async def test_somebody_elses_case_is_neither_shown_nor_changed_by_its_code(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "clinician")
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    await all_handled(server, guarded)
    case, seen = case_of(guarded), len(ann.bot_messages)
    for name, command in COMMANDS.items():
        if command.handle and name not in ("forget", "invite"):
            bob.types(f"/{name} {case.code}")
    await all_handled(server, guarded)
    said = "".join(message.text for message in bob.bot_messages)
    assert "EMERGENCY" not in said and "Gait" not in said.replace("Gait or balance", "")
    found = guarded.store.cases.find(case.code)
    assert found == case
    assert len(ann.bot_messages) == seen


async def test_a_code_in_use_is_answered_like_one_that_is_not(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "clinician")
    await card_of(ann)
    code = case_of(guarded).code
    absent = "ZZZ-99"

    def sent() -> list[str]:
        """Return what the bot sent to Bob, also what was deleted since."""
        every = bob.chat.messages.values()
        return [each.versions[0].text for each in every if each.sender.is_bot]

    said = dict[str, list[str]]()
    for tried in (code, absent):
        seen = len(sent())
        for name in ("resume", "takeover", "close"):
            bob.types(f"/{name} {tried}")
        await server.until(lambda seen=seen: len(sent()) == seen + 3)  # type: ignore[misc]
        said[tried] = [text.replace(tried, "CODE") for text in sent()[seen:]]
    assert said[code] == said[absent] != []


@pytest.mark.parametrize("typed", ["/forget 1001", "/forget yes 1001", "/mydata 1001"])
async def test_what_is_stored_of_another_is_neither_given_nor_erased(
    team: TelegramBot,
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    bob: PersonInChat,
    typed: str,
) -> None:
    enrolled(guarded, BOB, "clinician")
    await card_of(ann)
    case = case_of(guarded)
    bob.types(typed)
    await all_handled(server, guarded)
    assert case_of(guarded) == case
    assert members(guarded) == {BOB: "clinician"}
    files = [message.document.content for message in bob.bot_messages if message.document]
    assert len(files) == (typed.startswith("/mydata"))
    assert case.code.encode() not in b"".join(files)


@pytest.mark.parametrize(
    "kind", ["channel_post", "edited_channel_post", "business_message", "edited_message"]
)
async def test_a_link_posted_in_another_way_than_a_message_of_ones_own_lets_nobody_in(
    team: TelegramBot,
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    eve: PersonInChat,
    kind: str,
) -> None:
    token = await invitation(ann)
    server.updates.hold()
    eve.types(f"/start {token}")
    body = server.updates.waiting[-1].body
    body[kind] = body.pop("message")
    server.updates.release()
    ann.types("/version")
    await ann.sees("Policy: stepwise")
    await all_handled(server, guarded)
    assert members(guarded) == {}
    assert len(guarded.store.invitations.of(ANN)) == 1


async def test_a_link_opened_in_a_group_lets_nobody_in_and_is_not_repeated(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat
) -> None:
    token = await invitation(ann)
    group = server.group_chat("Ward").joins(int(EVE))
    group.types(f"/start@example_bot {token}")
    await server.until(lambda: group.bot_messages)
    await all_handled(server, guarded)
    assert members(guarded) == {}
    assert len(guarded.store.invitations.of(ANN)) == 1
    assert not any(token in message.text for message in group.bot_messages)


@pytest.mark.parametrize(
    "name", ["bob_w\u0430rd", "Bob_Ward1", "ob_ward", "bob ward", "", "\u202ebob_ward", 7, None]
)
async def test_a_name_that_is_only_like_the_invited_one_opens_nothing(
    team: TelegramBot,
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    eve: PersonInChat,
    name: Any,
) -> None:
    token = await invitation(ann, "@bob_ward")
    server.updates.hold()
    eve.types(f"/start {token}")
    server.updates.waiting[-1].body["message"]["from"]["username"] = name
    server.updates.release()
    await eve.sees("This does not open CordCall")
    assert members(guarded) == {}


async def test_a_name_of_html_is_never_drawn(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, eve: PersonInChat
) -> None:
    token = await invitation(ann)
    server.updates.hold()
    eve.types(f"/start {token}")
    server.updates.waiting[-1].body["message"]["from"] |= {
        "username": "<a href='tg://user?id=1'>x</a>",
        "first_name": "<b>Ann & Co</b>", "last_name": "</code><u>",
    }  # fmt: skip
    server.updates.release()
    told = await ann.sees("has joined")
    ann.types("/members")
    listed = await ann.sees("Owners, from the settings: 1001")
    for message in (told, listed):
        assert "<" not in message.text and "Co" not in message.text.replace("CordCall", "")
    assert server.refused_but() == []


@pytest.mark.parametrize("role", ["viewer", "clinician", "admin"])
@pytest.mark.parametrize("typed", ["/outofuse the doses are wrong", "/inuse"])
async def test_only_an_owner_takes_it_out_of_use_or_back(
    team: TelegramBot, server: BotApi, guarded: Service, bob: PersonInChat, role: str, typed: str
) -> None:
    enrolled(guarded, BOB, role)
    before = Switch()
    if typed == "/inuse":
        guarded.take(Incoming(ANN, ANN, Command("outofuse", "wrong dose")))
        before = guarded.store.out_of_use.kept()
        assert before != Switch()
    bob.types(typed)
    await bob.sees("Do not use CordCall" if before.reason else ONLY_OWNERS)
    await all_handled(server, guarded)
    assert guarded.store.out_of_use.kept().reason == before.reason


async def test_no_chat_undoes_the_setting_that_takes_it_out_of_use(
    server: BotApi, guarded: Service, ann: PersonInChat
) -> None:
    set_out = replace(guarded, setting=replace(guarded.setting, out_of_use="wrong dose"))
    async with running(server, set_out):
        for line in ("/inuse", "/outofuse other", "/inuse", "/triage", "gait"):
            ann.types(line)
        await server.until(lambda: len(with_text(ann, "Reason: wrong dose")) >= 2)
        await all_handled(server, guarded)
        assert set_out.out_of_use == "wrong dose"
    assert guarded.store.cases.active(ANN) is None


async def test_somebody_removed_asks_in_vain_from_other_chats(
    team: TelegramBot, server: BotApi, guarded: Service, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "viewer")
    assert (await answered(server, bob.asks_inline("sins"))).results
    guarded.take(Incoming(ANN, ANN, Command("members", f"{BOB} remove yes")))
    assert (await answered(server, bob.asks_inline("sins"))).results == []


@pytest.mark.usefixtures("hurry")
async def test_a_person_of_no_right_learns_of_no_command(
    team: TelegramBot, server: BotApi, guarded: Service, eve: PersonInChat
) -> None:
    eve.types("/start")
    for name in COMMANDS:
        eve.types(f"/{name}")
        eve.types(f"/{name} KES-42")
    kept = await eve.sees("How long: 30 days")
    await all_handled(server, guarded)
    (refused,) = (message for message in eve.bot_messages if "not open to you" in message.text)
    assert eve.bot_messages == [refused, kept]
    assert guarded.store.cases.active(EVE) is None


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("name", [each.name for each in COMMANDS.values() if each.handle])
async def test_no_command_works_without_its_right(
    team: TelegramBot, server: BotApi, guarded: Service, bob: PersonInChat, name: str
) -> None:
    """With the right below what a command needs, its person is told what it needs."""
    needed = COMMANDS[name].right
    if needed <= Right.VIEWER:
        enrolled(guarded, BOB, "viewer")
        bob.types(f"/{name}")
        await server.until(lambda: bob.bot_messages)
        assert not any(with_text(bob, refused) for refused in REFUSES.values())
        return
    enrolled(guarded, BOB, Right(needed - 1).name.casefold())
    bob.types(f"/{name} KES-42")
    await bob.sees(REFUSES[needed])
    await all_handled(server, guarded)
    assert len(bob.bot_messages) == 1
    assert guarded.store.invitations.of(BOB) == []
    assert guarded.store.cases.active(BOB) is None


@pytest.mark.parametrize("unit", SLOW_IF_READ_BADLY)
async def test_no_message_takes_long_to_read(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, unit: str
) -> None:
    await card_of(ann)
    await all_handled(server, guarded)
    longest = (unit * 4096)[:4080]
    began = perf_counter()
    for line in (longest, f"/mri {longest}", f"/calcium {longest}", f"/ask {longest}"):
        ann.types(line)
    await all_handled(server, guarded)
    assert perf_counter() - began < 4 * SECONDS_TO_READ
    assert case_of(guarded).answers == ()


HALF = "half \ud83d of one"
OWN = {"id": int(ANN), "is_bot": False, "first_name": HALF, "username": HALF}
PRIVATE = {"id": int(ANN), "type": "private", "first_name": HALF}
SENT = {"message_id": 900_000, "date": 1_790_000_000, "chat": PRIVATE, "from": OWN}
BROKEN: dict[str, dict[str, Any]] = {
    "a text": {"message": {**SENT, "text": HALF}},
    "after a command": {"message": {**SENT, "text": f"/drug {HALF}"}},
    "in a deep link": {"message": {**SENT, "text": f"/start {HALF}"}},
    "beside a name": {"message": {**SENT, "text": f"Mrs Sampleton {HALF}"}},
    "a caption": {"message": {**SENT, "photo": [], "caption": f"Mrs Sampleton {HALF}"}},
    "an edit": {"edited_message": {**SENT, "edit_date": 1_790_000_001, "text": HALF}},
    "an inline query": {"inline_query": {"id": "1", "from": OWN, "query": HALF, "offset": ""}},
    "a button": {"callback_query": {"id": "2", "from": OWN, "message": SENT, "data": HALF}},
    "the id of a tap": {"callback_query": {"id": HALF, "from": OWN, "message": SENT, "data": "x"}},
    "the id of a query": {"inline_query": {"id": HALF, "from": OWN, "query": "x", "offset": ""}},
    "a group": {"message": {**SENT, "chat": {"id": -7, "type": HALF, "title": HALF}, "text": HALF}},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_half_a_character_in_any_part_of_an_update_stops_nothing(
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    unused_tcp_port: int,
    broken: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with by_webhook(server, guarded, unused_tcp_port):
        body = json.dumps({"update_id": 7_000, **broken}).encode()
        secret = f"{SECRET_HEADER}: {SECRET}\r\nContent-Type: application/json".encode()
        assert await post_raw(unused_tcp_port, secret, body) == b"200"
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY")
        await all_handled(server, guarded)
    said = "".join(capfd.readouterr())
    assert "half" not in said and "Traceback" not in said
