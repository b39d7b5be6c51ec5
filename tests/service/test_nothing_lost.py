"""Recorded ticks are never lost silently, and what was chosen by number is said."""

from dataclasses import replace

import pytest

from bot.incoming import Command, Incoming
from bot.service.service import Service
from state.records import Value
from tests.dialogue import CHAT, do, tap, triage


@pytest.fixture
def there(service: Service) -> Service:
    """A case in a terminal with a DOAC, whose blood thinners are being edited."""
    triage(service, cord_signs=["gait"], blood_thinners=["doac"])
    do(service, "/edit blood_thinners")
    return service


def thinners(service: Service) -> object:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case.latest["blood_thinners"]


@pytest.mark.parametrize(
    ("line", "after"),
    [("heparin", ["heparin"]), ("4", ["heparin"]), ("none", []), ("not known", "unknown")],
)
def test_an_answer_that_takes_a_tick_away_is_asked_back(
    there: Service, line: str, after: object
) -> None:
    said = do(there, line)[-1]
    assert "Removes: DOAC. Is that right?" in said.plain()
    assert thinners(there) == ["doac"]
    do(there, said.rows[0][0].typed)
    assert thinners(there) == after


def test_it_can_be_added_instead(there: Service) -> None:
    (button,) = do(there, "heparin")[-1].rows[1]
    do(there, button.typed)
    assert thinners(there) == ["doac", "heparin"]


def test_an_answer_that_only_adds_is_taken_at_once(there: Service) -> None:
    do(there, "doac, heparin")
    assert thinners(there) == ["doac", "heparin"]


def test_none_tapped_over_ticks_is_asked_back_once(there: Service) -> None:
    phone = replace(there, touch=True)
    do(there, "/look")
    phone.take(Incoming(CHAT, "ann", Command("edit", "blood_thinners")))
    assert "Removes: DOAC" in tap(phone, "None of these")[-1].plain()
    assert thinners(phone) == ["doac"]
    tap(phone, "Yes, that is it")
    assert thinners(phone) == []


def test_a_choice_typed_by_its_number_is_said(service: Service) -> None:
    triage(service, cord_signs=["gait"], up_to="renal")
    assert "Noted – Kidneys: Haemodialysis." in do(service, "1")[-1].plain()
    assert not any("Noted" in screen.plain() for screen in do(service, "known"))


def test_spinal_pain_stays_in_the_hand_over_when_new_signs_set_it_aside(service: Service) -> None:
    pain: dict[str, Value] = {"radicular_pain": "unilateral", "back_pain": True}
    triage(service, cord_signs=[], radicular_deficit="none", infection_signs=False, **pain)
    do(service, "/newsigns", "weakness")
    case = service.store.cases.active(CHAT)
    assert case is not None and case.latest["back_pain"] is True
    said = do(service, "/sbar")[-1].plain()
    assert "spinal pain yes" in said.casefold() or "spinal pain: yes" in said.casefold()
