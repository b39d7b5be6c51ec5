"""The terminal as a doctor uses it: dialogues over a real database, and over a killed process."""

import io
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.adapters.terminal import CHAT, Terminal
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.service.service import Service
from state.records import Value
from state.sqlite.store import SqliteStore
from tests.conftest import Clock
from tests.dialogue import AFTER_A_SIGN, AFTER_NO_SIGN, ask, asked, script, typed

ROOT = Path(__file__).parents[2]


def talk(service: Service, *lines: str) -> str:
    out = io.StringIO()
    Terminal(service, io.StringIO("".join(f"{line}\n" for line in lines)), out).run()
    return re.sub(r"\b[KLMNRSVZ][AEO][KLMNRSVZ]-\d{2,3}\b", "KES-42", out.getvalue())


def test_the_first_screen_comes_at_once(service: Service) -> None:
    assert talk(service).startswith("== KES-42 · Cord signs ==\nWhich cord signs are new?")


def test_a_sign_answers_an_emergency_in_one_line(service: Service) -> None:
    said = talk(service, "1,3")
    assert "EMERGENCY – within 12 h" in said
    assert "MRI: whole spine, by Mon 23 Nov 00:00 UTC, in 12 h" in said
    assert "Limb weakness, sensory level: cord compression?" in said


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("1", AFTER_A_SIGN),
        ("1,3", AFTER_A_SIGN),
        ("weakness gait", AFTER_A_SIGN),
        ("Gait or balance", AFTER_A_SIGN),
        ("none", AFTER_NO_SIGN),
        ("9", AFTER_NO_SIGN),
        ("NOT EXAMINED", AFTER_NO_SIGN),
    ],
)
def test_options_are_named_by_number_or_by_words(
    service: Service, line: str, position: str
) -> None:
    talk(service, line)
    case = service.store.cases.active(CHAT)
    assert case is not None
    assert case.position == position


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("/help", "/resume CODE"),
        ("/cases", "nothing answered"),
        ("/card", "Do now:"),
        ("/plan", "Open a section."),
        ("/plan all", "Why this urgency"),
        ("/plan 1", "Examine:"),
        ("/edit", "Nothing is answered yet."),
        ("/edit 99", "Not an answer here"),
        ("/edit \u0663", "Not an answer here"),
        ("/edit " + "9" * 5000, "Not an answer here"),
        ("/back", "This is the first question."),
        ("/define", "Electric shock down the spine"),
        ("/resume", "no such case"),
        ("/resume NEM-99", "no such case"),
        ("/earlier", "when was that?"),
        ("/earlier 2 h ago", "Noted"),
        ("/cancel", "Close KES-42?"),
        ("/privacy", "30 days"),
        ("/nonsense", "no such command"),
        ("", "Not an answer here"),
    ],
)
def test_every_command_answers_at_every_prompt(service: Service, command: str, shown: str) -> None:
    before = talk(service, "/quit")
    assert shown not in before
    assert shown in talk(service, command, "/QUIT")


def test_a_wrong_line_says_what_is_allowed_and_asks_again(service: Service) -> None:
    said = talk(service, "x" * 5000)
    assert "Not an answer here; allowed:" in said
    assert said.count("Which cord signs are new?") == 2


def test_a_closed_case_leaves_the_chat_without_one(service: Service) -> None:
    said = talk(service, "gait", "/close", "/close transferred", "gait", "/cases", "/triage")
    assert "Case closed" in said
    assert "No case is open here" in said
    assert said.count("Which cord signs are new?") == 2


def test_a_waiting_case_is_taken_up_again(service: Service) -> None:
    said = talk(service)
    stated: dict[str, Value] = {"cord_signs": ["gait"], "cancer": "known", "mri": "not_done"}
    for question, _, value in script(stated, "", lambda: asked(service, CHAT)):
        said = talk(service, typed(question, value))
    assert "This case is waiting for the MRI" in said
    assert "Does the MRI show a lesion?" in talk(service, "done")


def test_a_reminder_comes_with_the_next_line_and_once(service: Service, clock: Clock) -> None:
    talk(service, "gait")
    clock.pass_by(hours=9)
    said = talk(service, "/card", "/card")
    assert said.count("== KES-42 · Reminder ==") == 1
    assert said.index("Reminder") < said.index("Do now:")
    assert "  /scanned  MRI done\n  /snooze mri  Snooze 30 min\n  /resume KES-42  Open case" in said
    assert "reminded again at 21:30" in talk(service, "/snooze mri")


def test_the_hand_over_is_plain_text_in_a_pipe(service: Service) -> None:
    said = talk(service, "gait", "/requested", "/sbar")
    assert "Patient: ____________________\nNumber: ____________________\n\nS – Situation" in said
    assert "- 12:00 MRI requested" in said


def test_the_hand_over_has_no_frame_that_would_be_copied_along(service: Service) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Screen()
    Terminal(service, io.StringIO("gait\n/sbar\n"), out).run()
    lines = out.getvalue().split("\n")
    assert "S – Situation" in lines and "Patient: ____________________" in lines


def test_a_plain_reader_gets_no_escape_sequences(service: Service) -> None:
    assert "\x1b" not in talk(service, "gait", "/plan all")


def test_a_terminal_gets_frames_and_leaves_with_status_0(tmp_path: Path) -> None:
    screen, keyboard = pty.openpty()
    process = _chat(tmp_path, stdin=keyboard, stdout=keyboard)
    os.close(keyboard)
    said = _read_until(screen, b"> ")
    os.write(screen, b"1\n")
    said += _read_until(screen, b"> ", after=b"EMERGENCY")
    os.write(screen, b"/quit\n")
    assert process.wait(10) == 0
    os.close(screen)
    assert "╭".encode() in said
    assert b"\x1b[" in said


def test_a_pipe_is_read_to_its_end_and_left_with_status_0(tmp_path: Path) -> None:
    process = _chat(tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    said, wrong = process.communicate(b"none\nnone\n", timeout=20)
    assert (process.returncode, wrong) == (0, b"")
    assert ask("radicular_pain").encode() in said


@pytest.mark.slow
def test_after_a_kill_at_any_moment_the_case_goes_on_at_the_same_question(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    for _ in range(6):
        process = _chat(tmp_path, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert process.stdin is not None
        for line in (b"none\n", b"none\n", b"unilateral\n", b"/back\n", b"none\n", b"yes\n"):
            process.stdin.write(line)
            process.stdin.flush()
        time.sleep(chance.uniform(0.3, 0.9))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()

        store = SqliteStore(tmp_path / "cordcall.db")
        kept = store.cases.active(CHAT)
        store.close()
        if kept is None:
            continue
        process = _chat(tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said, wrong = process.communicate(b"/edit\n/triage\n", timeout=20)
        assert (process.returncode, wrong) == (0, b"")
        first = said.decode().partition("\n> ")[0]
        assert kept.code in first
        assert words_of(FLOW, kept.revisiting or kept.position).ask in first
        for number, key in enumerate(kept.latest, 1):
            assert f"{number}. {words_of(FLOW, key).label}: " in said.decode()


def _chat(folder: Path, *, stdin: int, stdout: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "80"}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        cwd=folder,
        env=environment,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE if stdout == subprocess.PIPE else subprocess.DEVNULL,
    )


def _read_until(screen: int, mark: bytes, after: bytes = b"") -> bytes:
    said = b""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if after in said and said.rstrip(b" ").endswith(mark.rstrip()):
            return said
        if select.select([screen], [], [], 0.2)[0]:
            said += os.read(screen, 65536)
    raise AssertionError(said.decode(errors="replace"))
