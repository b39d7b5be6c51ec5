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
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.adapters import terminal
from bot.adapters.terminal import IN_VIEW, Terminal
from bot.adapters.terminal_look import draw
from bot.adapters.terminal_place import CHAT, WHO
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.incoming import Command, Incoming
from bot.screens.question import draw_question
from bot.screens.screen import Screen, text
from bot.service.service import Service
from state.records import Value
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.conftest import Clock, OpenStore
from tests.dialogue import AFTER_A_SIGN, AFTER_NO_SIGN, ask, asked, script, typed

ROOT = Path(__file__).parents[2]


class Tty(io.StringIO):
    """A stream in memory that is drawn on like a terminal."""

    def isatty(self) -> bool:
        return True


def talk(service: Service, *lines: str) -> str:
    out = io.StringIO()
    Terminal(service, io.StringIO("".join(f"{line}\n" for line in lines)), out).run()
    return re.sub(r"\b[KLMNRSVZ][AEO][KLMNRSVZ]-\d{2,3}\b", "KES-42", out.getvalue())


def test_the_first_screen_comes_at_once(service: Service) -> None:
    assert talk(service).startswith("== KES-42 · Cord signs ==\nWhich cord signs are new?")


def test_a_sign_answers_an_emergency_in_one_line(service: Service) -> None:
    said = talk(service, "1,3")
    assert "== EMERGENCY · MRI by Mon 00:00 (in 12 h) · KES-42 ==\n- Dexamethasone: " in said
    assert said.index("- Call now: ") < said.index(ask(AFTER_A_SIGN))


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
        ("/help", "In a case: /cases "),
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
        ("/resume", "Cases"),
        ("/resume NEM-99", "no such case"),
        ("/earlier", "when was that?"),
        ("/earlier 2 h ago", "Noted"),
        ("/cancel", "Close KES-42?"),
        ("/privacy", "30 days"),
        ("/nonsense", "No such command"),
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
    assert "Waiting for the MRI: continue here when it is done." in said
    assert "Does the MRI show a lesion?" in talk(service, "done")


def test_a_reminder_comes_with_the_next_line_and_once(service: Service, clock: Clock) -> None:
    talk(service, "gait")
    clock.pass_by(hours=9)
    said = talk(service, "/card", "/card")
    assert said.count("== EMERGENCY · MRI by Mon 00:00 (in 3 h) · KES-42 ==\nReminder: ") == 1
    assert said.index("Reminder") < said.index("Do now:")
    assert "  /scanned  MRI done\n  /snooze mri  Snooze 30 min\n" in said
    assert "reminded again at 21:30" in talk(service, "/snooze mri")


def test_the_reminder_of_a_case_that_cannot_be_read_ends_nothing(
    service: Service, store: Store, clock: Clock
) -> None:
    talk(service, "gait")
    broken = store.cases.active_code(CHAT)
    talk(service, "/triage", "gait")
    with store.turn():
        store.database.execute("UPDATE answers SET value = '{' WHERE code = ?", (broken,))
    clock.pass_by(hours=9)
    assert talk(service, "/card").count("Reminder: ") == 1


def test_the_hand_over_is_plain_text_in_a_pipe(service: Service) -> None:
    said = talk(service, "gait", "/requested", "/sbar")
    assert "Patient: ____________________\nNumber: ____________________\n\nS – Situation" in said
    assert "- 12:00 MRI requested" in said


def test_the_hand_over_has_no_frame_that_would_be_copied_along(service: Service) -> None:
    out = Tty()
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


COLOUR = re.compile(r"\x1b\[[0-9;]*m")
URGENCY = re.compile(r"^== EMERGENCY · MRI by .* · KES-42 ==$", re.MULTILINE)


def prompts(said: str) -> list[str]:
    """Split what was shown into what stands above each prompt."""
    return said.split("\n> ")[:-1]


@pytest.mark.parametrize(
    ("line", "repeated"),
    [
        ("no", False),
        ("perhaps", False),
        ("/plan", False),
        ("/card", False),
        ("/edit", False),
        ("/back", False),
        ("/resume KES-42", False),
        ("/help", True),
        ("/nonsense", True),
        ("/resume", True),
        ("/plan all", True),
        ("/sbar", True),
    ],
)
def test_the_urgency_stands_above_every_prompt_once(
    service: Service, line: str, repeated: bool
) -> None:
    with patch("bot.turn.new_codes", lambda: iter(["KES-42"])):
        before, *after = prompts(talk(service, "gait", "/drug prolia", line, "/version"))
    assert not URGENCY.search(before)
    for shown in after:
        near = shown.split("\n")[-IN_VIEW - 2 :]
        assert any(URGENCY.match(row) for row in near)
    assert bool(URGENCY.match(after[2].split("\n")[-1])) == repeated
    assert repeated or len(URGENCY.findall(after[2])) == 1


