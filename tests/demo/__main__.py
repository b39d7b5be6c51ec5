"""CordCall on a phone in the browser, without Telegram; or the pictures of it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

ABOUT = "CordCall on a phone in the browser, without Telegram, until Ctrl-C."
SCREENS = Path("docs", "screens")
LOOPBACK = "127.0.0.1"
OPEN_TO_ALL = (
    "WARNING: anyone who reaches {host} can read and use this, in anybody's name: "
    "no real patient, and Ctrl-C when you are done.\n"
    "On a phone in the same network: this machine's address, then "
    ":{port}/phone?user=1001&name=Doctor"
)


async def demonstrate(port: int, host: str) -> int:
    """Run both until a signal; the exit status is the bot's."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    from .running import BotEnded, running

    try:
        async with running(port, host) as demo:
            await demo.first_of(demo.ready(), stop.wait())
            if not stop.is_set():
                print(f"The phone: {demo.phone()}", flush=True)
                print(f"Three people in a group: {demo.team()}", flush=True)
                if host != LOOPBACK:
                    print(OPEN_TO_ALL.format(host=host, port=demo.port), flush=True)
                print(
                    "Tap Start on the phone. Ctrl-C here ends the server and the bot.", flush=True
                )
                await demo.first_of(stop.wait())
            return await demo.end()
    except BotEnded as ended:
        return _complain(f"demo: {ended}", ended.status or 1)
    except OSError as error:
        return _complain(f"demo: {host}: {error.strerror or 'the bot did not come up in time'}", 2)


def _complain(line: str, status: int) -> int:
    print(line, file=sys.stderr)
    return status


def draw() -> int:
    from .browser import find_browser
    from .scenes import draw_screens

    program = find_browser()
    if program is None:
        return _complain("screens: Chromium is missing: apt-get install chromium", 2)
    for path in asyncio.run(draw_screens(program, SCREENS)):
        print(f"{path}  {path.stat().st_size // 1000} kB")
    return 0


def measure(only: str) -> int:
    """Measure the walk; of everything, the table is written too."""
    from .browser import find_browser
    from .heights import PAGE, survey

    program = find_browser()
    if program is None:
        return _complain("measure: Chromium is missing: apt-get install chromium", 2)
    found = asyncio.run(survey(program, only))
    if only:
        print(found.table())
    else:
        PAGE.write_text(found.table(), "utf-8")
        print(f"{PAGE}  {len(found.seen)} screens in {found.turns} turns")
    print("\n".join(found.faults()))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=ABOUT)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument(
        "--host", default=LOOPBACK, metavar="ADDRESS",
        help="listen on another address of this machine, such as 0.0.0.0 for all of them",
    )  # fmt: skip
    parser.add_argument(
        "--screens",
        action="store_true",
        help=f"play the scenes, one of a group and a film into {SCREENS}, and end",
    )
    parser.add_argument(
        "--measure", nargs="?", const="", metavar="NAME",
        help="measure every screen of a walk, or those with NAME in theirs, and list the faults",
    )  # fmt: skip
    given = parser.parse_args()
    if given.measure is not None:
        return measure(given.measure)
    return draw() if given.screens else asyncio.run(demonstrate(given.port, given.host))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
