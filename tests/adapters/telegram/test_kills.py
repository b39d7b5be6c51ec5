"""The real process is killed and restarted: every conversation continues where it was."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW, SUSPECTED_AT
from bot.flows.wording import words_of
from state.records import Answer, StoredCase
from state.store import Store
from tests.adapters.telegram.test_random_conversations import (
    PATIENCE,
    REFUSED_RIGHTLY,
    CordCall,
    Person,
    buttons_of,
    running,
    until,
)
from tests.botapi import BotApi

pytestmark = pytest.mark.slow

KILLS = 20
PROCESSES = 2
PEOPLE = 5
LONGEST_MOMENT = 0.15
ABSENCE = timedelta(hours=1)
AWAY = "I was away. If your last tap did nothing, please tap again."
FIRST_QUESTION = "Which cord signs are new?"
DONE_BEFORE = ("query is too old", "message to delete not found")


class Patient(Person):
    """A user who carries on while the program is killed, and remembers what was acknowledged."""

    def __init__(self, server: BotApi, store: Store, machine: FlowMachine, number: int) -> None:
        super().__init__(server, store, machine, number)
        self._acknowledged: dict[str, tuple[Answer, ...]] = {}

    async def act(self) -> None:
        acts: dict[Callable[[], Any], int] = {
            self.go_forward: 12,
            self.go_back: 2,
            self.edit: 1,
            self.tap_something_old: 2,
            self.tap_twice: 2,
        }
        (chosen,) = self.chance.choices([*acts], [*acts.values()])
        await chosen()
        self.assert_nothing_is_lost()

    def assert_nothing_is_lost(self) -> None:
        """Check that every answer present when a tap was acknowledged is still there."""
        now = {case.code: case.answers for case in self.cases}
        for code, answers in self._acknowledged.items():
            assert now[code][: len(answers)] == answers
        self._acknowledged = now

    async def close(self) -> None:
        """Answer something, so that there is a case to close, and close it."""
        await self.go_forward()
        await self.type("/cancel")
        await self.tap_one_of(lambda label: label == "Yes, close it")
        assert self.cases[0].status == "closed"

    async def assert_goes_on_where_it_stood(self) -> None:
        """Come back and find the stored case's question; a closed case is over."""
        case = self.case_at_work
        asked = self._question(case) if case and case.status != "closed" else FIRST_QUESTION
        await self.type("/look")
        assert self.newest and asked in self.newest.text, (case, self.newest)

    def _question(self, case: StoredCase) -> str:
        """Return the text of a case's current question; a waiting case shows its code."""
        trail = self.trail(case)
        back = case.revisiting
        revisited = back is not None and (back in trail.keys or back == SUSPECTED_AT)
        question = FLOW.question(back if back and revisited else trail.key)
        return words_of(FLOW, question.id).ask if question else case.code


async def act_until(patient: Patient, ended: asyncio.Event) -> None:
    while not ended.is_set():
        await patient.act()


async def kill_and_start(
    program: CordCall, store: Store, kills: int, chance: random.Random
) -> None:
    """Kill the program at random moments; queued messages are sent after each start."""
    for _ in range(kills):
        enough = len(program.server.calls) + chance.randint(1, 12)
        await program.server.until(partial(has_made, program, enough), PATIENCE)
        await asyncio.sleep(chance.uniform(0, LONGEST_MOMENT))
        await program.kill()
        left = {row.id for row in store.outbox.queued()}
        await program.start()
        await until(lambda left=left: left.isdisjoint(row.id for row in store.outbox.queued()))


def has_made(program: CordCall, calls: int) -> bool:
    return len(program.server.calls) >= calls


