"""Puts still WebP pictures together as an animated one: only the container, no codec."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

ANIMATED = 0x02  # the flag in VP8X
KEEP_BELOW = 0x02  # the flag in ANMF: lie over the frame before, without blending with it
PICTURES = (b"VP8 ", b"VP8L")


@dataclass(frozen=True, slots=True)
class Frame:
    """What changes: a still WebP at an even position, and for how many ms it is shown."""

    picture: bytes
    x: int
    y: int
    width: int
    height: int
    shown_ms: int


def animated_webp(frames: Iterable[Frame], width: int, height: int) -> bytes:
    """Return an endless animation. ValueError if a frame is no still WebP or at an odd position."""
    canvas = struct.pack("<B3x", ANIMATED) + _three(width - 1) + _three(height - 1)
    loop = struct.pack("<IH", 0xFFFFFFFF, 0)  # white behind it, without an end
    chunks = [_chunk(b"VP8X", canvas), _chunk(b"ANIM", loop)]
    chunks += (_chunk(b"ANMF", _frame(each)) for each in frames)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _frame(frame: Frame) -> bytes:
    if frame.x % 2 or frame.y % 2:
        raise ValueError(f"a frame at {frame.x}, {frame.y}: both must be even")
    place = map(_three, (frame.x // 2, frame.y // 2, frame.width - 1, frame.height - 1))
    head = b"".join(place) + _three(frame.shown_ms) + bytes((KEEP_BELOW,))
    return head + _picture(frame.picture)


def _picture(still: bytes) -> bytes:
    """Take the chunk with the pixels out of a still WebP."""
    if still[:4] != b"RIFF" or still[8:12] != b"WEBP":
        raise ValueError("a frame is not a WebP")
    at = 12
    while at < len(still):
        name, size = still[at : at + 4], struct.unpack_from("<I", still, at + 4)[0]
        end = at + 8 + size + size % 2
        if name in PICTURES:
            return still[at:end]
        at = end
    raise ValueError("a frame has no opaque picture in it")


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
