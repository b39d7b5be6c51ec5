"""A case is given away as a file: drawn beside the loop, sent once or marked, to its readers."""

import asyncio
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from time import perf_counter, process_time

import pytest

from bot.adapters.telegram.outbox import drawing_program, drawn_beside
from bot.adapters.telegram.outbox.drawn_beside import DrawnBeside
from bot.adapters.telegram.outbox.next_row import choose, still_needed
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.asked import write_asked
from bot.export.kinds import KINDS as KIND
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming
from bot.screens.screen import Screen, dump
from bot.screens.view import View
from bot.service.service import Service
from state.records import Priority, Queued
from tests.access import only
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.adapters.telegram.test_random_conversations import running as program_running
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import NOON, Clock, stored_case
from tests.faults.steps import all_is_sent, case_of, until, with_text

ANN = "1001"
KINDS = {
    "Page": "pdf", "Picture": "png", "Data": "json", "Calendar": "ics", "Dark picture": "dark.png",
}  # fmt: skip
NOT_DRAWN = "could not be drawn. The text says the same."
NOT_TAKEN = "Telegram did not take the file. The text says the same."


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are drawn by a stand-in, unless a test says otherwise."""
    drawn_by(monkeypatch, "quick")


def drawn_by(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(drawing_program, "PROGRAM", f"tests.export.drawing.{name}")


async def card(ann: PersonInChat) -> Message:
    """Begin an emergency, and return its card."""
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    ann.types("/card")
    return await ann.sees("Do now")


async def handed_over(ann: PersonInChat) -> Message:
    """Tap Hand over on the card, and return the text."""
    await tap(ann, await card(ann), "Hand over")
    return await ann.sees("S – Situation")


def files(person: PersonInChat) -> list[Message]:
    return [message for message in person.bot_messages if message.document]


async def file_of(person: PersonInChat, count: int = 1) -> Message:
    await until(lambda: len(files(person)) >= count)
    return files(person)[-1]


def ask(service: Service, kind: str, who: str = ANN) -> None:
    replace(service, touch=True).take(Incoming(who, who, Command("export", kind)))


@pytest.mark.parametrize("label", KINDS)
async def test_one_tap_is_the_text_and_a_second_one_any_file(
    server: BotApi, service: Service, ann: PersonInChat, label: str
) -> None:
    async with running(server, service):
        text = await handed_over(ann)
        assert text.buttons == [["Page", "Picture"], ["Data", "Calendar"], ["Dark picture"]]
        code = case_of(service).code
        assert await tap(ann, text, label) == ""
        sent = await file_of(ann)
        await all_is_sent(service.store)
    assert sent.document is not None
    assert sent.document.file_name == f"{code}-20261122-1200.{KINDS[label]}"
    if label in ("Picture", "Dark picture"):
        assert sent.text == f"{code} in words"
    else:
        head = f"EMERGENCY · MRI by Mon 00:00 (in 12 h) · {code}\n{code} · {label}\n"
        assert sent.text.startswith(head)
        assert "As of Sun 22 Nov 12:00" in sent.text
    assert sent.buttons == [["Text", "Case"]]
    assert server.refused_but() == []
    assert with_text(ann, "S – Situation")


async def test_data_is_of_its_own_type(server: BotApi, service: Service, ann: PersonInChat) -> None:
    async with running(server, service):
        await card(ann)
        ann.types("/export fhir")
        sent = await file_of(ann)
    assert sent.document is not None
    assert sent.document.mime_type == "application/fhir+json"


async def test_the_buttons_below_a_file_lead_back_to_the_case(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        await card(ann)
        ann.types("/export page")
        sent = await file_of(ann)
        await tap(ann, sent, "Case")
        await until(lambda: "Do now" in ann.last.text)
        await tap(ann, sent, "Text")
        await ann.sees("S – Situation")
    assert server.refused_but() == []


async def test_a_file_shows_the_case_as_it_was_when_it_was_asked_for(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    async with running(server, service):
        await card(ann)
        await all_is_sent(service.store)
    ask(service, "page")
    clock.pass_by(hours=3)
    other = Incoming(ANN, ANN, Command("newsigns"))
    replace(service, touch=True).take(other)
    replace(service, touch=True).take(Incoming(ANN, ANN, Command("close", "treated")))
    async with running(server, service):
        sent = await file_of(ann)
        await all_is_sent(service.store)
    assert sent.document is not None
    code = service.store.cases.listed(ANN, clock.now)[0].code
    assert sent.document.content.decode() == (
        f"%PDF {code} emergency {{'cord_signs': ['gait']}} 2026-11-22 12:00:00+00:00"
    )


async def test_what_is_urgent_does_not_wait_for_a_file(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, "slow")
    async with running(server, service):
        shown = await card(ann)
        ann.types("/export page")
        await until(lambda: service.store.outbox.queued(ANN))
        await tap(ann, shown, "New signs")
        await ann.sees("Which cord signs are new?")
        assert not files(ann)
        await file_of(ann)


@pytest.mark.parametrize("program", ["tests.export.drawing.slow", "bot.export"])
async def test_no_tap_waits_while_a_page_is_drawn(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch,
    program: str,
) -> None:  # fmt: skip
    """The stand-in keeps a core busy; neither may keep this process busy or its loop standing.

    Another program can keep this machine from the loop: the best of some files counts.
    """
    monkeypatch.setattr(drawing_program, "PROGRAM", program)
    async with running(server, service):
        await card(ann)
        ann.types("/export page")
        await file_of(ann)  # the program is started, and the library that sends files is loaded
        longest = [await longest_wait(service, ann, count) for count in range(2, 5)]
    assert min(longest) < 0.05


async def longest_wait(service: Service, ann: PersonInChat, count: int) -> float:
    """Ask for another file, and return for how long the loop stood still until it came."""
    await all_is_sent(service.store)
    ann.types("/export page")
    await until(lambda: service.store.outbox.queued(ANN))
    longest = 0.0
    while len(files(ann)) < count:
        before, busy = perf_counter(), process_time()
        await asyncio.sleep(0.001)
        assert process_time() - busy < 0.05
        longest = max(longest, perf_counter() - before)
    return longest


async def test_the_same_file_is_not_asked_for_twice_and_several_are_drawn_one_at_a_time(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        text = await handed_over(ann)
        await all_is_sent(service.store)
    for kind in ("page", "page", "picture", "data", "page"):
        ask(service, kind)
    rows = service.store.outbox.queued(ANN)
    assert [row.priority for row in rows].count(Priority.FILE) == 3
    assert len(rows) == 5  # and twice that it is on its way
    async with running(server, service):
        await all_is_sent(service.store)
    names = [each.document.file_name.partition(".")[2] for each in files(ann) if each.document]
    assert sorted(names) == ["json", "pdf", "png"]
    assert text.buttons


async def test_twenty_people_who_ask_at_once_get_each_their_file(
    server: BotApi, service: Service
) -> None:
    people = [server.private_chat(2000 + n, f"P{n}") for n in range(20)]
    async with running(server, service) as bot:
        for each in people:
            await card(each)
        for each in people:
            each.types("/export page")
        for each in people:
            await file_of(each)
        await all_is_sent(service.store)
        drawn = bot._sender._files.drawn
        assert not (drawn._rows or drawn._drawn or drawn._drawing)


async def test_files_that_nobody_fetches_do_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawn_beside, "MOST_KEPT", 2)
    woken = list[str]()
    beside = DrawnBeside(woken.append)
    rows = [waiting(number) for number in range(4)]
    assert not any(map(beside.is_ready, rows))
    await until(lambda: len(woken) == len(rows))
    assert [*map(beside.is_ready, rows[2:])] == [True, True]
    assert len(beside._drawn) == len(beside._rows) == 2
    assert not beside.is_ready(rows[0])
    await until(lambda: len(woken) == len(rows) + 1)
    for row in rows:
        beside.forget(row)
    assert not (beside._drawn or beside._rows)
    await beside.end()
    assert not beside.is_ready(rows[0]) and not beside._drawing


def test_a_file_keeps_no_order_with_its_case_and_nothing_supersedes_it() -> None:
    file = waiting(1)
    card = replace(file, id=2, priority=Priority.CARD, said=1)
    reminder = replace(file, id=3, priority=Priority.REMINDER)
    answer = replace(file, id=4, priority=Priority.ANSWER)
    assert still_needed([file, card]) == [file, card]
    assert choose([file, card, reminder, answer], newest=4).row is card  # before the answer
    assert choose([file, answer], newest=4).row is answer
    alone = choose([file], newest=1)
    assert (alone.row, alone.paced_as) == (file, Priority.ANSWER)


def waiting(number: int) -> Queued:
    """Return a row that waits for a file of its own."""
    engine = Engine(FlowMachine(FLOW), "stepwise", UTC)
    case = replace(stored_case(), code=f"KES-{10 + number}")
    view = View(case, engine.stand(case, NOON), FLOW, NOON, UTC, "")
    screen = dump(Screen("kept", "", file=write_asked(view, KIND["page"])))
    return Queued(
        number, f"{number}", case.code, (screen,), None, None, None, True, Priority.FILE, NOON
    )


@pytest.mark.parametrize("program", ["failing", "dying", "no_such_program"])
async def test_a_drawing_that_fails_is_said_and_the_case_goes_on(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch,
    program: str, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    drawn_by(monkeypatch, program)
    async with running(server, service):
        await card(ann)
        ann.types("/export page")
        said = await ann.sees(NOT_DRAWN)
        assert said.buttons == [["Text", "Case"]]
        assert said.text.startswith(f"Page of {case_of(service).code}, as of Sun 22 Nov 12:00")
        await tap(ann, said, "Text")
        await ann.sees("S – Situation")
        await all_is_sent(service.store)
    assert not files(ann)


async def test_what_was_not_asked_for_is_not_sent_and_the_next_file_is_drawn_anew(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, "wild")
    async with running(server, service):
        await card(ann)
        for kind in ("page", "picture", "data"):
            ann.types(f"/export {kind}")
            await ann.sees(f"{KIND[kind].label} of {case_of(service).code}")
            await all_is_sent(service.store)
        assert not files(ann)
        ann.types("/export calendar")
        file = await file_of(ann)
        assert file.document and file.document.content.startswith(b"%PDF ")


async def test_a_program_that_failed_is_ended_when_nothing_more_is_asked_for(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, "failing")
    monkeypatch.setattr(drawing_program, "SECONDS_KEPT", 0.1)
    async with running(server, service) as bot:
        await card(ann)
        ann.types("/export page")
        await ann.sees(NOT_DRAWN)
        await until(lambda: bot._sender._files.drawn._program._process is None)


async def test_a_drawing_that_takes_too_long_is_ended(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, "slow")
    monkeypatch.setattr(drawing_program, "SECONDS_FOR_A_FILE", 0.3)
    async with running(server, service):
        await card(ann)
        ann.types("/export page")
        await ann.sees(NOT_DRAWN)


async def test_a_file_that_telegram_refuses_is_said_and_the_text_is_offered(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    why = "Bad Request: not enough rights to send documents to the chat"
    async with running(server, service):
        await card(ann)
        server.faults.refuse(400, why, "sendDocument")
        ann.types("/export page")
        said = await ann.sees(NOT_TAKEN)
        assert said.buttons == [["Text", "Case"]]
        ann.types("/export data")
        await file_of(ann)


@pytest.mark.usefixtures("hurry")
async def test_a_flood_delays_a_file_and_does_not_draw_or_send_it_twice(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        await card(ann)
        await all_is_sent(service.store)
        flood = server.faults.flood(10, method="sendDocument")
        ann.types("/export page")
        sent = await file_of(ann)
        await all_is_sent(service.store)
    assert flood.hits == 1
    assert "(repeat)" not in sent.text
    assert len(files(ann)) == 1


@pytest.mark.parametrize(("kind", "method"), [("page", "sendDocument"), ("picture", "sendPhoto")])
async def test_a_file_whose_answer_was_lost_is_marked_as_a_repeat(
    server: BotApi, service: Service, ann: PersonInChat, kind: str, method: str
) -> None:
    async with running(server, service):
        await card(ann)
        await all_is_sent(service.store)
        server.faults.close(method, after=True)
        ann.types(f"/export {kind}")
        await file_of(ann, 2)
        await all_is_sent(service.store)
    first, second = files(ann)
    assert second.text == f"(repeat)\n{first.text}"


async def test_nothing_is_sent_to_somebody_who_has_blocked_the_bot(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        await card(ann)
        await all_is_sent(service.store)
        server.faults.refuse(403, "Forbidden: bot was blocked by the user", "sendDocument")
        ann.types("/export page")
        await until(lambda: server.calls.of("sendDocument"))
        await all_is_sent(service.store)
    assert not files(ann)
    assert service.store.chats.is_reachable(ANN) is False


async def test_a_file_that_was_asked_for_before_a_restart_is_sent_after_it(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, "slow")
    async with running(server, service):
        await card(ann)
        await all_is_sent(service.store)
        ann.types("/export page")
        await until(lambda: service.store.outbox.queued(ANN))
        await asyncio.sleep(0.2)
    (row,) = service.store.outbox.queued(ANN)
    assert (row.priority, row.said, row.sending) == (Priority.FILE, 0, False)
    drawn_by(monkeypatch, "quick")
    async with running(server, service):
        sent = await file_of(ann)
        await all_is_sent(service.store)
    assert "(repeat)" not in sent.text
    assert len(files(ann)) == 1


async def test_somebody_who_is_removed_while_it_is_drawn_gets_nothing(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_by(monkeypatch, "slow")
    async with running(server, service) as bot:
        await card(ann)
        await all_is_sent(service.store)
        ann.types("/export page")
        await until(lambda: service.store.outbox.queued(ANN))
        bot._sender._choosing._access = only("1002")
        await all_is_sent(service.store)
    assert not files(ann)
    assert not server.calls.of("sendDocument")


async def test_the_drawing_program_has_no_secret_and_ends_with_the_bot(
    server: BotApi, service: Service, ann: PersonInChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    async with running(server, service) as bot:
        await card(ann)
        ann.types("/export page")
        await file_of(ann)
        process = bot._sender._files.drawn._program._process
        assert process is not None
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert b"secret" not in environment and b"CORDCALL" not in environment
    assert process.returncode is not None


@pytest.mark.slow
async def test_the_real_program_gives_every_kind_and_after_a_kill_each_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("tests.botapi.changes", "tests.faults.steps"):
        monkeypatch.setattr(f"{module}.PATIENCE", 40.0)  # two starts, and all that draws
    async with program_running(tmp_path) as (program, store):
        ann = program.server.private_chat(1001, "Ann")
        await card(ann)
        for kind in KINDS.values():
            ann.types(f"/export {kind}")
        await file_of(ann, len(KINDS))
        await all_is_sent(store)
        ann.types("/export page")
        await until(lambda: store.outbox.queued(ANN))
        await program.kill()
        assert [row.priority for row in store.outbox.queued(ANN)] == [Priority.FILE]
        await until(lambda: not drawing_for(program.pid))
        await program.start()
        await file_of(ann, len(KINDS) + 1)
        await all_is_sent(store)
        assert await program.stop() == 0
    contents = [each.document.content for each in files(ann) if each.document]
    beginnings = (b"%PDF-", b"\x89PNG", b"{", b"BEGIN:VCALENDAR")
    found = [next(each for each in beginnings if one.startswith(each)) for one in contents]
    assert sorted(found) == sorted((*beginnings, b"%PDF-", b"\x89PNG"))
    assert all(len(each) < 120_000 for each in contents if each.startswith(b"%PDF-"))
    assert program.server.refused_but() == []


def drawing_for(pid: int) -> list[str]:
    """Return the drawing programs that a process has started and that still run."""
    found = list[str]()
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = each.read_bytes()
            parent = each.with_name("stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if b"bot.export" in command and parent in (str(pid), "1"):
            found.append(each.parent.name)
    return found
