"""What a turn does once: read the case, replay it, assess it, save it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.conversation import standing
from bot.conversation.machine import FlowMachine
from bot.incoming import Command, Incoming, Tap
from bot.service.service import Service
from state.records import StoredCase
from state.sql.cases import Cases
from tests.conftest import Clock

CHAT = "7"


@pytest.fixture
def touch(service: Service) -> Service:
    """A service with buttons, and a case in the middle of its questions."""
    touch = replace(service, touch=True)
    for act in (Command("triage"), Command("define")):
        touch.take(Incoming(CHAT, "ann", act))
    return touch


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each step was done."""
    counted = Counter[str]()

    def count(owner: Any, name: str, what: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def counting(*given: Any, **named: Any) -> Any:
            counted[what] += 1
            return real(*given, **named)

        monkeypatch.setattr(owner, name, counting)

    count(Cases, "find", "read")
    count(Cases, "save", "saved")
    count(FlowMachine, "replay", "replayed")
    count(standing, "assess_findings", "assessed")
    return counted


def tap(service: Service, does: str, value: str) -> None:
    queued = service.store.outbox.queued(CHAT)[-1]
    minted = service.store.buttons.find(queued.token or "")
    assert minted is not None
    place = minted.actions.index((does, value))
    service.take(Incoming(CHAT, "ann", Tap(minted.token, place)))


def at_work(service: Service) -> StoredCase:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case


def test_a_tapped_answer(touch: Service, clock: Clock, done: Counter[str]) -> None:
    tap(touch, "answer cord_signs", "none")
    assert done == {"read": 1, "saved": 1, "replayed": 1, "assessed": 1}
    done.clear()
    clock.pass_by(seconds=40)
    tap(touch, "answer radicular_deficit", "unilateral_stable")
    assert done == {"read": 1, "saved": 1, "replayed": 1, "assessed": 1}


def test_a_tick_that_makes_an_emergency(touch: Service, done: Counter[str]) -> None:
    tap(touch, "tick cord_signs", "gait")
    assert done == {"read": 1, "saved": 1, "replayed": 1, "assessed": 1}


@pytest.mark.parametrize("looks", ["card", "plan", "why", "more", "edit"])
def test_a_look(
    touch: Service, clock: Clock, done: Counter[str], monkeypatch: pytest.MonkeyPatch, looks: str
) -> None:
    tap(touch, "tick cord_signs", "gait")
    tap(touch, "card", "")
    done.clear()
    monkeypatch.setattr(standing, "assess_later", None)
    clock.pass_by(seconds=40)
    touch.take(Incoming(CHAT, "ann", Command(looks)))
    assert done == {"read": 1}


def test_a_note(touch: Service, done: Counter[str]) -> None:
    tap(touch, "tick cord_signs", "gait")
    tap(touch, "card", "")
    done.clear()
    tap(touch, "requested", "")
    assert done == {"read": 1, "saved": 1}
    assert [each.kind for each in at_work(touch).timeline] == ["mri_requested"]


def test_a_time_of_suspicion(touch: Service, clock: Clock, done: Counter[str]) -> None:
    tap(touch, "tick cord_signs", "gait")
    before = at_work(touch)
    done.clear()
    touch.take(Incoming(CHAT, "ann", Command("earlier", "2 h ago")))
    after = at_work(touch)
    assert (after.version, after.revisiting) == (before.version + 1, None)
    said = touch.store.outbox.queued(CHAT)[-1].screens
    due = touch.setting.engine.stand(after, clock.now).assessment.due
    assert due == clock.now + timedelta(hours=10)
    assert [each.count("Suspected earlier: when was that?") for each in said] == [0] * len(said)
    assert (done["saved"], done["replayed"], done["assessed"]) == (1, 1, 1)


def test_a_correction(touch: Service, done: Counter[str]) -> None:
    tap(touch, "tick cord_signs", "gait")
    tap(touch, "tick cord_signs", "bowel")
    before = at_work(touch)
    done.clear()
    touch.take(Incoming(CHAT, "ann", Command("correct", "gait")))
    assert "correct gait" in touch.store.outbox.queued(CHAT)[-1].screens[-1]
    assert at_work(touch).latest == before.latest
    assert done["saved"] == 0
    done.clear()
    tap(touch, "correct gait", "")
    assert (at_work(touch).latest, at_work(touch).version) == (
        {"cord_signs": ["gait"]},
        before.version + 1,
    )
    assert done["saved"] == 1
