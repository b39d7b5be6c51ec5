"""Five scenes for the pictures: what a clinician taps, and what the picture shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.flows.grammar import UNKNOWN, Value
from bot.flows.triage import FLOW
from bot.screens.notices import words
from tests.botapi import Message, PersonInChat
from tests.dialogue import FIRST, ask, asks, labels

from .browser import ZONE, Phone, browser
from .running import Demo, running

MOST_BYTES = 200_000
SECONDS_OF_QUIET = 0.3
NO_SIGN: Mapping[str, Value] = {"cord_signs": [], "radicular_deficit": "none"}
NO_DEFICIT: Mapping[str, Value] = {"asia": "E", "walking": "unaided", "mri": "done"}
LESION: Mapping[str, Value] = {
    "lesions_seen": "some", "level": "T11", "escc": "1b", "pain": "mechanical", "bone": "lytic",
    "alignment": "normal", "collapse": "lt50", "posterolateral": "unknown", "another_level": False,
}  # fmt: skip
BACKGROUND: Mapping[str, Value] = {"previous_rt": "none", "life_expectancy": "ge3m", "ecog": 1}
PROGNOSIS: Mapping[str, Value] = {
    "kps": 80, "extraspinal_bone": 1, "vertebral_mets": 2, "organ_mets": "none",
}  # fmt: skip
CALCIUM: Mapping[str, Value] = {"calcium": 2.3, "albumin": 40}


@dataclass(frozen=True, slots=True)
class Scene:
    """Answers by their questions; then a section of the plan is opened, or ``shows`` waited for.

    Done is not tapped after the ticks of the last answer.
    """

    name: str
    answers: Mapping[str, Value] = field(default_factory=dict)
    section: str = ""
    shows: str = ""


SCENES = (
    Scene("first-question", shows=ask(FIRST)),
    Scene("emergency", {"cord_signs": ["weakness"]}, shows=words("levels")["emergency"]),
    Scene(
        "radicular-pain",
        {**NO_SIGN, "radicular_pain": "unilateral", "back_pain": False, "infection_signs": False},
        shows="MRI: whole spine",
    ),
    Scene(
        "sins-missing",
        {
            **NO_SIGN, "radicular_pain": "none", "back_pain": True, "infection_signs": False,
            "renal": "normal", "cancer": "known", "primary": "breast", "blood_thinners": [],
            **NO_DEFICIT, **LESION, **BACKGROUND, **PROGNOSIS, **CALCIUM,
            "egfr_for_bone_drug": 90,
        },
        section="stability",
    ),
    Scene(
        "haemodialysis-plan",
        {
            **NO_SIGN, "radicular_pain": "none", "back_pain": True, "infection_signs": False,
            "renal": "haemodialysis", "urine_output": "anuric", "access": "fistula",
            "dialysis_years": 5, "last_dialysis": "24 h ago", "next_dialysis": "in 24 h",
            "dialysis_days": "unknown", "potassium": 5, "cancer": "suspected", "primary": "breast",
            "blood_thinners": [], **NO_DEFICIT, **LESION, **BACKGROUND, **CALCIUM,
            "pth_times_uln": 2,
        },
        section="dialysis",
    ),
)  # fmt: skip


async def draw_screens(program: str, folder: Path) -> list[Path]:
    """Play every scene in a chat of its own and take its picture."""
    folder.mkdir(parents=True, exist_ok=True)
    async with (
        running(CORDCALL_TIMEZONE=ZONE, CORDCALL_TAP_GUARD_MS="0") as demo,
        browser(program) as phone,
    ):
        await demo.first_of(demo.ready())
        paths = [
            await _draw(demo, phone, scene, 1001 + number, folder / f"{scene.name}.png")
            for number, scene in enumerate(SCENES)
        ]
        if refused := demo.api.refused_but():
            raise RuntimeError(f"the server refused: {refused}")
    return paths


async def _draw(demo: Demo, phone: Phone, scene: Scene, user_id: int, path: Path) -> Path:
    person = demo.api.private_chat(user_id, "Doctor")
    shown = await play(person, scene)
    await _settled(person)
    await phone.send("Page.navigate", url=demo.phone(user_id))
    await phone.becomes(f"typeof shown === 'object' && shown.size === {len(person.messages)}")
    await phone.value("document.fonts.ready.then(() => true)")
    place = person.messages.index(shown)
    await phone.value(
        f"chatBox.scrollTop = chatBox.children[{place}].offsetTop - chatBox.offsetTop - 12"
    )
    await phone.picture(path)
    if path.stat().st_size > MOST_BYTES:
        raise RuntimeError(f"{path.name}: more than {MOST_BYTES} bytes")
    return path


async def _settled(person: PersonInChat) -> None:
    """Wait until the bot has nothing more to send or to edit."""
    before = -1
    while before != person.chat.revision:
        before = person.chat.revision
        await asyncio.sleep(SECONDS_OF_QUIET)


async def play(person: PersonInChat, scene: Scene) -> Message:
    """Answer as the scene says and return the message that its picture is about."""
    person.types("/start")
    left, name = dict(scene.answers), ""
    while left:
        name = await _asked_after(person, name)
        question, value = FLOW.questions[name], left.pop(name, UNKNOWN)
        for label in labels(question, value):
            if left or label != "Done":
                message = await asks(person, question, value if label == "Done" else UNKNOWN)
                await person.gets_answer(person.taps(message, label))
    if not scene.section:
        return await person.sees(scene.shows)
    name = words("sections")[scene.section]
    plan = await person.sees("· Plan")
    await person.gets_answer(person.taps(plan, name))
    return await person.sees(f"· {name}")


async def _asked_after(person: PersonInChat, before: str) -> str:
    """Wait until the newest message asks a different question, and name it."""

    def asked() -> Iterator[str]:
        text = person.last.text if person.bot_messages else ""
        return (name for name in FLOW.questions if name != before and ask(name) in text)

    await person.sees_when(lambda: person.last if any(asked()) else None)
    return next(asked())
