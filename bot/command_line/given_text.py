"""The text that a command is given: a file, or - for the input."""

import sys
from pathlib import Path

from bot.refusal import Refusal


def text_of(file: str, what: str) -> str:
    """Read a file as UTF-8.

    Raises Refusal if it cannot be read, or is not UTF-8; `what` names it there, such as JSON.
    """
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refusal(f"{file}: {reason}; allowed: a file that can be read, or -") from None
    except UnicodeDecodeError as error:
        raise Refusal(f"{what}: byte {error.start} is not UTF-8; allowed: UTF-8 text") from None