def test_no_urgency_without_a_case_that_has_one(service: Service) -> None:
    said = talk(service, "none", "none", "/triage", "gait", "/close transferred", "/help")
    assert URGENCY.search(said)
    assert not URGENCY.search("".join(prompts(said)[-2:]))
    assert not URGENCY.search("".join(prompts(said)[:4]))


def test_the_time_left_is_that_of_the_prompt(service: Service, clock: Clock) -> None:
    class Slow(io.StringIO):
        def readline(self, size: int = -1, /) -> str:
            clock.pass_by(hours=1)
            return super().readline(size)

    out = io.StringIO()
    Terminal(service, Slow("gait\n/help\n/help\n"), out).run()
    assert re.findall(r"\(in (.*?)\) · [A-Z-0-9]+ ==\n> ", out.getvalue())[-2:] == ["11 h", "10 h"]


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[31m1",
        "/\x1b[2Jx",
        "/help \x1b]0;x\x07",
        "/resume \x9b2J",
        "1\x1b[D2",
        "g\x08ait",
        "\u202e1",
    ],
)
def test_what_steers_a_terminal_is_neither_repeated_nor_an_answer(
    service: Service, line: str
) -> None:
    said = talk(service, line)
    assert not re.search(r"[^\n -~\u00a1-\u200a\u2010-\u2027\u2030-\uffff]", said)
    case = service.store.cases.active(CHAT)
    assert case is not None and not case.answers


def test_every_question_fits_the_screen_with_its_urgency(service: Service) -> None:
    talk(service, "gait")
    turn = service.begin(Incoming(CHAT, WHO, Command("look")))
    case = turn.load()
    assert case is not None
    for name, question in FLOW.questions.items():
        screen = draw_question(turn.view(case), f"{name}.1" if question.repeated else name)
        for out in (Tty(), io.StringIO()):
            drawn = draw(screen, out)
            assert len(drawn.rstrip().split("\n")) <= 24 - 3, name
            assert all(len(row) <= 80 for row in COLOUR.sub("", drawn).split("\n"))


def test_an_alert_is_framed_and_rings_on_a_terminal_alone() -> None:
    alert = Screen("notice", "KES-42", (text("Now."),), alert=True)
    silent = replace(alert, alert=False)
    assert draw(alert, Tty()).startswith("\a")
    assert "╭" in draw(alert, Tty())
    assert "\a" not in draw(silent, Tty()) + draw(alert, io.StringIO())


