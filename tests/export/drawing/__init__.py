"""Programs in the place of the one that draws: quick, slow, or in some way at fault."""

import struct
import zlib

from bot.conversation.engine import Engine
from bot.export import __main__ as program
from bot.export.asked import kind_asked, read_asked
from bot.export.kinds import Drawn, stem_of


def png(width: int = 2, height: int = 1) -> bytes:
    """Return a white picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def draw(file: str, engine: Engine) -> Drawn:
    """Write down what would be drawn: the case, its level, its answers, and the moment."""
    view, kind = read_asked(file, engine), kind_asked(file)
    said = f"%PDF {view.case.code} {view.result.urgency.level} {dict(view.case.latest)} {view.now}"
    content = png() if kind.in_words else said.encode()
    shown = f"{view.case.code} in words" if kind.in_words else ""
    return Drawn(f"{stem_of(view)}.{kind.ending}", kind.media, content, shown)


def begin() -> None:
    """Answer as the program does, with what is drawn here."""
    program.draw_asked = draw
    program.main()
