"""A start under other rules or another policy: open cases are migrated, changes announced."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.incoming import Command, Incoming
from bot.installation import Setting
from bot.logic.assessment import RULESET_VERSION
from bot.logic.urgency import Policy
from bot.screens.screen import Screen, say_line
from bot.service.service import Service
from state.records import Answer, StoredCase, Told, Value
from state.sql.version import APPLICATION_ID
from state.sqlite.schema_groups import migrations
from state.sqlite.store import SqliteStore
from tests.access import only
from tests.conftest import NOON, Clock
from tests.dialogue import CHAT, WITHOUT_SYMPTOMS, do, shown, tap, triage
from tests.starting import take_over_all

ROOT_PAIN: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_pain": "unilateral"}
BEFORE_TOLD = 6  # the schema that version 1 of the rules was kept in
LATER = NOON + timedelta(minutes=5)
OLD: dict[str, Value] = {
    "cord_signs": ["gait"], "radicular_pain": "none", "back_pain": True, "infection_signs": False,
    "renal": "normal", "cancer": "known", "primary": "breast", "anticoagulant": "doac",
}  # fmt: skip


def under(service: Service, policy: Policy, machine: FlowMachine) -> Service:
    """The same service, started under another policy."""
    setting = replace(service.setting, engine=Engine(machine, policy, UTC))
    return replace(service, setting=setting)


def starts(service: Service) -> list[Screen]:
    """Restart, and return what is said."""
    shown(service)
    take_over_all(service)
    return shown(service)


def at_work(service: Service) -> StoredCase:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


def old_database(path: Path, **answers: Value) -> None:
    """A database of version 1 with one open case."""
    names = [each.name for each in migrations.pending(Database(memory=True))]
    with closing(sqlite3.connect(path)) as plain, plain:
        migrations.apply(Database(plain), stop_before=names[BEFORE_TOLD])
        plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        plain.execute(f"PRAGMA user_version = {BEFORE_TOLD}")
        at = NOON.isoformat()
        plain.execute(
            "INSERT INTO cases (code, chat, owner, status, begun_at, flow, fingerprint, ruleset, "
            "touched_at, position, revisiting, version) VALUES ('KES-42', ?, 'ann', 'open', ?, "
            "'triage', 'older', '2026.11.1', ?, 'anticoagulant', 'anticoagulant', 3)",
            (CHAT, at, at),
        )
        plain.executemany(
            "INSERT INTO answers (code, question, value, who, at) VALUES ('KES-42', ?, ?, ?, ?)",
            [
                (
                    key,
                    json.dumps(value),
                    "bob",
                    (LATER if key == "anticoagulant" else NOON).isoformat(),
                )
                for key, value in answers.items()
            ],
        )
        plain.execute("INSERT INTO chats (chat, active) VALUES (?, 'KES-42')", (CHAT,))


@pytest.mark.parametrize(
    ("given", "becomes"),
    [("doac", ["doac"]), ("heparin", ["heparin"]), ("none", []), ("unknown", "unknown")],
)
def test_the_one_blood_thinner_of_version_1_becomes_the_list(
    database: Path, given: str, becomes: Value
) -> None:
    old_database(database, anticoagulant=given)
    with closing(SqliteStore(database)) as store:
        case = store.cases.find("KES-42")
        assert case is not None
        assert case.answers == (Answer("blood_thinners", becomes, "bob", LATER),)
        assert (case.position, case.revisiting) == ("blood_thinners", "blood_thinners")
        assert (case.ruleset, case.policy, case.told) == ("2026.11.1", "", None)


def test_an_open_case_of_version_1_is_assessed_anew_and_says_so_with_sound_once(
    database: Path, engine: Engine, clock: Clock
) -> None:
    old_database(database, **{**OLD, "cord_signs": ["bladder"]})
    with closing(SqliteStore(database)) as store:
        service = Service(store, Setting(engine, "", 30), clock)
        anew, *rest = starts(service)
        assert anew.alert and "Changed: newer rules" in anew.plain()
        assert say_line(anew.head).startswith("EMERGENCY · MRI by Mon 00:00 (in 12 h) · KES-42")
        assert "Dexamethasone: 16 mg now" in anew.plain()
        assert f"newer rules: {RULESET_VERSION}, before 2026.11.1" in rest[-1].plain()
        assert [(screen.kind, screen.alert) for screen in rest] == [("question", False)]
        assert starts(service) == []


def test_nothing_that_was_answered_in_version_1_is_asked_again(
    database: Path, engine: Engine, clock: Clock
) -> None:
    old_database(database, **OLD)
    with closing(SqliteStore(database)) as store:
        service = Service(store, Setting(engine, "", 30), clock)
        starts(service)
        do(service, "/look")
        case = at_work(service)
        standing = service.setting.engine.stand(case, NOON)
        assert set(standing.trail.keys) == {*OLD, "blood_thinners"} - {"anticoagulant"}
        assert standing.trail.key == "last_blood_thinner"
        assert standing.assessment.case.blood_thinners == ("doac",)


def test_another_policy_that_changes_a_case_says_so_with_sound_once(
    service: Service, machine: FlowMachine
) -> None:
    triage(service, **ROOT_PAIN)
    nice = under(service, "nice", machine)
    anew, *rest = starts(nice)
    assert anew.alert
    assert say_line(anew.head).startswith("URGENT · MRI by Mon 12:00 (in 24 h)")
    assert "Before: SOON, MRI within 1 week" in anew.plain()
    assert "Changed: this hospital's policy (nice; before stepwise)" in anew.plain()
    assert rest[-1].kind == "question"
    assert at_work(nice).told == Told("urgent", 24, "not_routine")
    assert starts(nice) == []
    assert [each.deadline for each in nice.store.reminders.pending(at_work(nice).code)]


def test_another_policy_that_changes_nothing_is_silent_and_leaves_the_buttons_valid(
    service: Service, machine: FlowMachine
) -> None:
    touched = replace(service, touch=True)
    do(touched, "/triage")
    touched.take(Incoming(CHAT, "ann", Command("correct", "gait")))
    tap(touched, "No")
    before = at_work(touched)
    strict = under(touched, "strictest", machine)
    take_over_all(strict)
    assert at_work(strict) == replace(before, policy="strictest")
    assert "older screen" not in tap(strict, "Normal")[0].plain()


def test_newer_rules_that_decide_otherwise_say_so_at_the_start(service: Service) -> None:
    triage(service, **ROOT_PAIN)
    case = at_work(service)
    with service.store.turn() as store:
        store.cases.save(replace(case, ruleset="2025.1", told=Told("routine", 336, "stop")), case)
    (anew, *_) = starts(service)
    assert say_line(anew.head).startswith("SOON · MRI by Sun 29 Nov 12:00 (in 7 d)")
    assert "Before: ROUTINE, MRI within 2 weeks" in anew.plain()
    assert "Dexamethasone" in anew.plain()
    assert f"newer rules ({RULESET_VERSION}; before 2025.1)" in anew.plain()


def test_whoever_was_not_told_at_the_start_is_told_with_the_next_event(
    service: Service, machine: FlowMachine
) -> None:
    triage(service, **ROOT_PAIN)
    shown(service)
    nice = under(service, "nice", machine)
    (anew, *_) = do(nice, "/card")
    assert anew.alert and "policy (nice; before stepwise)" in anew.plain()
    assert not any(screen.alert for screen in do(nice, "/card"))


def test_a_case_without_an_urgency_and_a_closed_one_are_left_alone(
    service: Service, machine: FlowMachine
) -> None:
    triage(service, cord_signs=[])
    triage(service, **ROOT_PAIN)
    do(service, "/close other")
    assert starts(under(service, "nice", machine)) == []


def test_a_case_whose_owner_has_no_access_any_more_is_told_nothing(
    service: Service, machine: FlowMachine
) -> None:
    triage(service, **ROOT_PAIN)
    nice = replace(under(service, "nice", machine), access=only())
    assert starts(nice) == []
