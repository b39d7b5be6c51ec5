"""A case that is brought in from another database is there as if it had been entered here."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.access import Access
from bot.conversation.engine import Engine
from bot.export.fhir.bundle import bundle_text
from bot.export.fhir.reading import read_case
from bot.flows.triage import FLOW
from bot.incoming import TERMINAL, Command, Incoming
from bot.installation import Setting
from bot.refusal import Refusal
from bot.screens.view import View
from bot.service.importing import bring_in
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.service.taking_over import take_over_chat
from state.groups import Group
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.access import open_to_all
from tests.conftest import NOON, Clock
from tests.dialogue import CHAT, do, triage
from tests.export.random_cases import random_views


@pytest.fixture
def elsewhere(tmp_path: Path, engine: Engine, clock: Clock) -> Iterator[Service]:
    """A service on another database."""
    (tmp_path / "elsewhere").mkdir()
    store = SqliteStore(tmp_path / "elsewhere" / "cordcall.db", durability="OFF")
    yield Service(store, Setting(engine, "bleep 4321", 30), clock)
    store.close()


def worked_on(service: Service) -> StoredCase:
    """Play an emergency, with an answer changed, a call, and one taken back."""
    triage(service, up_to="mri", cord_signs=["gait"], cancer="known", renal="haemodialysis")
    do(service, "/requested", "/called surgeon", "/called nephrology", "/undo called")
    do(service, "/edit renal", "ckd")
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


def view(service: Service, code: str) -> View:
    with service.store.turn():
        turn = service.begin(Incoming(CHAT, "ann", Command("export")))
        case = service.store.cases.find(code)
        assert case is not None
        return turn.view(case)


def exported(service: Service, code: str) -> StoredCase:
    return read_case(bundle_text(view(service, code)).encode(), FLOW).case


def rows(store: Store) -> list[tuple[str, str | None, str | None]]:
    with store.audit.trail() as trail:
        return [(row.what, row.code, row.about) for row in trail.rows]


def test_it_is_the_same_case_and_gives_the_same_bytes(service: Service, elsewhere: Service) -> None:
    case = worked_on(elsewhere)
    kept = bring_in(service, exported(elsewhere, case.code), None)
    assert kept == replace(case, version=0)
    assert service.store.cases.find(case.code) == kept
    here = replace(service, setting=elsewhere.setting)
    assert bundle_text(view(here, case.code)) == bundle_text(view(elsewhere, case.code))


def test_it_is_listed_and_answered_and_its_reminders_are_those_it_had(
    service: Service, elsewhere: Service
) -> None:
    case = worked_on(elsewhere)
    bring_in(service, exported(elsewhere, case.code), None)
    assert case.code in do(service, "/cases")[0].plain()
    assert service.store.boards.without_summary(CHAT, 0) == []
    here, there = (each.store.reminders.pending(case.code) for each in (service, elsewhere))
    assert [(r.kind, r.deadline, r.due_at) for r in here] == [
        (r.kind, r.deadline, r.due_at) for r in there
    ]
    do(service, f"/resume {case.code}", "/scanned")
    changed = service.store.cases.find(case.code)
    assert changed is not None and changed.latest["mri"] == "done"


def test_what_is_overdue_is_reminded_of_at_once(
    service: Service, elsewhere: Service, clock: Clock
) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    clock.pass_by(hours=30)
    bring_in(service, case, None)
    due = Reminding(service).next_due()
    assert due is not None and due <= clock()


def test_it_is_in_the_audit_by_whoever_is_at_the_machine(
    service: Service, elsewhere: Service
) -> None:
    case = worked_on(elsewhere)
    bring_in(service, exported(elsewhere, case.code), None)
    owner = service.store.audit.pseudonym("ann")
    assert rows(service.store)[-1] == ("imported", case.code, owner)


def test_the_case_at_work_stays_the_case_at_work(service: Service, elsewhere: Service) -> None:
    triage(service, up_to="renal")
    at_work = service.store.cases.active_code(CHAT)
    bring_in(service, exported(elsewhere, worked_on(elsewhere).code), None)
    assert service.store.cases.active_code(CHAT) == at_work


def test_the_very_same_case_is_left_alone(service: Service, elsewhere: Service) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    bring_in(service, case, None)
    do(service, f"/resume {case.code}")
    kept, audited = service.store.cases.find(case.code), rows(service.store)
    assert bring_in(service, case, None) is None
    assert bring_in(service, case, "ben") is None
    assert service.store.cases.find(case.code) == kept
    assert rows(service.store) == audited


def test_another_case_with_its_code_is_never_written_over(
    service: Service, elsewhere: Service
) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    bring_in(service, case, None)
    do(service, f"/resume {case.code}", "/called radiology")
    kept = service.store.cases.find(case.code)
    with pytest.raises(Refusal, match="another case has this code"):
        bring_in(service, case, None)
    assert service.store.cases.find(case.code) == kept


def test_it_can_go_to_somebody_else_who_may_have_cases(
    service: Service, elsewhere: Service
) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    only_ben = replace(service, access=Access(owners=frozenset({"ben"})))
    with pytest.raises(Refusal, match="its owner may not have cases here"):
        bring_in(only_ben, case, None)
    assert service.store.cases.find(case.code) is None
    kept = bring_in(only_ben, case, "ben")
    assert kept is not None and (kept.owner, kept.chat) == ("ben", "ben")
    assert kept.answers == case.answers, "who answered stays"


def test_one_of_a_group_needs_that_group(service: Service) -> None:
    seen = next(each for each in random_views(50) if each.colleagues and each.case.answers)
    group = seen.case.chat
    access = Access(owners=frozenset({"ann"}), groups=service.store.groups)
    here = replace(service, access=access)
    with pytest.raises(Refusal, match="a group that is not enrolled here"):
        bring_in(here, seen.case, None)
    with service.store.turn() as store:
        store.groups.enrol(Group(group, "ann", NOON))
    kept = bring_in(here, seen.case, None)
    assert kept is not None and kept.chat == group


def test_at_the_terminal_it_becomes_the_terminals(service: Service, elsewhere: Service) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    kept = bring_in(service, case, "you")
    assert kept is not None and (kept.owner, kept.chat) == ("you", TERMINAL)
    assert case.code in do(service, "/cases", chat=TERMINAL, who="you")[0].plain()


def test_one_of_older_rules_is_assessed_anew_at_the_next_start(
    service: Service, elsewhere: Service
) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    older = replace(case, ruleset="2025.1", told=replace(case.told, level="soon", hours=168))
    bring_in(service, older, None)
    assert take_over_chat(service, CHAT) == []
    kept = service.store.cases.find(case.code)
    assert kept is not None and kept.ruleset == case.ruleset and kept.told == case.told
    (queued,) = service.store.outbox.queued(CHAT)
    assert "2025.1" in queued.screens[0]


def test_out_of_use_nothing_is_imported(service: Service, elsewhere: Service) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    out_of_use = replace(service, setting=replace(service.setting, out_of_use="wrong deadlines"))
    with pytest.raises(Refusal, match="wrong deadlines"):
        bring_in(out_of_use, case, None)
    assert service.store.cases.find(case.code) is None


def test_many_random_cases_are_kept_as_they_were(service: Service) -> None:
    with service.store.turn() as store:
        store.groups.enrol(Group("-100123", "ann", NOON))
    here = replace(service, access=replace(open_to_all(), groups=service.store.groups))
    for seen in {each.case.code: each for each in random_views(60, 4)}.values():
        data = bundle_text(seen).encode()
        kept = bring_in(here, read_case(data, FLOW).case, None)
        assert kept is not None
        found = service.store.cases.find(kept.code)
        assert found == replace(seen.case, version=0, position=kept.position)
        assert bundle_text(replace(seen, case=found)).encode() == data


def test_it_counts_its_time_from_when_it_was_begun(
    service: Service, elsewhere: Service, clock: Clock
) -> None:
    case = exported(elsewhere, worked_on(elsewhere).code)
    due = service.setting.engine.stand(case, clock()).assessment.due
    clock.pass_by(hours=5)
    kept = bring_in(service, case, None)
    assert kept is not None
    assert service.setting.engine.stand(kept, clock()).assessment.due == due
    assert due is not None and due - kept.begun_at == timedelta(hours=12)