class Running:
    """A clock that runs, from a moment on, and counts how often it is read."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.began = time.monotonic()
        self.reads = 0

    def __call__(self) -> datetime:
        self.reads += 1
        return self.start + timedelta(seconds=time.monotonic() - self.began)


class Person(threading.Thread):
    """Types at a terminal while `Terminal` talks, and keeps what was seen."""

    def __init__(self, act: Callable[["Person"], None]) -> None:
        super().__init__()
        self.screen, self.keyboard = pty.openpty()
        self._act = act
        self.saw = b""
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            self._act(self)
        except BaseException as error:
            self.failed = error
        os.write(self.screen, b"\n/quit\n")
        while b"/quit" not in self.saw:
            self.saw += os.read(self.screen, 65536)

    def types(self, given: bytes) -> None:
        os.write(self.screen, given)

    def sees(self, mark: bytes, after: bytes = b"") -> None:
        self.saw += _read_until(self.screen, mark, after)

    def talks_to(self, service: Service) -> None:
        with (
            open(self.keyboard, encoding="utf-8", closefd=False) as lines,
            open(self.keyboard, "w", encoding="utf-8", closefd=False) as out,
        ):
            self.start()
            Terminal(service, lines, out).run()
        self.join(20)
        os.close(self.keyboard)
        os.close(self.screen)
        if self.failed:
            raise self.failed


def _shortly_before_the_reminder(service: Service) -> tuple[Service, Running]:
    due = service.store.reminders.first(only=CHAT)
    assert due is not None
    clock = Running(due.due_at - timedelta(seconds=1))
    return replace(service, clock=clock), clock


def test_a_reminder_rings_while_nobody_types(service: Service) -> None:
    talk(service, "gait")
    later, clock = _shortly_before_the_reminder(service)

    def waits(person: Person) -> None:
        person.sees(b"> ", after=ask(AFTER_A_SIGN).encode())
        assert b"Reminder" not in person.saw
        reads = clock.reads
        person.sees(b"> ", after=b"Reminder")
        assert clock.reads - reads < 12

    person = Person(waits)
    person.talks_to(later)
    said = COLOUR.sub("", person.saw.decode())
    assert said.count("\a") == 1
    assert said.index("> ") < said.index("\a") < said.index("Reminder")
    after = said[said.index("Reminder") :]
    assert re.search(r"EMERGENCY · MRI by Mon 00:00 \(in 2 h 59 min\)", after)


def test_what_was_being_typed_when_it_rang_is_kept(service: Service) -> None:
    talk(service, "gait")
    later, _ = _shortly_before_the_reminder(service)

    def types_on(person: Person) -> None:
        person.sees(b"> ", after=ask(AFTER_A_SIGN).encode())
        person.types(b"n")
        person.sees(b"> n", after=b"Reminder")
        person.types(b"o\n")
        person.sees(b"> ", after=b"o\r\n")

    Person(types_on).talks_to(later)
    case = service.store.cases.active(CHAT)
    assert case is not None
    assert case.latest[AFTER_A_SIGN] is False


def test_nothing_is_locked_while_nobody_types(service: Service, open_again: OpenStore) -> None:
    talk(service, "gait")
    other = open_again()

    def others_write(person: Person) -> None:
        person.sees(b"> ", after=ask(AFTER_A_SIGN).encode())
        with other.turn():
            other.chats.keep_look_up("another", "sins")

    Person(others_write).talks_to(service)
    assert service.store.chats.look_up("another") == "sins"
    other.close()


def test_a_clock_that_is_set_is_noticed(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "LONGEST_WAIT_S", 0.1)
    talk(service, "gait")

    def sets_the_clock(person: Person) -> None:
        person.sees(b"> ", after=ask(AFTER_A_SIGN).encode())
        clock.pass_by(hours=9)
        person.sees(b"> ", after=b"Reminder")

    Person(sets_the_clock).talks_to(service)


def test_a_reminder_rings_into_a_pipe_without_a_bell(service: Service) -> None:
    talk(service, "gait")
    later, _ = _shortly_before_the_reminder(service)
    read_from, write_to = os.pipe()
    out = io.StringIO()

    def types_late() -> None:
        os.write(write_to, b"/he")
        time.sleep(1.5)
        os.write(write_to, b"lp\n")
        os.close(write_to)

    person = threading.Thread(target=types_late)
    person.start()
    with os.fdopen(read_from, encoding="utf-8") as lines:
        Terminal(later, lines, out).run()
    person.join()
    said = out.getvalue()
    assert "\a" not in said
    assert said.index("> \n") < said.index("Reminder: ") < said.index("> /help")


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


def test_a_name_is_left_out_of_a_line_and_refused_anywhere_else(service: Service) -> None:
    read = talk(service, "Mrs Sampleton, gait", "/calcium MRN 0098765 1.98 30")
    assert "Left out and not kept: a name.\n" in read
    assert "Left out and not kept: a patient's number.\n" in read
    assert "EMERGENCY" in read and "2.18" in read
    refused = talk(service, "Mrs Sampleton", "/called Mrs Sampleton")
    assert refused.count("Not read and not kept: it looks like a name.") == 1
    assert "The call was not noted" in refused
    assert "This case is known as KES-42" in refused and "deleted" not in refused


def test_out_of_use_nothing_is_worked_out_not_even_above_the_prompt(service: Service) -> None:
    talk(service, "1,3")
    setting = replace(service.setting, out_of_use="wrong dose")
    said = talk(replace(service, setting=setting), "no", "/card")
    why = "Do not use CordCall – call Spinal coordinator, 020 7946 0000. Reason: wrong dose."
    assert " ".join(said.split()).count(why) == 3
    assert "EMERGENCY ·" not in said and "MRI by" not in said


def test_out_of_use_no_case_is_taken_over_from_other_rules_at_the_start(service: Service) -> None:
    talk(service, "1,3")
    with service.store.turn():
        service.store.database.execute(  # type: ignore[attr-defined]
            "UPDATE cases SET ruleset = 'older', told = NULL"
        )
    closed = replace(service, setting=replace(service.setting, out_of_use="wrong dose"))
    out_of_use, back = talk(closed), talk(service)
    assert "Do not use CordCall" in out_of_use and "EMERGENCY" not in out_of_use
    assert "Changed: newer rules" in back and "EMERGENCY" in back
