"""Reads typed lines, each awaited for a limited time."""

import codecs
import io
import os
import select
from typing import Final, TextIO

AT_ONCE: Final = 65_536


class TypedInput:
    """The lines of a terminal, a pipe or a file, which nothing else may read meanwhile.

    For a stream in memory, every line is awaited without limit.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._descriptor = _descriptor(stream)
        decoder = codecs.getincrementaldecoder(stream.encoding or "utf-8")("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._unread = ""
        self._held = ""
        self._ended = False

    def next(self, wait_s: float) -> str | None:
        """Return the next line without its end, or None at the end of the input.

        Raises TimeoutError if none came within `wait_s` seconds.
        """
        if self._descriptor is None:
            line = self._stream.readline()
            return line.removesuffix("\n") if line else None
        while "\n" not in self._unread and not self._ended:
            if not select.select([self._descriptor], [], [], wait_s)[0]:
                raise TimeoutError
            read = os.read(self._descriptor, AT_ONCE)
            self._ended = not read
            self._unread += self._decoder.decode(read, final=self._ended)
        line, end, self._unread = self._unread.partition("\n")
        held, self._held = self._held, ""
        if not line and not end:
            return None
        return line if line.startswith("/") else held + line

    def hold(self) -> str:
        """Return what was typed on a terminal without Enter, to be shown again.

        The next line begins with it, unless a command is typed instead.
        """
        if self._descriptor is None or not os.isatty(self._descriptor):
            return ""
        self._unread += self._decoder.decode(_without_enter(self._descriptor))
        if "\n" in self._unread:
            return self._held
        self._held, self._unread = self._held + self._unread, ""
        return self._held


def _descriptor(stream: TextIO) -> int | None:
    """Return the file descriptor to wait at, None if there is none or it cannot be waited at."""
    try:
        return stream.fileno()
    except OSError:
        return None


def _without_enter(terminal: int) -> bytes:
    """Take from a terminal the beginning of a line, which it keeps until Enter."""
    import termios

    usual = termios.tcgetattr(terminal)
    control = [*usual[6]]
    control[termios.VMIN], control[termios.VTIME] = 0, 0
    at_once = [*usual[:3], usual[3] & ~termios.ICANON, *usual[4:6], control]
    termios.tcsetattr(terminal, termios.TCSANOW, at_once)
    try:
        return os.read(terminal, AT_ONCE)
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, usual)
