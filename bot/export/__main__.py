"""Draws files apart from the program: what was asked comes in line by line, files go out.

It has neither the token nor the key nor the database, and ends with whoever started it.
"""

import json
import os
import sys
from contextlib import suppress
from datetime import UTC
from typing import Final

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.asked import draw_asked
from bot.flows.triage import FLOW

NICENESS: Final = 10


def main() -> None:
    """Answer each line with a line about the file, and the file."""
    with suppress(OSError):  # a service may not be allowed to
        os.nice(NICENESS)
    engine = Engine(FlowMachine(FLOW), "stepwise", UTC)
    for line in sys.stdin.buffer:
        about, content = _draw(line.decode().rstrip("\n"), engine)
        sys.stdout.buffer.write(f"{json.dumps({**about, 'size': len(content)})}\n".encode())
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _draw(asked: str, engine: Engine) -> tuple[dict[str, str], bytes]:
    """Draw what was asked; if that fails, only say what kind of error it was."""
    try:
        drawn = draw_asked(asked, engine)
    except Exception as error:
        return {"error": type(error).__name__}, b""
    about = {"name": drawn.name, "media": drawn.media, "in_words": drawn.in_words}
    return about, drawn.content


if __name__ == "__main__":
    main()
