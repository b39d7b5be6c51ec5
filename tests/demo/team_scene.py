"""The picture of a group: three people side by side, one of whom raises an emergency."""

from __future__ import annotations

import json
from pathlib import Path

from bot.flows.triage import FLOW
from bot.flows.wording import words_of

from .browser import Phone
from .running import BOT, Demo

SIZE = (1170, 1960)
GROUP, PRIVATE = "group", "private"
NEXT = words_of(FLOW, "infection_signs").ask
SECONDS = 70.0  # a group's budget may let its cards wait for a minute
STEPS = (
    (1, "Limb weakness", "EMERGENCY"), (1, "Done", NEXT), (2, "On my way", "On the way: Dialysis"),
    (1, "Answer", NEXT),
)  # fmt: skip


async def draw_team(demo: Demo, phone: Phone, path: Path) -> Path:
    """Open a case, tick a cord sign, and let a second person answer the alarm, then the case."""
    await phone.becomes_as_large_as(SIZE, 1)
    await phone.send("Page.navigate", url=demo.team())
    await phone.becomes("typeof people === 'object' && document.readyState === 'complete'")
    await phone.becomes(f"typeof {_of(1, GROUP, 'tapButton')} === 'function'")
    await _types(phone, 0, f"/oncall@{BOT} surgeon me 23:59")
    await _sees(phone, 1, "Spinal surgeon: ")
    await _types(phone, 1, f"/triage@{BOT}")
    for person, label, then in STEPS:
        await _sees(phone, person, label)
        await phone.value(f"{_of(person, GROUP, 'tapButton')}({json.dumps(label)})")
        await _sees(phone, person, then, PRIVATE if label == "Answer" else GROUP)
    for person in range(3):
        for room in (GROUP, PRIVATE):
            toast = f"{_of(person, room, 'document')}.querySelector('#toast')"
            await phone.value(f"{toast}.hidden = true")
    await phone.picture(path)
    return path


async def _types(phone: Phone, person: int, line: str) -> None:
    await phone.value(f"{_of(person, GROUP, 'say')}({json.dumps(line)})")


async def _sees(phone: Phone, person: int, label: str, room: str = GROUP) -> None:
    chat = f"{_of(person, room, 'document')}.querySelector('#chat')"
    await phone.becomes(f"{chat}.textContent.includes({json.dumps(label)})", SECONDS)


def _of(person: int, room: str, name: str) -> str:
    return f"people[{person}].frames.{room}.contentWindow.{name}"
