"""What is queued is not read again by the program that wrote it, and says the same as if it was."""

import json

import pytest

from bot.flows.triage import PLAN
from bot.screens.screen import Block, Button, Part, Screen, load
from bot.service import sending, written_screens
from bot.service.service import Service
from bot.service.written_screens import MOST_REMEMBERED, forget, read, write
from tests.dialogue import do, triage
from tests.service.test_taps_counted import PATIENT

WHOLE = Screen(
    "alert",
    "KES-42 · “<Now>”",
    (Block(((Part("by ", None), Part("12:00", 1_800_000_000, True)),), "Why", "fold"),),
    ((Button("Yes", "answer x", "1", "y", "danger"), Button("Copy", "copy", "7")),),
    True,
    (Part("EMERGENCY", 1_800_000_000, True, "1001"),),
    "invitation x",
    "start",
)


@pytest.fixture(autouse=True)
def nothing_written() -> None:
    forget([*written_screens._written])


def test_what_was_written_is_not_parsed_until_it_is_forgotten() -> None:
    text = write(WHOLE)
    assert read(text) is WHOLE
    forget([text, "another"])
    parsed = read(text)
    assert parsed == WHOLE and parsed is not WHOLE


def test_what_was_written_anew_is_read_as_it_is_stored_now() -> None:
    text = write(WHOLE)
    stored = json.loads(text)
    stored[1] = "KES-43"
    assert read(json.dumps(stored)).title == "KES-43"
    with pytest.raises(ValueError):
        read(text[1:])


def test_a_bounded_number_of_screens_is_remembered() -> None:
    texts = [write(Screen("info", str(number))) for number in range(MOST_REMEMBERED + 10)]
    assert len(written_screens._written) == MOST_REMEMBERED
    assert [read(text).title for text in texts] == [str(number) for number in range(len(texts))]


def test_every_screen_of_a_whole_case_is_the_same_after_it_was_stored(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = set[str]()

    def checked(screen: Screen) -> str:
        text = write(screen)
        assert load(text) == screen
        kinds.add(screen.kind)
        return text

    monkeypatch.setattr(sending, "write", checked)
    triage(service, up_to=PLAN, **PATIENT)
    do(service, "/card", "/plan all", "/why", "/sbar", "/handover", "/drug enoxaparin", "/help")
    assert kinds >= {"question", "alert", "card", "plan", "info"}
