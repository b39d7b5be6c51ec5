"""`/export`: who is given a case as a file, what the audit says of it, and what is said instead."""

from dataclasses import replace

import pytest

from bot.actions import EXPORTED
from bot.adapters.telegram.outbox.next_row import may_be_shown
from bot.commands.registry import COMMANDS
from bot.export import kinds
from bot.export.asked import is_export, read_asked
from bot.export.kinds import KINDS
from bot.incoming import Command, Incoming
from bot.screens.screen import Screen, load
from bot.service.service import Service
from state.records import Priority, Queued
from tests.access import only
from tests.dialogue import CHAT, do
from tests.service.in_group import ANN, BOB, EVE, GROUP, in_a_group
from tests.service.test_auditing import rows as audited


@pytest.fixture
def phone(service: Service) -> Service:
    """A service whose buttons are tapped, with an emergency."""
    do(service, "/triage", "gait", who=CHAT)
    with service.store.turn() as store:
        store.outbox.drop_all(CHAT)
    return replace(service, touch=True)


def export(service: Service, kind: str = "") -> list[Queued]:
    """Ask for a file, and return what is queued."""
    with service.store.turn() as store:
        store.outbox.drop_all(CHAT)
    service.take(Incoming(CHAT, CHAT, Command("export", kind)))
    return service.store.outbox.queued(CHAT)


def screens(rows: list[Queued]) -> list[Screen]:
    return [load(screen) for row in rows for screen in row.screens]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_waits_apart_and_the_audit_says_who_had_which(phone: Service, kind: str) -> None:
    code = phone.store.cases.active_code(CHAT)
    before = phone.store.audit.last().number
    (row,) = export(phone, kind)
    (screen,) = screens([row])
    assert (row.priority, row.code, row.anew, row.query) == (Priority.FILE, code, True, None)
    assert is_export(screen.file)
    assert read_asked(screen.file, phone.setting.engine).case.code == code
    (noted,) = audited(phone, before)
    assert (noted.what, noted.code) == (EXPORTED[kind], code)
    assert noted.who == phone.store.audit.pseudonym(CHAT)


@pytest.mark.parametrize("given", ["", "text", "SBAR"])
def test_without_a_kind_it_is_the_text_which_offers_the_files(phone: Service, given: str) -> None:
    before = phone.store.audit.last().number
    text, *_ = screens(export(phone, given))
    assert "S – Situation" in text.plain()
    typed = [button.typed for row in text.rows for button in row]
    assert typed == [f"/export {kind}" for kind in KINDS]
    assert [row.what for row in audited(phone, before)] == ["exported"]


def test_another_kind_is_named_with_what_is_allowed(phone: Service) -> None:
    (screen,) = screens(export(phone, "docx"))
    assert "/export: allowed: text, page, picture, data, calendar, dark" in screen.plain()


def test_without_a_case_there_is_nothing_to_give(service: Service) -> None:
    (screen,) = screens(export(replace(service, touch=True), "page"))
    assert not screen.file


@pytest.mark.parametrize(("kind", "lacks"), [("page", "fpdf"), ("picture", "PIL"), ("dark", "PIL")])
def test_without_the_extra_it_says_what_is_missing_and_the_rest_works(
    phone: Service, monkeypatch: pytest.MonkeyPatch, kind: str, lacks: str
) -> None:
    monkeypatch.setattr(kinds, "find_spec", lambda name: None if name == lacks else object())
    (screen,) = screens(export(phone, kind))
    label = KINDS[kind].label
    assert f"{label}: install CordCall with its extra pdf first." in screen.plain()
    assert not screen.file
    for other in ("data", "calendar"):
        assert is_export(screens(export(phone, other))[0].file)


def test_out_of_use_nothing_is_given(phone: Service) -> None:
    out = replace(phone, setting=replace(phone.setting, out_of_use="the deadlines are wrong"))
    assert not any(screen.file for screen in screens(export(out, "page")))


def test_a_viewer_and_a_stranger_are_given_nothing(service: Service) -> None:
    team = in_a_group(service)
    for who in (EVE, "6666"):
        assert not any(screen.file for screen in screens(team.types(who, "/export page")))


def test_a_case_of_a_group_is_given_in_private_to_who_acts_there(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    code = team.case().code
    (told,) = screens(team.types(ANN, "/export page", chat=GROUP))
    assert not told.file
    team.types(BOB, f"/open {code}")
    (row,) = team.types(BOB, "/export page")
    (screen,) = screens([row])
    assert (row.chat, row.code) == (BOB, code)
    read = read_asked(screen.file, service.setting.engine)
    assert read.colleagues is not None and read.by(BOB) == "BB"


def test_who_has_left_is_given_nothing_even_if_it_waits(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.types(BOB, f"/open {team.case().code}")
    (row,) = team.types(BOB, "/export page")
    with service.store.turn() as store:
        store.groups.part(GROUP, BOB)
    assert not may_be_shown(row, team.service.access)
    assert not any(screen.file for screen in screens(team.types(BOB, "/export data")))
    assert not may_be_shown(row, only(ANN))


def test_it_is_listed_and_changes_nothing() -> None:
    traits = COMMANDS["export"]
    assert traits.only_looks and not traits.in_group and not traits.works_out_of_use


def test_a_new_request_of_the_same_kind_waits_for_the_first(phone: Service) -> None:
    (first,) = export(phone, "page")
    before = phone.store.audit.last().number
    phone.take(Incoming(CHAT, CHAT, Command("export", "pdf")))
    kept, told = phone.store.outbox.queued(CHAT)
    (screen,) = screens([told])
    assert kept == first and not screen.file
    assert "already on its way" in screen.plain()
    assert "exported page" not in [row.what for row in audited(phone, before)]


def test_what_waits_names_no_colleague_to_who_asks_what_is_stored(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.types(BOB, f"/open {team.case().code}")
    (row,) = team.types(BOB, "/export page")
    assert ANN in row.screens[0]
    assert ANN not in str(service.store.people.stored_of(BOB)["outbox"])


def test_of_somebody_who_is_erased_nothing_waits_for_others(service: Service) -> None:
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.types(BOB, f"/open {team.case().code}")
    (row,) = team.types(BOB, "/export page")
    with service.store.turn() as store:
        store.people.forget(ANN)
    assert row.id not in [each.id for each in service.store.outbox.queued(BOB)]
