"""What a typed line is taken for, and the hint of a refusal on a phone and in a terminal."""

from dataclasses import replace

import pytest

from bot.incoming import Command, Incoming, Text
from bot.screens.screen import load
from bot.service.service import Service
from tests.dialogue import CHAT, do


def on_phone(service: Service, *lines: str) -> str:
    """Type lines where buttons are tapped; return everything that the last one showed."""
    phone = replace(service, touch=True)
    for line in lines:
        act = Command(*line[1:].split(" ", 1)) if line.startswith("/") else Text(line)
        phone.take(Incoming(CHAT, "ann", act))
    row = service.store.outbox.queued(CHAT)[-1]
    return "\n".join(load(screen).plain() for screen in row.screens)


def ticked(service: Service) -> object:
    case = service.store.cases.active(CHAT)
    assert case is not None
    return case.latest.get("cord_signs")


@pytest.mark.parametrize("line", ["gait and bladder", "gait bladder", "Gait & bladder", "2+5"])
def test_several_signs_on_one_line_are_taken_together(service: Service, line: str) -> None:
    do(service, "/triage", line)
    assert ticked(service) == ["gait", "bladder"]


@pytest.mark.parametrize("line", ["no bladder", "gait, not bladder", "gait foot", "gait or bowel"])
def test_a_line_in_doubt_ticks_nothing(service: Service, line: str) -> None:
    do(service, "/triage", line)
    assert ticked(service) is None
    on_phone(service, "/triage", line)
    assert ticked(service) is None


def test_a_phone_confirms_all_signs_of_a_line_in_full(service: Service) -> None:
    said = on_phone(service, "/triage", "umn and bladder")
    assert "Bladder, Upper motor neurone. Is that right?" in said
    assert ticked(service) is None


def test_the_hint_fits_the_place(service: Service) -> None:
    terminal = "\n".join(screen.plain() for screen in do(service, "/triage", "gait foot"))
    assert "allowed: a number from the list, or its words, or not known; several" in terminal
    phone = on_phone(service, "/triage", "gait foot")
    assert "allowed: a button, or its words, or not known; several" in phone
    assert "not understood: word 2" in phone and "not understood: word 2" in terminal
    assert "number" not in phone


@pytest.mark.parametrize("line", ["help", "/help"])
def test_help_speaks_of_numbers_only_in_the_terminal(service: Service, line: str) -> None:
    terminal = "\n".join(screen.plain() for screen in do(service, "/triage", line))
    assert "Answer with a button, or by number or name; several as 1,3" in terminal
    phone = on_phone(service, "/triage", line)
    assert 'Tap a button, or type its words; several with "and" between' in phone


def test_a_section_that_is_none_is_refused_shortly(service: Service) -> None:
    do(service, "/triage", "gait")
    assert "No such section; allowed: 1 to " in do(service, "/plan 99")[0].plain()
    said = on_phone(service, "/plan 99")
    assert "No such section; allowed: those of /plan, or /plan all." in said
