"""Measures calls a second: python -m tests.botapi_selftest.speed [--seconds 5]; no test.

The server runs in a process and on a core of its own; the load comes over kept-alive connections.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from urllib.parse import urlencode

from tests.botapi import TOKEN

CONNECTIONS = 16
CHAT_ID = 1001


async def post(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    path: str,
    body: dict[str, object],
    as_form: bool = False,
) -> bytes:
    kind = "application/x-www-form-urlencoded" if as_form else "application/json"
    content = (urlencode(body) if as_form else json.dumps(body)).encode()
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n".encode()
        + content
    )
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)


async def measure(
    port: int, method: str, body: dict[str, object], seconds: float, as_form: bool
) -> float:
    calls = 0

    async def hammer() -> None:
        nonlocal calls
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            answer = await post(reader, writer, f"/bot{TOKEN}/{method}", body, as_form)
            if not answer.startswith(b'{"ok":true'):
                raise RuntimeError(answer.decode())
            calls += 1
        writer.close()

    start = time.perf_counter()
    end = start + seconds
    await asyncio.gather(*(hammer() for _ in range(CONNECTIONS)))
    return calls / (time.perf_counter() - start)


async def run(port: int, seconds: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await post(reader, writer, "/control/private_chat", {"user_id": CHAT_ID})
    keys = [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]
    card = "<b>Question 1 of 9</b>\nNew weakness in the legs? <i>Compare both sides.</i> &lt;MRC 4"
    plain: dict[str, object] = {"chat_id": CHAT_ID, "text": "Plain text without any markup"}
    marked: dict[str, object] = {
        "chat_id": CHAT_ID,
        "text": card,
        "parse_mode": "HTML",
        "reply_markup": json.dumps({"inline_keyboard": keys}),
    }
    typing: dict[str, object] = {"chat_id": CHAT_ID, "action": "typing"}
    for label, method, body, as_form in (
        ("getMe", "getMe", {}, False),
        ("sendChatAction", "sendChatAction", typing, False),
        ("sendMessage", "sendMessage", plain, False),
        ("sendMessage, form", "sendMessage", plain, True),
        ("sendMessage, HTML and keyboard", "sendMessage", marked, False),
        ("the same, form", "sendMessage", marked, True),
    ):
        rate = await measure(port, method, body, seconds, as_form)
        print(f"{label:32} {rate:8.0f} calls/s", flush=True)
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.botapi", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            os.sched_setaffinity(server.pid, {cores[0]})
            os.sched_setaffinity(0, {cores[1]})
        assert server.stdout
        port = int(server.stdout.readline().split()[0].rpartition(":")[2])
        asyncio.run(run(port, seconds))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
