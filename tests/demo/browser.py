"""Chromium without a window, spoken to over the DevTools protocol: one tab, a phone's size."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from .small_png import small_png

Size = tuple[int, int]

SMALL, USUAL, LARGE = SIZES = ((320, 568), (360, 740), (412, 915))
SCALE = 2
ZONE = "Europe/London"
NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
    "--disable-lcd-text", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
    "--window-size=800,1000",
)  # fmt: skip
PIXELS = """async (address) => {
  const picture = await createImageBitmap(await (await fetch(address)).blob());
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  const pixels = pen.getImageData(0, 0, picture.width, picture.height).data;
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(new Blob([pixels]));
  });
}"""


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Phone:
    """One tab, as large as a phone's screen."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._size, self._scale = USUAL, float(SCALE)

    async def send(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while (answer := await self._socket.receive_json(timeout=20)).get("id") != number:
            pass
        return answer["result"]

    async def becomes_as_large_as(self, size: Size, scale: float = SCALE) -> None:
        """Take the width and height of a phone's screen in dp, with `scale` pixels to each."""
        self._size, self._scale = size, scale
        width, height = size
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=scale, mobile=True,
        )  # fmt: skip

    async def value(self, expression: str) -> Any:
        told = await self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in told:
            raise RuntimeError(f"{expression}: {told['exceptionDetails']}")
        return told["result"].get("value")

    async def becomes(self, expression: str, seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not await self.value(expression):
                await asyncio.sleep(0.05)

    async def picture(self, path: Path) -> None:
        """Write what the phone shows as a PNG."""
        shot = await self.send("Page.captureScreenshot", format="png")
        pixels = await self.value(f"({PIXELS})('data:image/png;base64,{shot['data']}')")
        data = base64.b64decode(pixels.partition(",")[2])
        width, height = (round(side * self._scale) for side in self._size)
        path.write_bytes(small_png(data, width, height))


@contextlib.asynccontextmanager
async def browser(program: str) -> AsyncIterator[Phone]:
    """Start Chromium with a new profile, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program, *SWITCHES, f"--user-data-dir={profile}", "about:blank",
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            port = await asyncio.wait_for(_port(process), 20)
            async with aiohttp.ClientSession() as client:
                async with client.get(f"http://127.0.0.1:{port}/json") as answer:
                    tabs = await answer.json()
                address = next(t["webSocketDebuggerUrl"] for t in tabs if t["type"] == "page")
                async with client.ws_connect(address, max_msg_size=0) as socket:
                    phone = Phone(socket)
                    await phone.becomes_as_large_as(USUAL)
                    await phone.send("Emulation.setTimezoneOverride", timezoneId=ZONE)
                    await phone.send("Emulation.setLocaleOverride", locale="en-GB")
                    yield phone
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()


async def _port(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    while line := await process.stderr.readline():
        if b"DevTools listening on" in line:
            return line.decode().split(":")[2].split("/")[0]
    raise RuntimeError("Chromium ended at its start")
