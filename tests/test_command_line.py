"""The command itself: its output, its exit status, and what it never loads."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import _guarded
from bot.adapters.telegram.app import TokenRefused
from bot.adapters.telegram.health import HealthRefused
from bot.adapters.telegram.poller import SecondPoller
from bot.adapters.telegram.webhook import WebhookRefused
from bot.flows.lint import FlowError
from bot.guidance.texts import WordsError
from bot.refusal import Refusal, SettingsError
from state.store import StoreError
from tests import forked
from tests.forked import Run

REPOSITORY = Path(__file__).parent.parent
CASE = '{"cord_signs": ["gait"], "opened_at": "2026-11-22T08:00:00+05:30"}'
LIGHT = ("telegram", "sqlite_utils", "transitions", "rich", "bot.conversation.engine", "state")


def start(
    folder: Path, *words: str, stdout: int = subprocess.PIPE, **variables: str
) -> subprocess.Popen[bytes]:
    python, command = (words[:2], words[2:]) if words[0] == "-X" else ((), words)
    return subprocess.Popen(
        [sys.executable, *python, "-m", "bot", *command],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(REPOSITORY), **variables},
    )


def finish(process: subprocess.Popen[bytes], given: bytes = b"") -> Run:
    out, err = process.communicate(given, timeout=60)
    return Run(process.returncode, out, err.decode())


def run(folder: Path, *words: str, given: bytes = b"", **variables: str) -> Run:
    """Run the command in an interpreter of its own."""
    return finish(start(folder, *words, stdout=subprocess.PIPE, **variables), given)


def imported(done: Run) -> set[str]:
    timed = (line for line in done.err.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in timed}


def test_assess_answers_a_file_under_the_policy_of_the_environment_and_loads_little(
    tmp_path: Path,
) -> None:
    (tmp_path / "case.json").write_text(CASE, "utf-8")
    done = run(tmp_path, "-X", "importtime", "assess", "case.json", CORDCALL_POLICY="nice")
    assert done.status == 0
    answer = json.loads(done.out)
    assert answer["ruleset"]["policy"] == "nice"
    assert answer["urgency"]["due"] == "2026-11-23T08:00:00+05:30"
    assert "bot.guidance.answer_json" in imported(done)
    assert not imported(done) & set(LIGHT)
    assert [path.name for path in tmp_path.iterdir()] == ["case.json"]


def test_assess_answers_its_input_and_the_options_beat_the_environment(tmp_path: Path) -> None:
    lines = b'\xef\xbb\xbf{"cord_signs": ["gait"]}\r\n' + CASE.encode() + b"\r\n"
    done = run(
        tmp_path,
        *("assess", "-", "--policy", "strictest", "--now", "2026-11-22T12:00:00Z"),
        given=lines,
        CORDCALL_POLICY="nice",
    )
    assert (done.status, done.err) == (0, "")
    first, second = (json.loads(line) for line in done.out.decode().splitlines())
    assert first["ruleset"]["policy"] == second["ruleset"]["policy"] == "strictest"
    assert first["urgency"]["due"] == "2026-11-23T00:00:00+00:00"
    assert second["urgency"]["due"] == "2026-11-22T20:00:00+05:30"


def test_read_writes_a_json_line_for_each_line_and_loads_little(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_bytes(
        b"\xef\xbb\xbflegs weak 2/7, numb bum\r\n\r\nno fever, Zzyzx\n"
    )
    done = run(tmp_path, "-X", "importtime", "read", "lines.txt")
    assert done.status == 0
    assert [json.loads(line) for line in done.out.decode().splitlines()] == [
        {"fields": {"cord_signs": ["weakness", "saddle_anaesthesia"]}, "denied": [], "unread": 0},
        {"fields": {}, "denied": [], "unread": 0},
        {"fields": {}, "denied": ["infection_signs"], "unread": 1},
    ]
    assert not imported(done) & {*LIGHT, "bot.identifiers"}
    assert [path.name for path in tmp_path.iterdir()] == ["lines.txt"]


def test_read_counts_the_words_not_read(tmp_path: Path) -> None:
    given = b"legs weak zzyzx\nqwvtz numb bum zzyzx\n"
    done = run(tmp_path, "read", "--unread", "-", given=given)
    assert (done.status, done.out, done.err) == (0, b"2 zzyzx\n1 qwvtz\n", "")


@pytest.mark.parametrize("command", [(), ("read",), ("key", "new")], ids=" ".join)
def test_h_is_help(tmp_path: Path, command: tuple[str, ...]) -> None:
    short, long = (run(tmp_path, *command, option) for option in ("-h", "--help"))
    assert short == long
    assert short.status == 0 and b"Usage: cordcall" in short.out


def test_chat_talks_and_keeps_its_cases_without_loading_telegram(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        *("-X", "importtime", "chat"),
        given=b"gait\n/quit\n",
        CORDCALL_TIMEZONE="Europe/London",
    )
    assert done.status == 0
    assert b"EMERGENCY" in done.out
    assert "bot.adapters.terminal" in imported(done)
    packages = {name.partition(".")[0] for name in imported(done)}
    assert not packages & {"telegram", "psycopg", "psycopg_binary"}
    assert "state.postgres" not in imported(done)
    assert (tmp_path / "cordcall.db").is_file()


REFUSED = {
    "a moment without offset": (
        ("assess", "case.json", "--now", "2026-11-22T12:00:00"),
        'cordcall: --now: "2026-11-22T12:00:00" given; allowed: ISO 8601 with offset, '
        "such as 2026-11-22T12:00:00+00:00\n",
    ),
    "an unknown option": (("assess", "--colour", "case.json"), "cordcall: No such option: "),
    "an unknown command": (("operate",), "cordcall: No such command "),
    "no command of the key": (("key",), "cordcall: Missing command."),
    "no command of the audit": (("audit",), "cordcall: Missing command."),
    "a missing file": (
        ("assess", "nothing.json"),
        "cordcall: nothing.json: No such file or directory; "
        "allowed: a file that can be read, or -\n",
    ),
    "a folder": (("assess", "."), "cordcall: .: "),
    "bytes that are not UTF-8": (
        ("assess", "latin.json"),
        "cordcall: JSON: byte 13 is not UTF-8; allowed: UTF-8 text\n",
    ),
    "lines that are not UTF-8": (
        ("read", "latin.json"),
        "cordcall: lines: byte 13 is not UTF-8; allowed: UTF-8 text\n",
    ),
    "malformed JSON": (("assess", "malformed.json"), "cordcall: line 3: JSON: "),
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("refused")
    (folder / "case.json").write_text(CASE, "utf-8")
    (folder / "latin.json").write_bytes('{"primary": "\u00e9"}'.encode("latin-1"))
    (folder / "malformed.json").write_text(f"{CASE}\n{CASE}\n{{\n", "utf-8")
    return {name: forked.run(folder, *words) for name, (words, _) in REFUSED.items()}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_one_line_on_the_error_stream_and_status_2(
    refusals: dict[str, Run], name: str
) -> None:
    done = refusals[name]
    assert done.status == 2
    assert done.out == b""
    assert done.err.startswith(REFUSED[name][1])
    assert done.err.count("\n") == 1
    assert done.err.endswith("\n")


@pytest.mark.parametrize(
    "kind",
    [
        FlowError, HealthRefused, Refusal, SecondPoller, SettingsError, StoreError, TokenRefused,
        WebhookRefused, WordsError,
    ],
)  # fmt: skip
def test_what_ends_the_program_says_so_in_its_own_words(
    kind: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    def end() -> None:
        raise kind("COLOUR: 'mauve' given;\nallowed: red, blue")

    assert _guarded(end) == 2
    assert capsys.readouterr().err == "cordcall: COLOUR: 'mauve' given; allowed: red, blue\n"


def test_any_other_error_is_an_internal_one_and_shows_nothing_of_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        raise RuntimeError("what somebody typed")

    assert _guarded(fail) == 2
    assert capsys.readouterr().err == (
        "cordcall: internal error: RuntimeError; set CORDCALL_LOG_LEVEL=DEBUG to see where\n"
    )


def test_no_command_leaves_a_core_dump(tmp_path: Path) -> None:
    """Not even if the shell allows one, and Ctrl-\\ is pressed."""
    allowed, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    try:
        process = start(tmp_path, "chat")
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (allowed, most))
    assert process.stdout is not None
    process.stdout.readline()
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    process.send_signal(signal.SIGQUIT)
    finish(process)
    (core,) = (line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    assert not [each for each in tmp_path.iterdir() if each.name.startswith("core")]


def test_a_pipe_that_nobody_reads_leaves_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        process = start(tmp_path, "assess", stdout=writing)
    finally:
        os.close(writing)
    done = finish(process, CASE.encode())
    assert done.status != 0
    assert done.err == ""
