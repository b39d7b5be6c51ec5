"""One turn, one transaction: over a real database."""

import re

import pytest

from bot.events import Answered, Closed, Looked, Typed, WentBack
from bot.screens import Screen, load
from bot.service import STALE_AFTER, Service, new_codes
from state.store import Conflict, Store
from tests.conftest import Clock

CHAT = "chat"


def shown(service: Service, chat: str = CHAT) -> list[Screen]:
    queued = service.store.queued(chat)
    with service.store.turn():
        service.store.sent(queued)
    return [load(each.screen) for each in queued]


def type_in(service: Service, *lines: str) -> list[Screen]:
    for line in lines:
        shown(service)
        assert service.handle(CHAT, "ann", Typed(line))
    return shown(service)


def active_code(service: Service) -> str:
    case = service.store.active(CHAT)
    assert case is not None
    return case.code


def test_a_case_is_found_again_after_a_restart(service: Service, clock: Clock) -> None:
    service.begin(CHAT, "ann")
    type_in(service, "none", "none")
    code = active_code(service)
    service.store.close()

    again = Service(Store(service.store.path), service.engine, clock, "")
    again.come_back(CHAT, "ann")
    screens = shown(again)
    assert active_code(again) == code
    assert screens[-1].title.startswith(code)
    assert "Pain along a nerve root?" in screens[-1].plain()
    again.store.close()


def test_triage_at_a_fresh_first_question_changes_nothing(service: Service) -> None:
    service.begin(CHAT, "ann")
    before = service.store.active(CHAT)
    first = shown(service)
    service.begin(CHAT, "ann")
    after = service.store.active(CHAT)
    assert before is not None and after is not None
    assert (after.code, after.begun_at) == (before.code, before.begun_at)
    assert shown(service) == first


def test_a_first_question_left_alone_does_not_keep_its_old_clock(
    service: Service, clock: Clock
) -> None:
    service.begin(CHAT, "ann")
    code = active_code(service)
    clock.now += STALE_AFTER * 2
    service.begin(CHAT, "ann")
    case = service.store.active(CHAT)
    assert case is not None
    assert (case.code, case.begun_at) == (code, clock.now)


def test_triage_after_an_answer_begins_another_case_and_resume_goes_back(service: Service) -> None:
    service.begin(CHAT, "ann")
    type_in(service, "gait")
    first = active_code(service)
    service.begin(CHAT, "ann")
    second = active_code(service)
    assert first != second
    type_in(service, "none")
    assert service.resume(CHAT, "ann", first.lower())
    assert active_code(service) == first
    assert any(screen.kind == "emergency" and first in screen.title for screen in shown(service))


def test_a_case_of_another_chat_cannot_be_resumed(service: Service) -> None:
    service.begin("other", "eve")
    other = service.store.active("other")
    assert other is not None
    assert not service.resume(CHAT, "ann", other.code)
    assert not service.resume(CHAT, "ann", "KES-42'; DROP TABLE cases; --")


def test_an_update_that_comes_twice_counts_once(service: Service) -> None:
    service.begin(CHAT, "ann")
    assert service.handle(CHAT, "ann", Answered("cord_signs", []), update_id=7)
    assert not service.handle(CHAT, "ann", Answered("cord_signs", ["gait"]), update_id=7)
    case = service.store.active(CHAT)
    assert case is not None
    assert case.latest == {"cord_signs": []}


def test_without_a_case_nothing_is_handled(service: Service) -> None:
    assert not service.handle(CHAT, "ann", Typed("gait"))
    service.begin(CHAT, "ann")
    assert service.handle(CHAT, "ann", Closed())
    assert not service.handle(CHAT, "ann", Typed("gait"))


def test_the_list_of_cases_shows_the_urgency_and_what_was_closed_lately(
    service: Service, clock: Clock
) -> None:
    service.begin(CHAT, "ann")
    type_in(service, "gait")
    emergency = active_code(service)
    service.begin(CHAT, "ann")
    type_in(service, "none")
    closed = active_code(service)
    service.handle(CHAT, "ann", Closed())
    shown(service)
    service.list_cases(CHAT)
    listed = shown(service)[0].plain()
    assert f"{emergency}: EMERGENCY, MRI in 12 h" in listed
    assert f"{closed}: not settled; closed" in listed
    clock.pass_by(days=2)
    service.list_cases(CHAT)
    assert closed not in shown(service)[0].plain()


def test_a_failure_in_the_middle_of_a_turn_leaves_nothing_behind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.begin(CHAT, "ann")
    type_in(service, "none")
    before = service.store.active(CHAT)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(Store, "enqueue", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        service.handle(CHAT, "ann", Typed("bilateral"))
    monkeypatch.undo()
    assert service.store.active(CHAT) == before
    assert shown(service) == []


def test_of_two_changes_to_the_same_version_one_wins(service: Service, clock: Clock) -> None:
    service.begin(CHAT, "ann")
    case = service.store.active(CHAT)
    assert case is not None
    first = service.engine.advance(case, Answered("cord_signs", []), "ann", clock.now)
    second = service.engine.advance(case, Answered("cord_signs", ["gait"]), "bob", clock.now)
    with service.store.turn() as store:
        store.save(first.triage, case)
    with pytest.raises(Conflict), service.store.turn() as store:
        store.save(second.triage, case)
    kept = service.store.active(CHAT)
    assert kept is not None
    assert kept.latest == {"cord_signs": []}


def test_the_deadline_is_counted_from_the_start_while_time_passes(
    service: Service, clock: Clock
) -> None:
    service.begin(CHAT, "ann")
    type_in(service, "gait")
    clock.pass_by(hours=11, minutes=50)
    service.handle(CHAT, "ann", Looked())
    card = shown(service)[1].plain()
    assert "by Mon 23 Nov 00:00 UTC, in 10 min" in card
    clock.pass_by(hours=1)
    service.handle(CHAT, "ann", Looked())
    assert "overdue by 50 min" in shown(service)[1].plain()


def test_the_coordinator_stands_on_the_emergency_card(service: Service) -> None:
    service.begin(CHAT, "ann")
    assert "Spinal coordinator, 020 7946 0000" in type_in(service, "gait")[0].plain()


def test_back_is_kept_across_a_restart(service: Service) -> None:
    service.begin(CHAT, "ann")
    type_in(service, "none", "none")
    service.handle(CHAT, "ann", WentBack())
    shown(service)
    service.come_back(CHAT, "ann")
    assert "Weakness or numbness" in shown(service)[-1].plain()


def test_codes_can_be_said_aloud_and_do_not_run_out() -> None:
    codes = [code for code, _ in zip(new_codes(), range(200), strict=False)]
    assert all(re.fullmatch(r"[KLMNRSVZ][AEO][KLMNRSVZ]-[1-9]\d{1,2}", code) for code in codes)
    assert len(set(codes)) > 190
