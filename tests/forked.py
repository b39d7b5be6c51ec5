"""Runs of the command in processes of their own, forked from one that has loaded it already.

A start from scratch spends nine tenths of its time on imports. Tests of what is imported, of a
stream that somebody closes or of a process that is killed start an interpreter of their own.
"""

import io
import os
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

PATIENCE_S: Final = 60
STREAMS: Final = (  # name, flags, mode, what is done about other encodings
    ("in", os.O_RDONLY, "rb", "surrogateescape"),
    ("out", os.O_WRONLY | os.O_CREAT, "wb", "surrogateescape"),
    ("err", os.O_WRONLY | os.O_CREAT, "wb", "backslashreplace"),
)
_FORKS: Final = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "bot.__main__", "bot.adapters.telegram.app", "bot.adapters.terminal",
        "bot.conversation.engine", "bot.doctor.checks", "bot.guidance.answer_json", "bot.settings",
        "state.sqlite.copies", "state.sqlite.store", "pytest", "tests.forked",
    ]
)  # fmt: skip


class Run(NamedTuple):
    """The result of one run of the command."""

    status: int
    out: bytes
    err: str


def run(folder: Path, *words: str, given: bytes = b"", **variables: str) -> Run:
    """Run the command in a folder, with this input and no other variables than these."""
    with TemporaryDirectory() as streams:
        Path(streams, "in").write_bytes(given)
        process = _FORKS.Process(target=_command, args=(folder, words, variables, streams))
        process.start()
        process.join(PATIENCE_S)
        process.kill()
        process.join()
        status = process.exitcode
        process.close()
        assert status is not None
        return Run(status, Path(streams, "out").read_bytes(), Path(streams, "err").read_text())


def _command(folder: Path, words: tuple[str, ...], variables: dict[str, str], streams: str) -> None:
    from bot.__main__ import main

    for number, (name, flags, mode, errors) in enumerate(STREAMS):
        opened = os.open(Path(streams, name), flags)
        os.dup2(opened, number)
        os.close(opened)
        stream = io.TextIOWrapper(open(number, mode, closefd=False), "utf-8", errors)  # noqa: SIM115
        setattr(sys, f"std{name}", stream)
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["cordcall", *words]
    main()
