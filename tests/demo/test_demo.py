"""The demonstration as a person starts it: a command, a phone, Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import aiohttp
import pytest

from bot.flows.triage import FLOW
from bot.flows.wording import words_of

from .browser import browser, find_browser
from .running import ROOT

BROWSER = find_browser()
SECONDS_TO_END = 5.0
TOO_SOON = 1.0  # seconds after a message in which a tap is taken for a slip
FIRST_QUESTION = words_of(FLOW, "cord_signs").ask


class Started:
    """A running demonstration; the bot writes to the same standard error."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.demo", *options], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.phone = self.next_line().removeprefix("The phone: ")
        self.team = self.next_line().removeprefix("Three people in a group: ")

    def next_line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def interrupt(self) -> tuple[int, str]:
        """Return the status and standard error, which both processes have closed."""
        self._process.send_signal(signal.SIGINT)
        _, said = self._process.communicate(timeout=SECONDS_TO_END)
        return self._process.returncode, said

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=SECONDS_TO_END)


NEW_CASE = (
    "[...document.querySelectorAll('#chat button')].find(each => each.textContent === 'New case')"
)


@pytest.fixture
def demo() -> Iterator[Started]:
    started = Started()
    yield started
    started.close()


async def test_the_page_answers_and_ctrl_c_ends_both_cleanly(demo: Started) -> None:
    assert demo.phone.startswith("http://127.0.0.1:")
    async with aiohttp.ClientSession() as client, client.get(demo.phone) as answer:
        assert answer.status == 200
        assert "<title>Phone</title>" in await answer.text()
    begun = time.monotonic()
    status, said = demo.interrupt()
    assert status == 0
    assert "Traceback" not in said
    assert time.monotonic() - begun < SECONDS_TO_END


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
async def test_three_people_share_a_group_and_have_their_own_chats(demo: Started) -> None:
    assert BROWSER
    private = "people[1].frames.private.contentDocument.querySelector('{}')"
    async with browser(BROWSER) as page:
        await page.becomes_as_large_as((1200, 1000), 1)
        await page.send("Page.navigate", url=demo.team)
        await page.becomes("typeof people === 'object' && document.readyState === 'complete'")
        await page.becomes(f"{private.format('#start')}.offsetHeight >= 40")
        await page.value("people[0].frames.group.contentWindow.say('/triage@cordcall_demo_bot')")
        await page.becomes(
            "people[2].frames.group.contentDocument.querySelector('#chat')"
            f".textContent.includes({FIRST_QUESTION!r})"
        )
        await page.value(f"{private.format('#start')}.click()")
        await page.becomes(f"{private.format('#chat')}.textContent.includes('New case')")


@pytest.mark.slow
async def test_another_address_is_used_with_a_warning() -> None:
    started = Started("--host", "127.0.0.2")
    try:
        assert started.phone.startswith("http://127.0.0.2:")
        assert started.next_line().startswith("WARNING: anyone who reaches 127.0.0.2 can")
        async with aiohttp.ClientSession() as client, client.get(started.phone) as answer:
            assert answer.status == 200
    finally:
        started.close()


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
async def test_the_phone_offers_a_new_case_after_start_and_asks_its_first_question(
    demo: Started,
) -> None:
    assert BROWSER
    async with browser(BROWSER) as phone:
        await phone.send("Page.navigate", url=demo.phone)
        await phone.becomes("document.querySelector('#start')?.offsetHeight >= 40")
        await phone.value("document.querySelector('#start').click()")
        await phone.becomes(f"{NEW_CASE} !== undefined")
        await asyncio.sleep(TOO_SOON)
        await phone.value(f"{NEW_CASE}.click()")
        await phone.becomes(
            f"document.querySelector('#chat').textContent.includes({FIRST_QUESTION!r})"
        )
        await phone.becomes("document.querySelector('#start').offsetHeight === 0")
    status, said = demo.interrupt()
    assert (status, "Traceback" in said) == (0, False)
