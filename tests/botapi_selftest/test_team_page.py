"""The page of a team: three people of one group side by side, played by a small bot."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot, InlineKeyboardMarkup
from telegram import InlineKeyboardButton as Button

from tests.botapi import BotApi, Group
from tests.demo.browser import Phone, browser, find_browser

BROWSER = find_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
PEOPLE = {1001: "Oncology", 1002: "Spine surgery", 1003: "Dialysis"}
WIDE, NARROW = (1200, 1000), (360, 740)
CARD = 'KES-42 · asked by <a href="tg://user?id=1001">Oncology</a>'
KEYS = InlineKeyboardMarkup(
    [[Button("Answer", callback_data="a"), Button("I have it", callback_data="b")]]
)
START = "people[{}].frames.private.contentDocument.querySelector('#start')"
BUTTON = "[...people[{}].frames.group.contentDocument.querySelectorAll('.row button')]"
TEXT = "people[{}].frames.{}.contentDocument.querySelector('#chat').textContent"


async def play(bot: Bot) -> None:
    """A card for /triage; Answer leads to the private chat, I have it names the owner."""
    offset = 0
    while True:
        for update in await bot.get_updates(offset, timeout=5):
            offset = update.update_id + 1
            message, query = update.message, update.callback_query
            if message and (message.text or "").startswith("/triage"):
                await message.chat.send_message(CARD, parse_mode="HTML", reply_markup=KEYS)
            elif message and (message.text or "").startswith("/start "):
                await message.chat.send_message(f"Question for {message.text}")
            elif query and query.data == "a":
                await query.answer(url=f"https://t.me/{bot.username}?start=KES-42")
            elif query:
                await query.answer("It is yours")
                await query.edit_message_text(f"KES-42 · {query.from_user.first_name} has it")


@pytest.fixture
async def group(api: BotApi, bot: Bot) -> AsyncIterator[Group]:
    group = api.group_chat("On call", supergroup=True)
    for user_id, name in PEOPLE.items():
        group.joins(user_id, name)
    playing = asyncio.create_task(play(bot))
    yield group
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing


@pytest.fixture
async def team(api: BotApi, group: Group) -> AsyncIterator[Phone]:
    assert BROWSER
    people = ",".join(f"{user_id}:{name}" for user_id, name in PEOPLE.items())
    async with browser(BROWSER) as page:
        await page.becomes_as_large_as(WIDE, 1)
        url = f"{api.url}/team?chat={group.chat.id}&people={people.replace(' ', '%20')}"
        await page.send("Page.navigate", url=url)
        await page.becomes("typeof people === 'object' && document.readyState === 'complete'")
        await page.becomes(f"{TEXT.format(2, 'group')}.includes('new chat members')")
        yield page


async def picture(page: Phone, name: str) -> None:
    if folder := os.environ.get("PHONE_SCREENSHOTS"):
        shot = await page.send("Page.captureScreenshot")
        Path(folder, name).write_bytes(base64.b64decode(shot["data"]))


async def test_three_people_share_a_card_and_one_goes_to_answer(
    api: BotApi, group: Group, team: Phone
) -> None:
    widths = await team.value(
        "people.flatMap((p) => Object.values(p.frames).map(f => f.clientWidth))"
    )
    assert len(widths) == 6 and min(widths) >= 360
    assert await team.value("document.documentElement.scrollWidth") <= WIDE[0]
    group.person(api.person_in(group.chat.id, 1002)).types("/triage")
    for place in range(3):
        await team.becomes(f"{BUTTON.format(place)}.length === 2")
    said = "[...people[{}].frames.group.contentDocument.querySelectorAll('.message')].at(-1)"
    assert await team.value(f"{said.format(0)}.matches('.calls')")
    assert not await team.value(f"{said.format(2)}.matches('.calls')")
    mine = "people[{}].frames.group.contentDocument.querySelectorAll('.message.mine').length"
    assert [await team.value(mine.format(place)) for place in range(3)] == [0, 1, 0]

    assert 1003 not in api.world.chats
    await team.becomes(f"{START.format(2)}.offsetHeight >= 40")
    await team.value(f"{BUTTON.format(2)}[0].click()")
    await team.becomes(f"{TEXT.format(2, 'private')}.includes('Question for /start KES-42')")
    assert await team.value("people[2].frames.private.matches('.reached')")
    assert await team.value(f"{TEXT.format(0, 'private')} === ''")
    assert 1001 not in api.world.chats
    await picture(team, "team-1200.png")

    await team.value(f"{BUTTON.format(0)}[1].click()")
    await team.becomes(f"{TEXT.format(1, 'group')}.includes('Oncology has it')")


async def test_one_person_is_shown_on_a_narrow_screen(
    api: BotApi, group: Group, team: Phone
) -> None:
    await team.becomes_as_large_as(NARROW, 1)
    await team.becomes("document.body.matches('.narrow')")
    seen = (
        "people.flatMap(p => Object.values(p.frames)).filter(f => f.offsetHeight).map(f => f.title)"
    )
    assert await team.value(seen) == ["Oncology: group"]
    buttons = "[...document.querySelectorAll('nav button')]"
    await team.value(f"{buttons}.find(b => b.textContent === 'Dialysis').click()")
    assert await team.value(seen) == ["Dialysis: group"]
    assert await team.value("people[2].frames.group.offsetHeight") >= 560
    assert await team.value("document.documentElement.scrollWidth") <= NARROW[0]
    assert await team.value(f"Math.min(...{buttons}.map(b => b.offsetHeight))") >= 44
    group.person(api.person_in(group.chat.id, 1003)).types("/triage")
    await team.becomes(f"{BUTTON.format(2)}.length === 2")
    await picture(team, "team-360.png")
    await team.value(f"{BUTTON.format(2)}[0].click()")
    await team.becomes(f"{TEXT.format(2, 'private')}.includes('Question for /start KES-42')")
    assert await team.value(seen) == ["Dialysis: private"]
    await team.becomes_as_large_as(WIDE, 1)
    await team.becomes("!document.body.matches('.narrow')")
    assert await team.value(seen) == ["Dialysis: group", "Dialysis: private"]
    await picture(team, "team-one.png")


async def test_a_phone_alone_follows_the_address_too(
    api: BotApi, group: Group, team: Phone
) -> None:
    await team.becomes_as_large_as(NARROW, 1)
    url = f"{api.url}/phone?user=1001&name=Oncology&chat={group.chat.id}"
    await team.send("Page.navigate", url=url)
    await team.becomes("typeof say === 'function' && revision >= 0")
    await team.value("void say('/triage')")
    await team.becomes("document.querySelectorAll('.row button').length === 2")
    await team.value("void tapButton('Answer')")
    await team.becomes(
        "typeof chatBox === 'object' && chatBox.textContent.includes('Question for /start')"
    )
    assert await team.value("chatId") == 1001
