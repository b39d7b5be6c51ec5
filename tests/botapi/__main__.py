"""Starts the server alone: python -m tests.botapi --port 8081 --token 123:abc."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from .api import TOKEN, BotApi


async def serve(api: BotApi) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with api:
        print(f"{api.url} - phone: {api.url}/phone?user=1001&name=Doctor", flush=True)
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every call")
    parser.add_argument("--record", type=int, default=10_000, help="how many calls to keep")
    given = parser.parse_args()
    api = BotApi(given.token, given.port, record=given.record)
    api.latency = given.latency
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(api))


if __name__ == "__main__":
    main()
