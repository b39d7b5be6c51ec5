"""The phone page in a real browser, where one is installed."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardMarkup
from telegram import InlineKeyboardButton as Button

from tests.botapi import BotApi

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")

CARD = (
    "<b>Emergency</b> · KES-42\nMRI of the <i>whole spine</i> within <b>12 h</b>: by "
    '<tg-time unix="1790000000" format="wdt">Mon 21 Sep, 14:13</tg-time>.\n'
    "<blockquote expandable>Why: new weakness\nand a sensory level\nand a known tumour\n"
    "and one line more</blockquote>\n<pre>S: new weakness\nB: known tumour</pre>\n"
    "More with /sources"
)


class Page:
    """One tab, spoken to over the DevTools protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)

    async def send(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while (answer := await self._socket.receive_json(timeout=20)).get("id") != number:
            pass
        return answer["result"]

    async def value(self, expression: str) -> Any:
        told = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def becomes(self, expression: str) -> None:
        for _ in range(100):
            if await self.value(expression):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never true: {expression}")


@pytest.fixture
async def page(api: BotApi) -> AsyncIterator[Page]:
    assert BROWSER
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = await asyncio.create_subprocess_exec(
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-dev-shm-usage", "--remote-debugging-port=0", "--lang=en-GB",
            "--window-size=390,844", f"--user-data-dir={profile}", "about:blank",
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert browser.stderr
        line = b""
        while b"DevTools listening on" not in line:
            line = await asyncio.wait_for(browser.stderr.readline(), 20)
        port = line.decode().split(":")[2].split("/")[0]
        async with aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{port}/json") as answer:
                tabs = await answer.json()
            address = next(t["webSocketDebuggerUrl"] for t in tabs if t["type"] == "page")
            async with client.ws_connect(address, max_msg_size=0) as socket:
                tab = Page(socket)
                await tab.send("Emulation.setDeviceMetricsOverride", width=390, height=844,
                               deviceScaleFactor=2, mobile=True)  # fmt: skip
                await tab.send("Page.navigate", url=f"{api.url}/phone?user=1001&name=Doctor")
                await tab.becomes("typeof measure === 'function' && revision >= 0")
                yield tab
        browser.terminate()
        await browser.wait()


async def test_a_person_plays_with_the_bot(api: BotApi, bot: Bot, page: Page) -> None:
    await bot.set_my_commands([("triage", "New case"), ("sources", "Where it comes from")])
    await page.becomes("document.querySelector('#who')?.textContent === 'you are Doctor'")
    await page.value("byId('input').value = '/triage'; byId('form').requestSubmit()")
    typed = await api.until(lambda: api.person_in(1001, 1001).messages)
    assert typed[0].text == "/triage"
    keyboard = InlineKeyboardMarkup(
        [
            [Button("Legs weak", callback_data="a", style="danger"),
             Button("Numb saddle", callback_data="b", style="danger")],
            [Button("None of these", callback_data="c", style="success")],
            [Button("Copy SBAR", copy_text=None, callback_data="d", style="primary"),
             Button("Back", callback_data="e"), Button("Cancel", callback_data="f")],
        ]
    )  # fmt: skip
    await bot.send_message(1001, CARD, parse_mode="HTML", reply_markup=keyboard)
    await page.becomes("document.querySelectorAll('.row button').length === 6")
    assert await page.value("document.querySelector('.bubble b').textContent") == "Emergency"
    assert await page.value("document.querySelector('time').textContent") != "Mon 21 Sep, 14:13"
    assert await page.value("document.querySelector('pre').textContent.startsWith('S:')")
    heights = await page.value("[...document.querySelectorAll('button')].map(b => b.offsetHeight)")
    assert min(height for height in heights if height) >= 40
    assert await page.value("document.documentElement.scrollWidth <= 390")
    folded = await page.value("document.querySelector('.fold').offsetHeight")
    await page.value("document.querySelector('.fold').click()")
    assert await page.value("document.querySelector('.fold').offsetHeight") > folded

    await page.value("document.querySelectorAll('.row button')[1].click()")
    tap = await api.until(lambda: next(iter(api.world.taps.values()), None))
    assert tap and tap.data == "b"
    await bot.answer_callback_query(tap.id, "Noted: saddle numb")
    await page.becomes("byId('toast-text').textContent === 'Noted: saddle numb'")
    if folder := os.environ.get("PHONE_SCREENSHOTS"):
        shot = await page.send("Page.captureScreenshot")
        Path(folder, "phone.png").write_bytes(base64.b64decode(shot["data"]))
    await bot.edit_message_text("Next question", 1001, tap.message.id)
    await page.becomes("document.querySelectorAll('.row').length === 0")
    await bot.delete_message(1001, tap.message.id)
    await page.becomes("document.querySelectorAll('.message').length === 1")


async def test_the_page_measures_what_is_in_view_and_is_tapped_by_label(
    api: BotApi, bot: Bot, page: Page
) -> None:
    rows = [
        [Button(label, callback_data=label) for label in ("Gabapentinoid", "Back", "Not known")]
    ]
    keyboard = InlineKeyboardMarkup(rows)
    long = "\n".join(f"Line {number}" for number in range(60))
    await bot.send_message(1001, long)
    await bot.send_message(1001, CARD, parse_mode="HTML", reply_markup=keyboard)
    await page.becomes("measure().messages.length === 2")
    await page.value("setSize('320x568')")
    told = await page.value("measure()")
    assert (told["width"], told["chat"]) == (320, 448)
    first, second = told["messages"]
    assert (first["seen"], second["seen"]) == ("part", "whole")
    assert (first["lines"][0]["seen"], first["lines"][-1]["seen"]) == (False, True)
    assert (second["rows"], second["buttons"]) == ([["Gabapentinoid", "Back", "Not known"]], 3)
    assert (second["cut"], second["keyboard"]) == (["Gabapentinoid"], 49)
    assert second["folded"] == 4
    await page.value("setSize('412x915')")
    assert (await page.value("measure()"))["messages"][1]["cut"] == []

    await page.value("void tapButton('Not known')")
    tap = await api.until(lambda: next(iter(api.world.taps.values()), None))
    assert tap and tap.data == "Not known"
    await bot.answer_callback_query(tap.id, "Noted: " + "far more than a line can hold, " * 3)
    await page.becomes("measure().toast?.cut")


async def test_a_chat_stays_at_its_end_through_edits_and_where_it_is_read_elsewhere(
    api: BotApi, bot: Bot, page: Page
) -> None:
    long = "\n".join(f"Line {number}" for number in range(60))
    await bot.send_message(1001, long)
    newest = await bot.send_message(1001, "Short")
    await page.becomes("measure().in_view.at(-1) === 'Short'")
    await bot.edit_message_text(f"{long}\nLast", 1001, newest.message_id)
    await page.becomes("measure().in_view.at(-1) === 'Last'")
    await page.value("chatBox.scrollTop = 0")
    await bot.send_message(1001, "Unread")
    await page.becomes("byId('down').textContent === '↓ 1'")
    assert (await page.value("measure()"))["in_view"][0] == "Line 0"
    await page.value("byId('down').click()")
    await page.becomes("measure().in_view.at(-1) === 'Unread' && byId('down').hidden")


async def test_a_moment_counts_down_or_is_a_local_time(bot: Bot, page: Page) -> None:
    await page.value("clock = () => 1790000000_000 - 11.4 * 3600_000")
    moments = " ".join(
        f'<tg-time unix="1790000000" format="{form}">?</tg-time>' for form in ("r", "wdt", "t")
    )
    await bot.send_message(1001, moments, parse_mode="HTML")
    await page.becomes("document.querySelectorAll('time').length === 3")
    said = await page.value("[...document.querySelectorAll('time')].map(t => t.textContent)")
    assert said[0] == "in 11 hours"
    assert said[1].startswith("Mon ") and "Sep" in said[1]
    assert said[1].split()[1] == said[2]
