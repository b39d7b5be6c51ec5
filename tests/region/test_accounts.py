"""The accounts of a drill see what must not be: lost, out of order, repeated, beyond a budget."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.engine import Engine
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from tests.botapi import BotApi, Call, Clock, Message, PersonInChat, Refusal
from tests.botapi.chats import Version
from tests.botapi.params import Params
from tests.conftest import NOON, stored_case
from tests.faults.steps import REPEAT
from tests.region import accounts, reminded
from tests.region.found import Found
from tests.region.people import Asking, Line
from tests.region.waits import Waits
from tests.state.contract.values import a_case, add, buttons


@pytest.fixture
def server() -> BotApi:
    return BotApi(record=0)


@pytest.fixture
def ann(server: BotApi) -> PersonInChat:
    return server.private_chat(1001, "Ann")


CODE = stored_case().code
SAYS = reminded.SAYS


def says(server: BotApi, person: PersonInChat, text: str) -> Message:
    """Have the bot send a message."""
    return server.world.post(person.chat, server.world.bot, text)


def amiss(found: Found) -> dict[str, int]:
    """Count what must not be."""
    return {what: len(lines) for what, lines in found.amiss.items() if lines}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["1.50", "1.51", "1.52"], {}),
        (["1.50", "1.52"], {"answers lost": 1}),
        (["1.50", "1.52", "1.51"], {"out of order within a chat": 1}),
        (["1.50", "1.51", "1.51", "1.52"], {"unmarked repeats": 1}),
        (["1.50", "1.51", f"{REPEAT}1.51", "1.52"], {}),
    ],
)
def test_each_line_is_answered_once_and_in_order(
    server: BotApi, ann: PersonInChat, answers: list[str], expected: dict[str, int]
) -> None:
    person = Asking(ann, random.Random(1), waits=Waits(server.world), ends_at=0.0)
    for number in ("1.50", "1.51", "1.52"):
        person.lines.append(Line(ann.types(f"/calcium {number}"), number))
    for each in answers:
        mark = REPEAT if each.startswith(REPEAT) else ""
        says(server, ann, f"{mark}Adjusted calcium\nCalcium {each.removeprefix(mark)} mmol/L.")
    found = Found()
    accounts._account_lines(found, person)
    assert amiss(found) == expected


def due_at_noon() -> StoredCase:
    """An emergency of whose twelve hours four minutes were left when that was said."""
    said = NOON - timedelta(minutes=4)
    begun = replace(stored_case(), chat="1001", begun_at=said, touched_at=said)
    signs = begun.with_answer("cord_signs", ["weakness"], "1001", said)
    since = (NOON - timedelta(hours=12)).isoformat()
    return signs.with_answer("suspected_at", since, "1001", said)


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([("mri_before", -60), ("mri_due", 0)], {}),
        ([("mri_before", -20), ("mri_due", 50)], {}),
        ([("mri_before", -60)], {"reminders missed": 1}),
        ([("mri_due", 0)], {}),
        ([("mri_due", 10)], {"reminders missed": 1}),
        ([("mri_before", -60), ("mri_due", 70)], {"reminders missed": 1}),
        ([("mri_before", -60), ("mri_due", -30)], {"reminders missed": 1}),
        ([("mri_before", -60), ("mri_due", 0), ("mri_due", 9)], {"unmarked repeats": 1}),
        ([("mri_before", -60), ("mri_due", 0), (f"{REPEAT}mri_due", 9)], {}),
    ],
)
def test_each_reminder_comes_once_and_in_time(
    server: BotApi, ann: PersonInChat, engine: Engine, came: list[tuple[str, int]],
    expected: dict[str, int],
) -> None:  # fmt: skip
    for kind, seconds in came:
        mark = REPEAT if kind.startswith(REPEAT) else ""
        text = f"{mark}EMERGENCY · {CODE}\nReminder: {SAYS[kind.removeprefix(mark)]}"
        says(server, ann, text).date = int(NOON.timestamp()) + seconds
    found = Found()
    reminded.account(found, engine, due_at_noon(), [ann.chat], NOON.timestamp() + 300)
    assert found.counts["reminders due"] == 2
    assert amiss(found) == expected


def test_a_screen_that_goes_back_is_out_of_order(
    server: BotApi, ann: PersonInChat, store: SqliteStore
) -> None:
    add(store, a_case("KES-42"))
    with store.turn():
        for version in (1, 2):
            token = f"token{version}"
            store.buttons.mint(replace(buttons(version=version), token=token), NOON)

    def shows(version: int) -> Version:
        button = {"text": "Done", "callback_data": f"token{version}:0"}
        return Version(0, "a card", [], {"inline_keyboard": [[button]]})

    message = says(server, ann, "a card")
    message.versions = [shows(1), shows(2)]
    found = Found()
    accounts._account_shown(found, store, ann.chat)
    assert amiss(found) == {}
    message.versions.append(shows(1))
    accounts._account_shown(found, store, ann.chat)
    assert amiss(found) == {"out of order within a chat": 1}


def test_a_group_is_within_its_budget(server: BotApi) -> None:
    chat = server.group_chat().chat.id
    for _ in range(20):
        server.quota.take("sendMessage", chat)
    found = Found()
    accounts._account_budgets(found, server)
    assert (found.busiest, amiss(found)) == (20, {})
    with pytest.raises(Refusal):
        server.quota.take("sendMessage", chat)
    accounts._account_budgets(found, server)
    assert amiss(found) == {"groups over their budget": 1}


def test_somebody_waits_until_something_follows(server: BotApi, ann: PersonInChat) -> None:
    clock = server.world.clock = Clock(frozen_at=1_000.0)
    waits = Waits(server.world)
    first, second = (ann.taps_data(says(server, ann, "a card"), "x:0") for _ in range(2))
    waits.note(first)
    clock.advance(4)
    answered = Params({"callback_query_id": first.id})
    waits.add(Call("answerCallbackQuery", answered, clock.now(), "accepted", done=True))
    second.time = clock.now()
    waits.note(second)
    clock.advance(2)
    shown = Params({"chat_id": "1001"})
    waits.add(Call("editMessageText", shown, clock.now(), "refused", done=False))
    assert waits.longest(1_004.5, 1_005.0) == 2, "still waits"
    clock.advance(1)
    waits.add(Call("editMessageText", shown, clock.now(), "accepted", done=True))
    clock.advance(9)
    assert waits.longest(1_000.0, 1_004.0) == 4
    assert waits.longest(1_004.5, 1_016.0) == 3
    assert waits.longest(1_008.0, 1_016.0) == 0