async def survive(folder: Path, machine: FlowMachine, seed: int) -> None:
    """Converse while the program is killed; then every case is where its card says."""
    async with running(folder) as (program, store):
        patients = [Patient(program.server, store, machine, seed + n) for n in range(PEOPLE)]
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as together:
            for patient in patients:
                await patient.begin()
                together.create_task(act_until(patient, ended))
            await kill_and_start(program, store, KILLS // PROCESSES, random.Random(seed))
            ended.set()
        for patient in patients:
            await patient.assert_goes_on_where_it_stood()
            await patient.go_forward()
            patient.assert_nothing_is_lost()
        assert store.outbox.queued() == []
        assert await program.stop() == 0
        assert program.server.refused_but(*REFUSED_RIGHTLY, *DONE_BEFORE) == []


async def test_conversations_survive_kills_at_random_moments(
    tmp_path: Path, machine: FlowMachine
) -> None:
    """Nothing acknowledged is lost or counted twice; each case resumes at its question."""
    async with asyncio.TaskGroup() as together:
        for seed in range(0, PROCESSES * PEOPLE, PEOPLE):
            together.create_task(survive(tmp_path / str(seed), machine, seed))


async def test_what_was_queued_is_sent_after_the_restart(
    tmp_path: Path, machine: FlowMachine
) -> None:
    async with running(tmp_path) as (program, store):
        ann = Patient(program.server, store, machine, 1)
        await ann.begin()
        shown = len(ann.phone.bot_messages)
        program.server.faults.delay(PATIENCE, "sendMessage")
        ann.phone.types("/plan")
        await until(lambda: ann.waits)
        await program.kill()
        program.server.faults.clear()
        assert len(store.outbox.queued()) == 1
        await program.start()
        await program.server.until(lambda: len(ann.phone.bot_messages) > shown, PATIENCE)
        assert "Open a section." in ann.phone.last.text
        await ann.settle()


async def test_an_update_that_comes_again_after_a_kill_counts_once(
    tmp_path: Path, machine: FlowMachine
) -> None:
    async with running(tmp_path) as (program, store):
        ann = Patient(program.server, store, machine, 1)
        await ann.begin()
        typed = program.server.updates.next_id
        await ann.type("/earlier 2 h ago")
        given = ann.answers()
        await program.kill()
        await program.start()
        await ann.type("/look")
        program.server.updates.deliver_again(typed)
        await ann.type("/look")
        assert [*given.values()] == [1]
        assert ann.answers() == given


async def test_after_an_absence_every_open_card_is_drawn_again(
    tmp_path: Path, machine: FlowMachine
) -> None:
    async with running(tmp_path) as (program, store):
        ann, bob, eve = (Patient(program.server, store, machine, n) for n in (1, 2, 3))
        for each in (ann, bob, eve):
            await each.begin()
        await eve.close()
        await program.kill()
        button = buttons_of(ann.phone.last)[0]
        lost = ann.phone.taps_data(ann.phone.last, button["callback_data"])
        program.server.clock.advance(ABSENCE.total_seconds())
        be_absent(program.database)
        await program.start()
        for each in (ann, bob):
            card = await each.phone.sees(AWAY, PATIENCE)
            assert card is each.phone.last
            await each.settle()
            await each.go_forward()
        assert not lost.answered
        assert AWAY not in eve.phone.last.text


async def test_a_short_absence_draws_nothing_again(tmp_path: Path, machine: FlowMachine) -> None:
    async with running(tmp_path) as (program, store):
        ann = Patient(program.server, store, machine, 1)
        await ann.begin()
        await program.kill()
        await program.start()
        await ann.go_forward()
        versions = [version.text for m in ann.phone.bot_messages for version in m.versions]
        assert not any(AWAY in text for text in versions)


async def test_a_signal_to_stop_ends_it_within_five_seconds_even_when_sending_hangs(
    tmp_path: Path, machine: FlowMachine
) -> None:
    async with running(tmp_path) as (program, store):
        ann = Patient(program.server, store, machine, 1)
        await ann.begin()
        program.server.faults.delay(PATIENCE, "sendMessage")
        ann.phone.types("/card")
        await until(lambda: ann.waits)
        assert await program.stop() == 0
        assert len(store.outbox.queued()) == 1


def be_absent(database: Path) -> None:
    """Set the last poll an hour back."""
    long_ago = (datetime.now(UTC) - ABSENCE).isoformat()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE poll SET polled_at = ?", (long_ago,))
