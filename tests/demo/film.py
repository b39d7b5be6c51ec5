"""Films the phone: after each tap what has changed, as an animated WebP that Chromium encodes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

from .animated_webp import Frame, animated_webp
from .browser import Phone

QUALITY = 0.7
CHANGED = """async (address, quality) => {
  const picture = await createImageBitmap(await (await fetch(address)).blob());
  const { width, height } = picture;
  const sheet = new OffscreenCanvas(width, height), pen = sheet.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  const before = window.filmed?.length === pixels.length ? window.filmed : null;
  window.filmed = pixels;
  let left = width, top = height, right = 0, bottom = 0;
  for (let place = 0; place < pixels.length; place += 1) {
    if (before && before[place] === pixels[place]) continue;
    const x = place % width, y = (place - x) / width;
    left = Math.min(left, x); right = Math.max(right, x + 1);
    top = Math.min(top, y); bottom = Math.max(bottom, y + 1);
  }
  if (right === 0) return null;
  left -= left % 2; top -= top % 2;
  const part = new OffscreenCanvas(right - left, bottom - top);
  part.getContext("2d", { alpha: false }).drawImage(picture, -left, -top);
  const blob = await part.convertToBlob({ type: "image/webp", quality });
  const data = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
  return { left, top, width: right - left, height: bottom - top, data, whole: [width, height] };
}"""
TOUCH = """(label) => {
  const [, { node }] = withButton(label);
  const pressed = [...node.querySelectorAll(".row button")]
    .find((button) => button.textContent === label).getBoundingClientRect();
  const dot = element("div");
  dot.id = "touch";
  dot.style.cssText = `position:fixed;width:40px;height:40px;border-radius:50%;z-index:9;`
    + `background:rgb(20 30 40 / .35);border:2px solid #fff;`
    + `left:${pressed.left + pressed.width / 2 - 20}px;`
    + `top:${pressed.top + pressed.height / 2 - 20}px`;
  document.body.append(dot);
}"""


class Film:
    """Frames of one phone, in order."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._frames: list[Frame] = []
        self._whole = (0, 0)

    async def keeps(self, shown_ms: int) -> None:
        """Add what has changed since the last frame; nothing if nothing has."""
        shot = await self._phone.send("Page.captureScreenshot", format="png")
        address = f"data:image/png;base64,{shot['data']}"
        told = await self._phone.value(f"({CHANGED})('{address}', {QUALITY})")
        if told is None:
            return
        self._whole = (told["whole"][0], told["whole"][1])
        picture = base64.b64decode(told["data"].partition(",")[2])
        place = (told["left"], told["top"], told["width"], told["height"])
        self._frames.append(Frame(picture, *place, shown_ms))

    async def touches(self, label: str, shown_ms: int) -> None:
        """Add a frame in which a finger is on a button."""
        await self._phone.value(f"({TOUCH})({json.dumps(label)})")
        await self.keeps(shown_ms)
        await self._phone.value("byId('touch').remove()")

    def holds(self, shown_ms: int) -> None:
        """Show the last frame for longer."""
        self._frames[-1] = replace(self._frames[-1], shown_ms=shown_ms)

    def write(self, path: Path) -> None:
        path.write_bytes(animated_webp(self._frames, *self._whole))
