"""No token and nothing that a user typed reaches a log, an error or a traceback."""

import asyncio
import errno
import gc
import io
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog

from bot import logs
from bot.__main__ import _warn_of_age
from bot.logic.assessment import REVIEWED_UNTIL
from bot.masks import MASK
from tests.botapi import TOKEN, BotApi
from tests.forked import Run, run

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Restore logging afterwards."""
    root, hook = logging.getLogger(), sys.excepthook
    others = sys.unraisablehook, threading.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    sys.unraisablehook, threading.excepthook = others
    logging.captureWarnings(False)
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_token_is_masked_in_every_kind_of_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("DEBUG")
    url = f"https://api.telegram.org/bot{TOKEN}/getMe"
    logging.getLogger("httpx").warning("HTTP Request: %s", url)
    logging.getLogger("telegram").error(url)
    structlog.get_logger().info("call", url=url, nested={"url": url})
    try:
        raise RuntimeError(url)
    except RuntimeError:
        logging.getLogger("any").exception("failed")
        structlog.get_logger().exception("failed")
    said = capsys.readouterr().err
    assert TOKEN.partition(":")[2] not in said
    assert said.count(MASK) >= 6


class FullDisk(io.StringIO):
    """A file on a full disk."""

    refused = 0

    def write(self, said: str) -> int:
        self.refused += 1
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    full = FullDisk()
    monkeypatch.setattr(sys, "stderr", full)
    logs.set_up("INFO")
    structlog.get_logger().error("the database cannot be used")
    logging.getLogger("telegram").error("failed")
    assert full.refused >= 2


def test_libraries_stay_quiet_below_a_warning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("DEBUG")
    logging.getLogger("httpx").info("HTTP Request: %s", TOKEN)
    logging.getLogger("telegram.Bot").debug("payload")
    assert capsys.readouterr().err == ""


def test_an_uncaught_error_shows_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("DEBUG")
    error = RuntimeError(f"bot{TOKEN}")
    sys.excepthook(RuntimeError, error, None)
    assert TOKEN not in capsys.readouterr().err


class Breaks:
    """An object that cannot be written, and fails when it is deleted."""

    def __str__(self) -> str:
        raise RuntimeError(TOKEN)

    def __del__(self) -> None:
        raise RuntimeError(TOKEN)


def _in_a_thread() -> None:
    thread = threading.Thread(target=_fails)
    thread.start()
    thread.join()


def _fails() -> None:
    raise RuntimeError(TOKEN)


def _warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(TOKEN, stacklevel=1)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_warns, MASK),
        (_in_a_thread, '"error": "RuntimeError"'),
        (lambda: Breaks() and None, '"an error that nobody caught"'),
        (lambda: logging.getLogger("aiohttp.server").error("%s", Breaks()), ""),
        (lambda: logging.getLogger("any").error("%s %s", TOKEN), ""),
        (lambda: structlog.get_logger().info("x", nested=[{"url": TOKEN}]), MASK),
        (lambda: structlog.get_logger().info("x", kept=SimpleNamespace(url=TOKEN)), MASK),
    ],
)
def test_nothing_goes_past_the_masks(
    capfd: pytest.CaptureFixture[str], happens: Callable[[], object], said: str
) -> None:
    logs.set_up("DEBUG")
    happens()
    gc.collect()
    written = "".join(capfd.readouterr())
    assert TOKEN.partition(":")[2] not in written
    assert said in written


def test_an_error_that_nobody_in_the_event_loop_caught_shows_its_type_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("INFO")

    async def fails() -> None:
        raise ValueError("what somebody typed")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(logs.note_failure)
        task = asyncio.create_task(fails())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(main())
    (line,) = "".join(capfd.readouterr()).splitlines()
    assert "what somebody typed" not in line
    assert '"error": "ValueError"' in line
    assert "test_logs.py:" in line


async def test_a_refused_token_ends_in_one_line_without_it(tmp_path: Path) -> None:
    wrong = "999:" + "A" * 35
    async with BotApi() as server:
        done = await asyncio.to_thread(_run, tmp_path, server.url, wrong, CORDCALL_ACCESS="open")
    errors = done.err
    assert (done.status, done.out) == (2, b"")
    assert "AAAA" not in errors
    assert errors.splitlines()[-1].startswith("cordcall: TELEGRAM_BOT_TOKEN: Telegram refuses it")


async def test_a_closed_error_stream_ends_nothing(tmp_path: Path) -> None:
    async with BotApi() as server:
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", 'exec "$0" -m bot run 2>&-', sys.executable, cwd=tmp_path,
            env={
                **os.environ, "PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": server.token,
                "TELEGRAM_API_URL": server.url, "CORDCALL_ACCESS": "open",
                "CORDCALL_PLAINTEXT": "accept",
            },
        )  # fmt: skip
        await server.until(lambda: server.calls.of("getMe") or process.returncode is not None)
        assert process.returncode is None
        process.terminate()
        assert await process.wait() == 0


def test_without_anybody_who_may_use_it_the_start_says_what_to_do(tmp_path: Path) -> None:
    status, said, errors = _run(tmp_path, "http://127.0.0.1:1", TOKEN)
    assert (status, said) == (2, b"")
    assert errors.startswith("cordcall: CORDCALL_OWNERS: not set")
    assert "CORDCALL_ACCESS=open" in errors
    assert len(errors.splitlines()) == 1


def test_without_a_key_the_start_says_what_to_do_and_makes_no_file(tmp_path: Path) -> None:
    status, said, errors = _run(
        tmp_path, "http://127.0.0.1:1", TOKEN, CORDCALL_ACCESS="open", CORDCALL_PLAINTEXT=""
    )
    assert (status, said) == (2, b"")
    last = errors.splitlines()[-1]
    assert last.startswith("cordcall: CORDCALL_KEY_FILE: not set, but Telegram's terms require")
    assert "`cordcall key new FILE`" in last and "CORDCALL_PLAINTEXT=accept" in last
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, "no token\n", b"\xff\xfe"])
def test_a_token_file_without_a_token_is_refused(
    tmp_path: Path, content: str | bytes | None
) -> None:
    file = tmp_path / "token"
    if isinstance(content, str):
        file.write_text(content)
    elif content is not None:
        file.write_bytes(content)
    status, _, errors = _run(tmp_path, "http://127.0.0.1:1", "", TELEGRAM_BOT_TOKEN_FILE=str(file))
    assert status == 2
    assert errors.startswith("cordcall: TELEGRAM_BOT_TOKEN_FILE: ")
    assert len(errors.splitlines()) == 1


def _run(folder: Path, url: str, token: str, **settings: str) -> Run:
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_URL": url,
        "CORDCALL_PLAINTEXT": "accept",
        **settings,
    }
    return run(folder, "run", **environment)


def test_the_log_warns_once_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    _warn_of_age(REVIEWED_UNTIL)
    assert capsys.readouterr().err == ""
    _warn_of_age(date(2027, 11, 27))
    (line,) = capsys.readouterr().err.splitlines()
    assert '"rules past their review"' in line
    assert '"reviewed_until": "2027-11-26"' in line
