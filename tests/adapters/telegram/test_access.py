"""Who may use this, over real HTTP: invitations, roles, removal, and what attackers try."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
import segno

from bot.access import Access, Right
from bot.adapters.telegram.app import TelegramBot
from bot.commands.invitations import WORKS_FOR, hash_of
from bot.commands.registry import COMMANDS
from bot.incoming import Command, Incoming, Tap
from bot.service.service import Service
from bot.service.strangers import MOST_TRIES
from state.people import Member
from state.store import StoreError
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, button, case_of, until, with_text
from tests.stored import stored
from tests.workers import count_two

pytestmark = pytest.mark.usefixtures("hurry")

ANN, BOB, EVE = "1001", "1002", "6666"
LINK = re.compile(r"https://t\.me/example_bot\?start=([A-Za-z0-9_-]{22})")
LAPSED = "This does not open CordCall"
LACKS = "Only an admin can do that"
IS_VIEWER = "Nothing was noted: you are a viewer."
ONLY_OWNERS = "Only an owner may do that"
REFUSES = {Right.CLINICIAN: IS_VIEWER, Right.ADMIN: LACKS, Right.OWNER: ONLY_OWNERS}
OFFER = "Unattended cases"
SERVICE_ACCOUNTS = (777000, 1087968824, 136817688)


@pytest.fixture
def guarded(service: Service) -> Service:
    """A service with one owner, Ann, and with members."""
    return replace(service, touch=True, access=access_of(service))


def access_of(service: Service) -> Access:
    return Access(service.store.members, frozenset({ANN}))


@pytest.fixture
async def team(server: BotApi, guarded: Service) -> AsyncIterator[TelegramBot]:
    async with running(server, guarded) as bot:
        yield bot


@pytest.fixture
def bob(server: BotApi) -> PersonInChat:
    return server.private_chat(int(BOB), "Bob", username="Bob_Ward")


@pytest.fixture
def eve(server: BotApi) -> PersonInChat:
    return server.private_chat(int(EVE), "Eve", username="eve_else")


def members(service: Service) -> dict[str, str]:
    return {each.who: each.role for each in service.store.members.listed()}


def token_of(message: Message) -> str:
    found = LINK.search(message.text)
    assert found is not None
    return found[1]


async def invitation(ann: PersonInChat, given: str = "") -> str:
    """Let the owner ask for an invitation, and return its token."""
    seen = len(ann.bot_messages)
    ann.types(f"/invite {given}".strip())
    found = await ann.sees_when(
        lambda: next((m for m in ann.bot_messages[seen:] if LINK.search(m.text)), None)
    )
    return token_of(found)


async def let_in(ann: PersonInChat, person: PersonInChat, given: str = "") -> None:
    person.types(f"/start {await invitation(ann, given)}")
    await person.sees("You are in")
    await ann.sees(f"id {person.user.id}")


def enrolled(service: Service, who: str, role: str) -> None:
    with service.store.turn() as store:
        store.members.keep(Member(who, role, "", ANN, NOON))


async def test_a_colleague_joins_by_a_link_that_is_a_picture_too(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat, tmp_path: Path
) -> None:
    token = await invitation(ann, "clinician")
    (shown,) = [message for message in ann.bot_messages if message.document]
    assert shown.document is not None and shown.document.kind == "photo"
    link = f"https://t.me/example_bot?start={token}"
    code = segno.make(link, error="m", micro=False)
    drawn = tmp_path / "code.png"
    code.save(str(drawn), scale=10, border=4)
    assert shown.document.content == drawn.read_bytes()
    assert "Lets in one person as a clinician, until Wed 25 Nov 12:00 UTC" in shown.text
    bob.types(f"/start {token}")
    await bob.sees("You are in, as a clinician.")
    await bob.sees("Which cord signs are new?")
    told = await ann.sees("@Bob_Ward (id 1002) has joined as a clinician")
    assert members(guarded) == {BOB: "clinician"}
    assert guarded.store.invitations.of(ANN) == []
    await tap(ann, told, "Remove")
    code = case_of(guarded, BOB).code
    asked = await ann.sees("Remove @Bob_Ward (id 1002)?")
    assert members(guarded) == {BOB: "clinician"} and code not in asked.text
    await tap(ann, asked, "Yes, remove")
    await until(lambda: members(guarded) == {})
    told = await bob.sees("You have been removed: this CordCall is no longer open to you.")
    assert "offered" not in told.text and "Any new deficit is an emergency" in told.text


async def test_the_token_is_in_no_file_and_no_log(
    team: TelegramBot,
    guarded: Service,
    ann: PersonInChat,
    bob: PersonInChat,
    capfd: pytest.CaptureFixture[str],
) -> None:
    token = await invitation(ann)
    assert hash_of(token).encode() in stored(guarded.store)
    assert token.encode() not in stored(guarded.store)
    bob.types(f"/start {token}")
    await bob.sees("You are in")
    await all_is_sent(guarded.store)
    assert token.encode() not in stored(guarded.store)
    assert guarded.access.held(hash_of(token)) is None
    said = capfd.readouterr()
    assert token not in said.out + said.err


async def test_an_invitation_that_a_restart_has_overtaken_is_withdrawn_and_that_is_said(
    server: BotApi, guarded: Service, ann: PersonInChat
) -> None:
    guarded.take(Incoming(ANN, ANN, Command("invite")))
    assert len(guarded.store.invitations.of(ANN)) == 1
    async with running(server, replace(guarded, access=access_of(guarded))):
        await ann.sees("This invitation was lost while CordCall restarted")
        await all_is_sent(guarded.store)
    assert guarded.store.invitations.of(ANN) == []
    assert not any(LINK.search(message.text) for message in ann.bot_messages)


@pytest.mark.sqlite(reason="on PostgreSQL a worker that counts two sends to half of the chats")
async def test_an_invitation_that_another_worker_made_is_sent_with_another_token(
    server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    guarded.take(Incoming(ANN, ANN, Command("invite")))
    (made,) = guarded.store.invitations.of(ANN)
    count_two(monkeypatch, guarded.store)
    async with running(server, replace(guarded, access=access_of(guarded))):
        token = token_of(await ann.sees_when(lambda: next(iter(ann.bot_messages), None)))
        (sent,) = guarded.store.invitations.of(ANN)
        assert sent == replace(made, hashed=hash_of(token)) != made
        bob.types(f"/start {token}")
        await bob.sees("You are in")


async def test_a_picture_that_telegram_refuses_leaves_the_link(
    server: BotApi, team: TelegramBot, guarded: Service, ann: PersonInChat
) -> None:
    server.faults.refuse(400, "Bad Request: IMAGE_PROCESS_FAILED", "sendPhoto")
    token = await invitation(ann)
    assert guarded.store.invitations.find(hash_of(token)) is not None
    assert not any(message.document for message in ann.bot_messages)


async def test_an_invitation_used_twice_at_once_lets_in_one(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat, eve: PersonInChat
) -> None:
    token = await invitation(ann)
    bob.types(f"/start {token}")
    eve.types(f"/start {token}")
    await bob.sees("You are in")
    await eve.sees(LAPSED)
    assert members(guarded) == {BOB: "clinician"}
    bob.types(f"/start {token}")
    await until(lambda: len(with_text(bob, "CordCall helps clinicians")) == 2)
    assert with_text(bob, LAPSED) == []


async def test_one_for_several_lets_in_as_many_and_no_more(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, eve: PersonInChat
) -> None:
    token = await invitation(ann, "2 viewer")
    for who in (2001, 2002):
        person = server.private_chat(who)
        person.types(f"/start {token}")
        await person.sees("You are in, as a viewer.")
    eve.types(f"/start {token}")
    await eve.sees(LAPSED)
    assert members(guarded) == {"2001": "viewer", "2002": "viewer"}


async def test_whatever_does_not_open_it_gets_the_same_sentence(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, clock: Clock
) -> None:
    used, ended = await invitation(ann), await invitation(ann)
    named, unknown = await invitation(ann, "@Bob_Ward"), "A" * 22
    withdrawn = await invitation(ann)
    with guarded.store.turn() as store:
        store.invitations.withdraw(hash_of(used))
        store.invitations.withdraw(hash_of(withdrawn))
    clock.pass_by(hours=WORKS_FOR / timedelta(hours=1))
    named_now = await invitation(ann, "@Bob_Ward")
    said = list[str]()
    for number, token in enumerate((used, ended, named, unknown, withdrawn, named_now)):
        person = server.private_chat(3000 + number, username="" if number % 2 else "someone")
        person.types(f"/start {token}")
        said.append((await person.sees(LAPSED)).text.replace(str(3000 + number), "ID"))
    assert len(set(said)) == 1
    assert members(guarded) == {}
    bob = server.private_chat(int(BOB), "Bob", username="bob_ward")
    bob.types(f"/start {named_now}")
    await bob.sees("You are in")


async def test_an_invitation_ends_with_the_right_of_its_maker(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat, eve: PersonInChat
) -> None:
    await let_in(ann, bob, "admin")
    token = await invitation(bob)
    with guarded.store.turn() as store:
        store.members.remove(BOB)
    eve.types(f"/start {token}")
    await eve.sees(LAPSED)
    assert members(guarded) == {}


async def test_whoever_guesses_is_not_even_looked_up_after_a_few_tries(
    team: TelegramBot,
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    eve: PersonInChat,
    clock: Clock,
) -> None:
    token = await invitation(ann)
    for number in range(MOST_TRIES):
        eve.types(f"/start {str(number) * 22}")
        await until(lambda expected=number + 1: len(eve.bot_messages) == expected)  # type: ignore[misc]
    eve.types(f"/start {token}")
    await eve.sees("not open to you")
    assert members(guarded) == {}
    clock.pass_by(hours=1)
    eve.types(f"/start {token}")
    await eve.sees("You are in")


PAYLOADS = (
    "KES-42", "x", "A" * 21, "A" * 23, "A" * 64, "A" * 200, "../../etc/passwd", "' OR 1=1 --",
    "%00", "é" * 22, "１" * 22, "AAAAAAAAAAA AAAAAAAAAA", "admin", "owner 1001", "1001", "takeover",
    "members 1001", "<b>x</b>", "{who}", "A" * 22 + "\n/invite admin", "-" * 22, "_" * 22,
    "\u202e" + "A" * 21, "CODE",
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_deep_link_reveals_and_changes_nothing(
    team: TelegramBot,
    server: BotApi,
    guarded: Service,
    ann: PersonInChat,
    bob: PersonInChat,
    eve: PersonInChat,
    payload: str,
) -> None:
    enrolled(guarded, BOB, "clinician")
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    case = case_of(guarded)
    given = case.code if payload == "CODE" else payload
    for person in (bob, eve):
        person.types(f"/start {given}")
    await bob.sees("Which cord signs are new?")
    await eve.sees_when(lambda: next(iter(eve.bot_messages), None))
    for person in (bob, eve):
        said = "".join(message.text for message in person.bot_messages)
        assert case.code not in said and "EMERGENCY" not in said
        assert "You are in" not in said
    assert [LAPSED in m.text or "not open to you" in m.text for m in eve.bot_messages] == [True]
    assert members(guarded) == {BOB: "clinician"}
    assert case_of(guarded) == case
    assert guarded.store.cases.active(EVE) is None
    assert guarded.store.inbox.parked_count() == 0


async def test_a_member_is_removed_at_once_with_all_that_waits(
    server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    async with running(server, guarded):
        await let_in(ann, bob)
        card = await bob.sees("Which cord signs are new?")
        await tap(bob, card, "Gait or balance")
        await bob.sees("EMERGENCY")
        await all_is_sent(guarded.store)
    case, seen = case_of(guarded, BOB), len(bob.bot_messages)
    for command in ("sbar", "plan", "cases", "mri foot drop"):
        name, _, rest = command.partition(" ")
        guarded.take(Incoming(BOB, BOB, Command(name, rest)))
    guarded.take(Incoming(ANN, ANN, Command("members", f"{BOB} remove yes")))
    (row,) = guarded.store.outbox.queued(BOB)
    assert "You have been removed" in str(row.screens)
    assert f"offered to colleagues: {case.code}. Tell them what was done." in str(row.screens)
    case = guarded.store.cases.find(case.code) or case
    below = bob.bot_messages[-1]
    queued = bob.taps(below, "Done")
    token, place = button(below, "Bladder")
    bob.types("/sbar")
    async with running(server, guarded):
        await bob.gets_answer(queued)
        offered = await ann.sees(OFFER)
        late = bob.taps_data(below, f"{token}:{place}")
        await bob.gets_answer(late)
        await bob.sees("Nothing was noted")
        assert guarded.store.cases.find(case.code) == case
        await tap(ann, offered, f"Take over {case.code}")
        await tap(ann, await ann.sees("Do now"), "Continue")
        await ann.sees("Which cord signs are new?")
        await all_is_sent(guarded.store)
    moved = case_of(guarded, ANN)
    assert (moved.code, moved.owner) == (case.code, ANN)
    assert len(bob.bot_messages) == seen + len(("removed", "not open"))
    assert guarded.store.reminders.pending(case.code)


async def test_who_is_removed_is_asked_about_with_the_cases_that_go_on_offer(
    guarded: Service,
) -> None:
    enrolled(guarded, BOB, "clinician")
    for name in ("triage", "given"):
        guarded.take(Incoming(BOB, BOB, Command(name)))
    guarded.take(Incoming(ANN, ANN, Command("members", f"{BOB} remove")))
    (row,) = guarded.store.outbox.queued(ANN)
    assert f"offered to the others: {case_of(guarded, BOB).code}." in str(row.screens)
    assert members(guarded) == {BOB: "clinician"}


async def test_whoever_joined_and_was_removed_within_the_hour_is_told_again(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    bob.types("/help")
    await bob.sees("not open to you yet")
    await let_in(ann, bob, "viewer")
    welcome = await bob.sees("You can look things up")
    assert "Any new deficit is an emergency" in welcome.text and "noted" not in welcome.text
    ann.types(f"/members {BOB} remove yes")
    await bob.sees("You have been removed")
    bob.types("legs weak now")
    await until(lambda: len(with_text(bob, "not open to you yet")) == 2)


async def test_a_tap_that_waited_in_the_inbox_does_nothing_for_somebody_removed(
    server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "clinician")
    async with running(server, guarded):
        card = await card_of(bob)
        await all_is_sent(guarded.store)
    token, place = button(card, "Bladder")
    kept = f'["{BOB}", "{BOB}", "{token}", {place}, "q", {card.id}, false, null, null]'
    with guarded.store.turn() as store:
        store.inbox.receive(900_000_001, kept, NOON, again=False)
        store.members.remove(BOB)
    async with running(server, guarded):
        await until(lambda: guarded.store.inbox.left_taps() == [])
        await all_is_sent(guarded.store)
    assert case_of(guarded, BOB).answers == ()
    assert bob.last is card


async def test_a_viewer_looks_things_up_and_touches_no_case(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    await let_in(ann, bob)
    await tap(bob, await bob.sees("Which cord signs are new?"), "Gait or balance")
    await bob.sees("EMERGENCY")
    await all_is_sent(guarded.store)
    below = bob.last
    ann.types("/members")
    await tap(ann, await ann.sees("@Bob_Ward (id 1002): clinician, since 22 Nov 2026"), "Bob_Ward")
    one = await ann.sees("Telegram id 1002")
    await tap(ann, one, "Make a viewer")
    now = await bob.sees("You are now a viewer.")
    await ann.sees(OFFER)
    case = case_of(guarded, BOB)
    assert f"offered to colleagues: {case.code}. Tell them what was done." in now.text
    assert "Any new deficit is an emergency" in now.text
    for act in ("Bladder", "Done"):
        seen = len(with_text(bob, IS_VIEWER))
        await tap(bob, below, act)
        await until(lambda expected=seen + 1: len(with_text(bob, IS_VIEWER)) == expected)  # type: ignore[misc]
    for name, command in COMMANDS.items():
        if command.handle and command.right > Right.VIEWER:
            said = REFUSES[command.right]
            seen = len(with_text(bob, said))
            bob.types(f"/{name}")
            await until(lambda said=said, n=seen + 1: len(with_text(bob, said)) == n)  # type: ignore[misc]
    before = len(bob.bot_messages)
    bob.types("gait")
    told = await bob.sees(IS_VIEWER)
    assert "Any new deficit is an emergency: follow the local protocol." in told.text
    bob.types("/help")
    assert "Answer" not in (await bob.sees("Type a command and what you look up")).text
    bob.types("/drug prolia")
    await bob.sees("Denosumab")
    bob.types("/why D1")
    bob.types("/start")
    await bob.sees("CordCall helps clinicians")
    await until(lambda: len(bob.bot_messages) >= before + 5)
    later = "".join(message.text for message in bob.bot_messages[before:])
    assert case.code not in later and "EMERGENCY" not in later
    assert guarded.store.cases.find(case.code) == case


async def test_an_admin_who_becomes_a_clinician_loses_no_answer_and_no_case(
    server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "admin")
    async with running(server, guarded):
        await card_of(bob)
        await all_is_sent(guarded.store)
    token, place = button(bob.last, "Gait or balance")
    guarded.take(Incoming(BOB, BOB, Tap(token, place), "q", bob.last.id))
    guarded.take(Incoming(ANN, ANN, Command("members", f"{BOB} clinician")))
    async with running(server, guarded):
        await bob.sees("EMERGENCY")
        await bob.sees("You are now a clinician.")
        await all_is_sent(guarded.store)
    assert with_text(ann, OFFER) == []


async def test_what_a_demoted_person_is_owed_is_not_shown(
    server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    """What was queued is dropped, and a row that names a case is held back even so."""
    enrolled(guarded, BOB, "clinician")
    async with running(server, guarded):
        await tap(bob, await card_of(bob), "Gait or balance")
        await bob.sees("EMERGENCY")
        await all_is_sent(guarded.store)
    seen = len(bob.bot_messages)
    guarded.take(Incoming(BOB, BOB, Command("sbar")))
    enrolled(guarded, BOB, "viewer")
    async with running(server, guarded):
        await all_is_sent(guarded.store)
    assert len(bob.bot_messages) == seen


async def test_somebody_else_in_the_same_chat_has_no_right_there(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "clinician")
    card = await card_of(ann)
    intruder = PersonInChat(server.world, bob.user, ann.chat)
    said = await intruder.gets_answer(intruder.taps(card, "Gait or balance"))
    assert "only in your private chat" in said
    intruder.types("/cancel")
    intruder.edits(intruder.types("/triage"), "/close")
    bob.types("/version")
    await bob.sees("Policy: stepwise")
    assert case_of(guarded).answers == ()
    assert ann.last is card


async def test_a_button_of_somebody_elses_chat_does_nothing(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat, eve: PersonInChat
) -> None:
    for who in (BOB, EVE):
        enrolled(guarded, who, "admin")
    ann.types(f"/members {EVE}")
    one = await ann.sees("Telegram id 6666")
    token, place = button(one, "Remove")
    mine = await card_of(bob)
    await bob.gets_answer(bob.taps_data(mine, f"{token}:{place}"))
    await bob.sees("older screen")
    assert members(guarded) == {BOB: "admin", EVE: "admin"}
    assert guarded.store.cases.active(BOB) is not None


@pytest.mark.parametrize(
    ("role", "typed", "said"),
    [
        ("viewer", "/invite", LACKS),
        ("clinician", "/invite viewer", LACKS),
        ("clinician", "/members", LACKS),
        ("clinician", f"/members {EVE} admin", LACKS),
        ("clinician", f"/members {BOB} owner", LACKS),
        ("admin", "/invite admin", "only an owner gives that role"),
        ("admin", "/invite owner", "not understood"),
        ("admin", "/invite clinician clinician", "not understood"),
        ("admin", "/invite 51", "not understood"),
        ("admin", "/invite 0", "not understood"),
        ("admin", "/invite 3 @someone", "not understood"),
        ("admin", "/invite Mrs Smith", "Nobody was invited"),
        ("admin", "/invite @ab", "(4 to 32 letters, digits or _)"),
        ("admin", f"/members {BOB} owner", "not understood"),
        ("admin", f"/members {EVE} admin", "Only an owner changes an admin"),
        ("admin", f"/members {BOB} viewer", "Only an owner changes an admin"),
        ("admin", f"/members {BOB} remove", "Only an owner changes an admin"),
        ("admin", f"/members {ANN} remove", "in the settings"),
        ("admin", "/members 99 remove", "No member has that id"),
        ("admin", "/members 99 clinician", "/invite lets somebody in, or in again"),
        ("admin", "/members 1002; DROP TABLE members", "not understood"),
    ],
)
async def test_nobody_gives_more_than_they_may(
    team: TelegramBot, guarded: Service, bob: PersonInChat, role: str, typed: str, said: str
) -> None:
    enrolled(guarded, EVE, "clinician")
    enrolled(guarded, BOB, role)
    bob.types(typed)
    await bob.sees(said)
    assert members(guarded) == {EVE: "clinician", BOB: role}
    assert guarded.store.invitations.of(BOB) == []
    assert "Smith" not in "".join(message.text for message in bob.bot_messages)


async def test_a_button_counts_by_the_right_that_its_person_has_now(
    team: TelegramBot, guarded: Service, bob: PersonInChat
) -> None:
    enrolled(guarded, BOB, "admin")
    enrolled(guarded, EVE, "clinician")
    bob.types(f"/members {EVE}")
    one = await bob.sees("Telegram id 6666")
    enrolled(guarded, BOB, "clinician")
    await tap(bob, one, "Remove")
    await bob.sees("Only an admin can do that; you are a clinician.")
    assert members(guarded) == {BOB: "clinician", EVE: "clinician"}


async def test_an_admin_who_is_removed_takes_their_invitations_along(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    await let_in(ann, bob, "admin")
    await invitation(bob, "viewer")
    bob.types("/members")
    listed = await bob.sees("Owners, from the settings: 1001")
    assert ["Withdraw invitations (1)"] in listed.buttons
    await tap(bob, listed, "Withdraw invitations (1)")
    await until(lambda: guarded.store.invitations.of(BOB) == [])
    await invitation(bob, "viewer")
    ann.types(f"/members {BOB} remove yes")
    await ann.sees("has been removed")
    assert guarded.store.invitations.of(BOB) == []


@pytest.mark.parametrize(("change", "left"), [("remove yes", {}), ("viewer", {BOB: "viewer"})])
async def test_nobody_regains_a_right_by_a_link_from_before_they_lost_it(
    team: TelegramBot,
    guarded: Service,
    ann: PersonInChat,
    bob: PersonInChat,
    eve: PersonInChat,
    change: str,
    left: dict[str, str],
) -> None:
    enrolled(guarded, EVE, "admin")
    token = await invitation(ann, "3")
    other = await invitation(eve, "clinician")
    for_somebody_else = await invitation(ann, "@carol_ward")
    harmless = await invitation(ann, "viewer")
    bob.types(f"/start {token}")
    await bob.sees("You are in")
    ann.types(f"/members {BOB} {change}")
    told = await ann.sees("could have used them")
    withdrawn = 1 if left else 2
    assert f"@Bob_Ward (id 1002) could have used them: {withdrawn} of your" in told.text
    assert "1 of your invitations" in (await eve.sees("could have used them")).text
    for each in (token, other):
        bob.types(f"/start {each}")
    await all_is_sent(guarded.store)
    assert members(guarded) == {EVE: "admin", **left}
    kept = {each.hashed for each in guarded.store.invitations.of(ANN)}
    assert kept == {hash_of(for_somebody_else), *([hash_of(harmless)] if left else [])}
    assert guarded.store.invitations.of(EVE) == []


async def test_an_invitation_raises_a_role_and_never_lowers_one(
    team: TelegramBot, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    await let_in(ann, bob, "viewer")
    for given, role in (("clinician", "clinician"), ("viewer", "clinician")):
        bob.types(f"/start {await invitation(ann, given)}")
        await until(lambda: bob.messages[-1].sender.is_bot)
        await all_is_sent(guarded.store)
        assert members(guarded) == {BOB: role}
    assert len(guarded.store.invitations.of(ANN)) == 1


@pytest.mark.parametrize("account", SERVICE_ACCOUNTS)
async def test_an_account_of_telegrams_own_is_nobody(
    team: TelegramBot, server: BotApi, guarded: Service, ann: PersonInChat, account: int
) -> None:
    enrolled(guarded, str(account), "admin")
    token = await invitation(ann)
    person = server.private_chat(account, "Telegram")
    group = server.group_chat("Ward").joins(account)
    group.types("/triage")
    await until(lambda: group.bot_messages)
    said = await group.gets_answer(group.taps_data(group.bot_messages[0], "A:0"))
    assert "Tap as yourself." in said
    assert await person.gets_answer(person.taps_data(ann.last, "A:0"))
    person.types(f"/start {token}")
    person.types("/triage")
    ann.types("/version")
    await ann.sees("Policy: stepwise")
    assert guarded.access.right_of(str(account)) is Right.NOBODY
    assert len(guarded.store.invitations.of(ANN)) == 1
    assert guarded.store.cases.active(str(account)) is None
    assert person.bot_messages == []


async def test_a_stranger_is_told_how_to_be_invited_and_may_ask_what_is_kept(
    team: TelegramBot, guarded: Service, eve: PersonInChat
) -> None:
    eve.types("/start")
    refused = await eve.sees("not open to you")
    assert "invitation (/invite)" in refused.text and f"id is {EVE}" in refused.text
    for _ in range(3):
        eve.types("/privacy")
    kept = await eve.sees("How long: 30 days")
    await all_is_sent(guarded.store)
    assert eve.bot_messages == [refused, kept]
    assert guarded.store.inbox.parked_count() == 0


async def test_whoever_was_let_in_has_that_right_after_a_restart_too(
    server: BotApi, guarded: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    async with running(server, guarded):
        await let_in(ann, bob)
    async with running(server, replace(guarded, access=access_of(guarded))):
        await card_of(bob)


async def test_the_hot_path_is_quick(guarded: Service) -> None:
    """Below 0.05 ms for a member among a thousand; the best of many, on a busy machine."""
    for number in range(1000):
        enrolled(guarded, str(5000 + number), "clinician")
    best = min(_seconds(guarded) for _ in range(20))
    assert best < 0.05e-3


def _seconds(service: Service) -> float:
    """Measure one question of whether somebody sees cases."""
    began = perf_counter()
    for number in range(100):
        assert service.access.sees_cases(str(5000 + number))
    return (perf_counter() - began) / 100


def test_nothing_of_an_old_tap_is_done_for_a_chat_without_a_right(guarded: Service) -> None:
    guarded.take(Incoming(EVE, EVE, Tap("A" * 16, 0), "q"))
    assert guarded.store.outbox.queued(EVE) == []


@pytest.mark.parametrize("changes", ["a join that is rolled back", "removal", "/forget"])
def test_without_its_store_nobody_has_a_right_that_they_do_not_have(
    guarded: Service, monkeypatch: pytest.MonkeyPatch, changes: str
) -> None:
    with suppress(ZeroDivisionError), guarded.store.turn() as store:
        store.members.keep(Member(EVE, "clinician", "", ANN, NOON))
        assert guarded.access.sees_cases(EVE)
        if changes.startswith("a join"):
            raise ZeroDivisionError
    if changes == "removal":
        assert guarded.access.sees_cases(EVE)
        guarded.take(Incoming(ANN, ANN, Command("members", f"{EVE} remove yes")))
    elif changes == "/forget":
        assert guarded.access.sees_cases(EVE)
        guarded.take(Incoming(EVE, EVE, Command("forget", "yes")))

    def fails(*_: object) -> None:
        raise StoreError("locked")

    monkeypatch.setattr(guarded.store.members, "role_of", fails)
    assert not guarded.access.may_use(EVE)
