"""The reader's role and time zone: the order and the clock change, the content never does."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlite_utils import Database

from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import ShowSections
from bot.flows.grammar import Moment
from bot.flows.triage import FLOW
from bot.guidance.sections import FIRST_FOR, SECTIONS, ordered
from bot.guidance.spoken_times import say_beside
from bot.incoming import Command, Incoming
from bot.installation import Setting
from bot.screens.card import draw_card
from bot.screens.draw import draw
from bot.screens.notices import words
from bot.screens.question import draw_question
from bot.screens.screen import Screen, say_line
from bot.screens.time_zones import BY_REGION, city, find_zone, name_of
from bot.screens.view import View
from bot.service.service import Service
from state.people import Reader
from state.sql.version import APPLICATION_ID, SCHEMA_VERSION
from state.sqlite.schema_groups import migrations
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.access import only as only_these
from tests.conftest import NOON, Clock, stored_case
from tests.conversation.paths import Chance
from tests.dialogue import do, shown, triage
from tests.limits import assert_fits

LONDON = ZoneInfo("Europe/London")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ROLES = (None, *FIRST_FOR)
STRANGE = ("x" * 4000, "<b>", "😀", "\u202eEurope/Paris", "../etc/passwd", "Europe", "None/None")


def only(screens: list[Screen]) -> Screen:
    assert len(screens) == 1
    return screens[0]


def view(engine: Engine, machine: FlowMachine, seed: int, role: str | None = None) -> View:
    case = stored_case()
    for step in machine.replay(Chance(seed), "stepwise").steps:
        case = case.with_answer(step.key, step.value, "ann", NOON)
    standing = engine.stand(case, NOON)
    return View(case, standing, FLOW, NOON, engine.zone, "", role, None)


@pytest.mark.parametrize("role", FIRST_FOR)
def test_every_role_reads_the_same_sections_with_the_same_text(
    engine: Engine, machine: FlowMachine, role: str
) -> None:
    for seed in range(12):
        usual = view(engine, machine, seed)
        filled = [name for name in SECTIONS if name in ordered(SECTIONS, role)]
        plain = draw([ShowSections(tuple(filled))], usual)
        theirs = draw([ShowSections(tuple(filled))], replace(usual, role=role))
        assert {(s.title, s.plain()) for s in theirs} == {(s.title, s.plain()) for s in plain}
        assert len(theirs) == len(plain) == len(SECTIONS)
        assert draw_card(replace(usual, role=role)) == draw_card(usual)


def test_a_role_names_sections_that_exist_and_needs_a_name() -> None:
    assert set(FIRST_FOR) == set(words("roles"))
    for first in FIRST_FOR.values():
        assert set(first) <= set(SECTIONS)
        assert len(set(first)) == len(first)


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("nephrologist", ("dialysis", "mimics", "bones")),
        ("radiologist", ("imaging", "stability")),
        ("surgeon", ("treatment", "stability", "now")),
        ("oncologist", ("treatment", "steroid", "prognosis", "bones")),
        ("nurse", ("now", "calls", "imaging")),
        ("emergency", ("now", "imaging", "steroid", "calls")),
        (None, SECTIONS),
    ],
)
def test_what_a_role_needs_comes_first_then_the_usual_order(
    role: str | None, first: tuple[str, ...]
) -> None:
    given = ordered(SECTIONS, role)
    assert given[: len(first)] == first
    assert list(given[len(first) :]) == [name for name in SECTIONS if name not in first]


def test_what_has_nothing_to_say_is_not_put_first() -> None:
    assert ordered(("now", "why", "bones"), "nephrologist") == ("bones", "now", "why")


def test_the_plan_lists_the_first_section_of_the_role_first(
    engine: Engine, machine: FlowMachine
) -> None:
    usual = view(engine, machine, 5)
    contents = only(draw([ShowSections()], usual))
    opened = only(draw([ShowSections()], replace(usual, role="surgeon")))
    assert "Open a section." in contents.plain()
    mine, theirs = ([b for row in s.rows for b in row] for s in (opened, contents))
    assert mine[0].does == "plan treatment"
    assert {(b.label, b.does, b.typed) for b in mine} == {
        (b.label, b.does, b.typed) for b in theirs
    }
    assert_fits(opened)


def test_a_section_has_the_same_number_for_every_role(service: Service) -> None:
    triage(service, cord_signs=["weakness", "sensory_level"], renal="haemodialysis")
    before = only(do(service, "/plan 3"))
    do(service, "/settings role nephrologist")
    after = only(do(service, "/plan 3"))
    assert before.title == after.title
    assert before.blocks == after.blocks
    first = only(do(service, "/plan")).rows[0][0]
    assert first.label == words("sections")["dialysis"]
    assert only(do(service, first.typed)).title.endswith("Kidneys, dialysis")


def test_settings_are_kept_for_each_person_and_shown(service: Service) -> None:
    said = only(do(service, "/settings")).plain()
    assert "Role: none chosen." in said
    assert "Your time zone: the hospital's, UTC." in said
    assert "Policy: stepwise. Whoever runs this CordCall sets it (CORDCALL_POLICY)" in said
    chosen = only(do(service, "/settings role Spine Surgeon"))
    assert "Role: Spine surgeon. First in the plan: Treatment; SINS and ESCC; At once." in (
        chosen.plain()
    )
    assert [b.label for row in chosen.rows for b in row if b.label.startswith("✓")] == [
        "✓ Spine surgeon"
    ]
    do(service, "/settings zone europe/amsterdam")
    assert service.store.readers.get("ann") == Reader("ann", "surgeon", "Europe/Amsterdam")
    assert service.store.readers.get("bob") == Reader("bob")
    assert "Role: none chosen." in only(do(service, "/settings", who="bob")).plain()
    do(service, "/settings role none", "/settings zone hospital")
    assert service.store.readers.get("ann") == Reader("ann")


def test_every_button_of_the_settings_does_what_it_says(service: Service) -> None:
    todo, seen = ["/settings"], set[str]()
    while todo:
        line = todo.pop()
        seen.add(line)
        screen = only(do(service, line))
        assert screen.title == "Settings", line
        assert_fits(screen)
        buttons = [button for row in screen.rows for button in row]
        assert all(button.typed == f"/{button.does}" for button in buttons)
        todo += [b.typed for b in buttons if b.typed not in seen and b.typed not in todo]
    zones = {zone for names in BY_REGION.values() for zone in names}
    assert {f"/settings zone {zone}" for zone in zones} <= seen
    assert {f"/settings role {role}" for role in FIRST_FOR} <= seen


@pytest.mark.parametrize("typed", STRANGE)
@pytest.mark.parametrize("which", ["", "role ", "zone "])
def test_what_is_no_setting_gets_one_line_and_changes_nothing(
    service: Service, which: str, typed: str
) -> None:
    if (which, typed) == ("zone ", "Europe"):
        return
    screen = only(do(service, f"/settings {which}{typed}"))
    (line,) = screen.plain().split("\n")[1:]
    assert "allowed: " in line and len(line) < 200
    assert "\u202e" not in line
    assert service.store.readers.get("ann") == Reader("ann")


def test_every_zone_that_is_offered_exists_and_has_a_short_name() -> None:
    for names in BY_REGION.values():
        for name in names:
            assert name in available_timezones()
            assert find_zone(name) is not None
            assert len(f"✓ {city(name)}") <= 20
    assert name_of("AMERICA/new york") == "America/New_York"
    assert name_of("utc") == "UTC"
    assert find_zone("Mars/Base") is None
    assert find_zone("../../etc") is None


def test_a_moment_is_said_by_the_readers_clock_with_the_day_where_it_differs() -> None:
    moment = NOON.replace(hour=23, minute=40)
    assert say_beside(moment, LONDON, AMSTERDAM) == " (Mon 00:40 CET for you)"
    assert say_beside(NOON, LONDON, AMSTERDAM) == " (13:00 CET for you)"
    assert say_beside(NOON, LONDON, ZoneInfo("UTC")) == ""
    assert say_beside(NOON, LONDON, None) == ""


def test_the_card_adds_the_readers_clock_and_keeps_the_hospitals(service: Service) -> None:
    do(service, "/settings zone Asia/Kolkata", "/triage")
    (card,) = do(service, "weakness", "/card")
    assert "MRI: whole spine, by Mon 23 Nov 00:00 UTC (05:30 IST for you), in 12 h" in card.plain()
    moments = [p.text for b in card.blocks for line in b.lines for p in line if p.unix]
    assert moments == ["Mon 23 Nov 00:00 UTC", "in 12 h"]


@pytest.mark.slow
def test_every_card_fits_with_the_readers_clock(engine: Engine, machine: FlowMachine) -> None:
    beside = 0
    for seed in range(400):
        usual = replace(view(engine, machine, seed), call="Coordinator " + "0" * 48)
        theirs = replace(usual, reader_zone=ZoneInfo("Asia/Kolkata"))
        card = draw_card(theirs)
        assert_fits(card)
        beside += "for you)" in card.plain()
        assert (
            card.plain()
            .replace(" (05:30 IST for you)", "")
            .startswith(say_line(card.head) or usual.case.code)
        )
    assert beside > 50


def test_a_card_without_room_leaves_the_readers_clock_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = stored_case().with_answer("cord_signs", ["gait"], "ann", NOON)
    seen = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "", None, AMSTERDAM)
    short = draw_card(replace(seen, reader_zone=None))
    assert "for you" in draw_card(seen).plain()
    monkeypatch.setattr("bot.screens.card.MOST_CHARACTERS", len(short.plain()) + 5)
    drawn = draw_card(seen)
    assert say_line(drawn.head) == "EMERGENCY · MRI by Mon 00:00 UTC (in 12 h) · KES-42"
    assert replace(drawn, head=short.head) == short


def test_a_typed_time_is_hospital_time_and_the_question_says_so(
    store: Store, machine: FlowMachine, clock: Clock
) -> None:
    service = Service(store, Setting(Engine(machine, "stepwise", LONDON), "", 30), clock)
    do(service, "/triage", "1")
    assert "hospital time" not in do(service, "/earlier")[-1].plain()
    do(service, "/back", "/settings zone Asia/Tokyo")
    assert "Clock times are read as hospital time, GMT." in do(service, "/earlier")[-1].plain()
    screens = do(service, "09:30")
    assert all("by Sun 21:30 GMT" in say_line(screen.head) for screen in screens)
    noted = "\n".join(screen.plain() for screen in (*screens, *do(service, "/card")))
    assert "Suspected since: Sun 22 Nov 09:30 GMT" in noted
    assert "by Sun 22 Nov 21:30 GMT (Mon 06:30 JST for you)" in noted


def test_only_questions_about_a_time_speak_of_hospital_time(engine: Engine) -> None:
    case = stored_case()
    seen = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "", None, AMSTERDAM)
    for question in (*FLOW.questions.values(), *FLOW.aside):
        said = draw_question(seen, question.key(1))
        assert_fits(said)
        assert ("hospital time" in said.plain()) == isinstance(question, Moment), question.id


def test_another_persons_view_of_a_case_follows_their_own_settings(service: Service) -> None:
    do(service, "/settings zone Asia/Tokyo", "/triage", "1")
    assert "JST for you" in do(service, "/card")[0].plain()
    assert "for you" not in do(service, "/card", who="bob")[0].plain()


def test_a_database_of_version_3_is_brought_up_with_its_open_case(
    database: Path, engine: Engine, clock: Clock
) -> None:
    with closing(sqlite3.connect(database)) as plain, plain:
        names = [each.name for each in migrations.pending(Database(plain))]
        following = names[names.index("0003_delivery") + 1]
        migrations.apply(Database(plain), stop_before=following)
        plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        plain.execute("PRAGMA user_version = 3")
        at = NOON.isoformat()
        plain.execute(
            "INSERT INTO cases (code, chat, owner, status, begun_at, flow, fingerprint, ruleset, "
            "touched_at, position, version) "
            "VALUES ('KES-42', 'chat', 'ann', 'open', ?, 'triage', ?, 'r', ?, '', 1)",
            (at, FLOW.fingerprint, at),
        )
        plain.execute(
            "INSERT INTO answers (code, question, value, who, at) "
            "VALUES ('KES-42', 'cord_signs', '[\"gait\"]', 'ann', ?)",
            (at,),
        )
        plain.execute("INSERT INTO chats (chat, active) VALUES ('chat', 'KES-42')")
    with closing(SqliteStore(database)) as store:
        service = Service(store, Setting(engine, "", 30), clock)
        anew, asked = do(service, "/look")
        assert anew.alert
        assert all(say_line(each.head).startswith("EMERGENCY · MRI by") for each in (anew, asked))
        do(service, "/settings role nurse")
        assert store.readers.get("ann").role == "nurse"
        assert store.database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_what_a_person_chose_goes_when_nothing_else_is_left_of_them(
    service: Service, clock: Clock
) -> None:
    do(service, "/settings role nurse")
    do(service, "/settings role surgeon", who="bob")
    do(service, "/settings role oncologist", who="eve")
    clock.now += timedelta(days=20)
    do(service, "/triage", "1", who="bob")
    do(service, "/triage", who="eve", chat="eve")
    service.forget_old()
    assert service.store.readers.get("ann").role == "nurse"
    clock.now += timedelta(days=11)
    service.forget_old()
    assert service.store.readers.get("ann") == Reader("ann")
    assert service.store.readers.get("bob").role == "surgeon"
    assert service.store.readers.get("eve").role == "oncologist"
    do(service, "/close transferred", who="bob")
    clock.now += timedelta(days=31)
    service.forget_old()
    assert service.store.readers.get("bob") == Reader("bob")
    assert service.store.readers.get("eve") == Reader("eve")


def test_the_answers_given_to_anothers_case_keep_what_was_chosen(
    service: Service, clock: Clock
) -> None:
    do(service, "/settings role nurse", who="bob")
    clock.now += timedelta(days=29)
    do(service, "/triage", who="ann")
    do(service, "1", who="bob")
    clock.now += timedelta(days=2)
    service.forget_old()
    assert service.store.readers.get("bob").role == "nurse"


def test_privacy_says_that_the_audit_is_of_people_too(service: Service) -> None:
    said = only(do(service, "/privacy")).plain()
    for kept in ("which case", "let in", "removed", "another role", "refused"):
        assert kept in said


def test_privacy_says_that_the_choice_is_kept(service: Service) -> None:
    assert "your role and time zone;" in only(do(service, "/privacy")).plain()


def test_settings_are_open_only_to_those_who_may_use_this(service: Service) -> None:
    closed = replace(service, access=only_these("ann"))
    closed.take(Incoming("chat", "eve", Command("settings", "role nurse")))
    assert shown(service) == []
    assert service.store.readers.get("eve") == Reader("eve")
    assert "settings" in COMMANDS


@pytest.mark.parametrize(
    ("typed", "place"), [("est", "America/New_York"), ("GMT", "Europe/London")]
)
def test_a_zone_of_a_fixed_offset_is_not_taken(service: Service, typed: str, place: str) -> None:
    said = do(service, f"/settings zone {typed}")[0].plain()
    assert said.endswith(
        f"{typed.upper()} has one offset all year; allowed: UTC, or the zone of a "
        f"place, such as {place}"
    )
    assert service.store.readers.get("ann").zone is None
    do(service, "/settings zone utc")
    assert service.store.readers.get("ann").zone == "UTC"
