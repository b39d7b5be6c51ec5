"""Typed lines from a pipe, a file and a terminal, awaited for a limited time."""

import io
import os
import pty
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.typed_input import TypedInput

AT_ONCE_S = 0.0
SOON_S = 5.0


class Typist:
    """Writes bytes into what a `TypedInput` reads."""

    def __init__(self, write_to: int, read_from: int) -> None:
        self._to = write_to
        self._stream = os.fdopen(read_from, encoding="utf-8")
        self.input = TypedInput(self._stream)

    def types(self, given: bytes) -> None:
        os.write(self._to, given)
        time.sleep(0.05)

    def leaves(self) -> None:
        os.close(self._to)

    def close(self) -> None:
        self._stream.close()


@pytest.fixture
def pipe() -> Iterator[Typist]:
    read_from, write_to = os.pipe()
    typist = Typist(write_to, read_from)
    yield typist
    typist.close()


@pytest.fixture
def terminal() -> Iterator[Typist]:
    screen, keyboard = pty.openpty()
    typist = Typist(screen, keyboard)
    yield typist
    typist.close()
    os.close(screen)


def test_lines_that_come_together_are_returned_one_by_one(pipe: Typist) -> None:
    pipe.types(b"1,3\r\n\nlast")
    pipe.leaves()
    assert [pipe.input.next(AT_ONCE_S) for _ in range(4)] == ["1,3", "", "last", None]


def test_a_line_is_not_awaited_longer_than_asked(pipe: Typist) -> None:
    pipe.types(b"weak")
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        pipe.input.next(0.2)
    assert 0.2 <= time.monotonic() - began < SOON_S
    pipe.types(b"ness\n")
    assert pipe.input.next(AT_ONCE_S) == "weakness"
    pipe.leaves()


def test_a_letter_may_come_in_two_parts(pipe: Typist) -> None:
    pipe.types("é".encode()[:1])
    with pytest.raises(TimeoutError):
        pipe.input.next(AT_ONCE_S)
    pipe.types("é".encode()[1:] + b"\xff\n")
    assert pipe.input.next(AT_ONCE_S) == "é\ufffd"
    pipe.leaves()


def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("gait\n/plan", "utf-8")
    with path.open(encoding="utf-8") as stream:
        typed = TypedInput(stream)
        assert [typed.next(AT_ONCE_S) for _ in range(3)] == ["gait", "/plan", None]
        assert typed.hold() == ""


def test_a_stream_in_memory_is_read_like_a_file() -> None:
    typed = TypedInput(io.StringIO("gait\n\n"))
    assert [typed.next(AT_ONCE_S) for _ in range(3)] == ["gait", "", None]
    assert typed.hold() == ""


def test_what_was_held_begins_the_next_line(terminal: Typist) -> None:
    terminal.types(b"1,")
    with pytest.raises(TimeoutError):
        terminal.input.next(AT_ONCE_S)
    assert terminal.input.hold() == "1,"
    terminal.types(b"3x\x7f")
    assert terminal.input.hold() == "1,3"
    terminal.types(b"\n2\n")
    assert terminal.input.next(SOON_S) == "1,3"
    assert terminal.input.next(SOON_S) == "2"


def test_a_command_is_typed_in_place_of_what_was_held(terminal: Typist) -> None:
    terminal.types(b"1")
    assert terminal.input.hold() == "1"
    terminal.types(b"/scanned\n")
    assert terminal.input.next(SOON_S) == "/scanned"
    terminal.types(b"2\n")
    assert terminal.input.next(SOON_S) == "2"


def test_what_was_held_is_no_answer_without_enter(terminal: Typist) -> None:
    terminal.types(b"1")
    assert terminal.input.hold() == "1"
    terminal.types(b"\x04")
    assert terminal.input.next(SOON_S) is None
