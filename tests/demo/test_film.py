"""The animated WebP: its container, and that a browser plays what Chromium's pictures make."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import pytest

from tests.botapi import BotApi

from .animated_webp import Frame, animated_webp
from .browser import USUAL, browser, find_browser
from .film import Film

BROWSER = find_browser()
PIXELS = b"VP8L" + struct.pack("<I", 3) + b"abc\0"
STILL = b"RIFF" + struct.pack("<I", 4 + len(PIXELS)) + b"WEBP" + PIXELS
PLAYED = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const decoder = new ImageDecoder({ data: bytes, type: "image/webp" });
  await decoder.tracks.ready;
  const { frameCount, repetitionCount } = decoder.tracks.selectedTrack, frames = [];
  for (let frameIndex = 0; frameIndex < frameCount; frameIndex += 1) {
    const { image } = await decoder.decode({ frameIndex });
    frames.push([image.displayWidth, image.displayHeight, image.duration / 1000]);
  }
  return { frames, endless: repetitionCount === Infinity };
}"""


def test_the_container_says_where_and_how_long_each_frame_is_shown() -> None:
    made = animated_webp([Frame(STILL, 4, 6, 30, 20, 700)], 100, 50)
    assert made[:4] == b"RIFF"
    assert struct.unpack("<I", made[4:8])[0] == len(made) - 8
    assert made[12:20] == b"VP8X" + struct.pack("<I", 10)
    assert made[20:30] == bytes((2, 0, 0, 0, 99, 0, 0, 49, 0, 0))
    frame = made[made.index(b"ANMF") + 8 :]
    assert frame[:16] == bytes((2, 0, 0, 3, 0, 0, 29, 0, 0, 19, 0, 0, 188, 2, 0, 2))
    assert frame[16:] == PIXELS


@pytest.mark.parametrize(
    "frame",
    [Frame(STILL, 1, 0, 2, 2, 1), Frame(b"PNG", 0, 0, 2, 2, 1), Frame(STILL[:12], 0, 0, 2, 2, 1)],
    ids=["odd place", "no WebP", "no picture"],
)
def test_what_is_no_frame_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="a frame"):
        animated_webp([frame], 10, 10)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
async def test_a_browser_plays_a_film_of_what_changed(tmp_path: Path) -> None:
    assert BROWSER
    async with BotApi() as api, browser(BROWSER) as phone:
        await phone.becomes_as_large_as(USUAL, 1)
        await phone.send("Page.navigate", url=f"{api.url}/phone?alone")
        await phone.becomes("typeof measure === 'function'")
        film = Film(phone)
        await film.keeps(500)
        await film.keeps(900)
        await phone.value("toast('Noted')")
        await film.keeps(700)
        film.holds(1200)
        film.write(tmp_path / "film.webp")
        data = base64.b64encode((tmp_path / "film.webp").read_bytes()).decode()
        played = await phone.value(f"({PLAYED})('{data}')")
    assert played == {"frames": [[360, 740, 500], [360, 740, 1200]], "endless": True}
