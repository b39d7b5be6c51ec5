"""The pictures of the phone: one invented patient, seen in scenes, in a group and in one film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.flows.grammar import Value
from bot.screens.notices import words

from .browser import SMALL, USUAL, ZONE, Phone, Size, browser
from .film import Film
from .patient import BEGINNING, IMAGES
from .running import Demo, running
from .team_scene import draw_team
from .thumb import Thumb

MOST_BYTES = 200_000
MOST_FILM_BYTES = 1_000_000
TEAM = "group.png"
FILM = "walk.webp"
FILM_SCALE = 1.5
MS_TO_READ, MS_ON_A_BUTTON, MS_AT_THE_END = 1400, 450, 4000


@dataclass(frozen=True, slots=True)
class Scene:
    """So many of the patient's answers; then lines typed and buttons tapped; then the picture.

    With `ticking` the Done after ticks is not tapped.
    """

    name: str
    answers: int
    then: tuple[str, ...] = ()
    size: Size = USUAL
    dark: bool = False
    ticking: bool = False


EVERYTHING = len(BEGINNING) + len(IMAGES)
SCENES = (
    Scene("emergency", 1, ticking=True),
    Scene("question", 3),
    Scene("case", 4, ("Case",)),
    Scene("plan-section", EVERYTHING, ("Plan", words("sections")["steroid"])),
    Scene("look-up", 0, ("/mri foot drop 3 days",)),
    Scene("dark", 5, dark=True),
    Scene("small", 6, size=SMALL),
)
FILMED = 9
AFTER_THE_FILMED = ("Case", "Plan")


async def draw_screens(program: str, folder: Path) -> list[Path]:
    """Play every scene in a chat of its own and take its picture, one in a group; then film one."""
    folder.mkdir(parents=True, exist_ok=True)
    async with (
        running(
            CORDCALL_TIMEZONE=ZONE, CORDCALL_TAP_GUARD_MS="0", CORDCALL_TAPS_PER_MINUTE="0"
        ) as demo,
        browser(program) as phone,
    ):
        await demo.first_of(demo.ready())
        paths = [
            await _draw(demo, phone, scene, 1001 + number, folder)
            for number, scene in enumerate(SCENES)
        ]
        paths.append(_at_most(await draw_team(demo, phone, folder / TEAM), MOST_BYTES))
        paths.append(await _film(demo, phone, 1001 + len(SCENES), folder))
        if refused := demo.api.refused_but():
            raise RuntimeError(f"the server refused: {refused}")
    return paths


async def _draw(demo: Demo, phone: Phone, scene: Scene, user_id: int, folder: Path) -> Path:
    await phone.becomes_as_large_as(scene.size)
    thumb = Thumb(demo, phone, user_id)
    await thumb.opens(**({"dark": "1"} if scene.dark else {}))
    if scene.answers:
        await thumb.types("/triage")
    for stated in _stages(scene.answers):
        async for _, label in thumb.will_tap(stated):
            if label != "Done" or not scene.ticking:
                await thumb.taps(label)
    for each in scene.then:
        await (thumb.types(each) if each.startswith("/") else thumb.taps(each))
    await phone.value("byId('toast').hidden = true")
    path = folder / f"{scene.name}.png"
    await phone.picture(path)
    return _at_most(path, MOST_BYTES)


async def _film(demo: Demo, phone: Phone, user_id: int, folder: Path) -> Path:
    await phone.becomes_as_large_as(USUAL, FILM_SCALE)
    thumb, film = Thumb(demo, phone, user_id), Film(phone)
    await thumb.opens()
    await thumb.types("/triage")
    await film.keeps(MS_TO_READ)
    for stated in _stages(FILMED):
        async for _, label in thumb.will_tap(stated):
            await film.touches(label, MS_ON_A_BUTTON)
            await thumb.taps(label)
            await film.keeps(MS_TO_READ)
    for label in AFTER_THE_FILMED:
        await film.touches(label, MS_ON_A_BUTTON)
        await thumb.taps(label)
        await film.keeps(MS_TO_READ)
    film.holds(MS_AT_THE_END)
    path = folder / FILM
    film.write(path)
    return _at_most(path, MOST_FILM_BYTES)


def _stages(answers: int) -> Iterator[Mapping[str, Value]]:
    """Return the first so many answers, those about the images apart."""
    if beginning := dict(islice(BEGINNING.items(), answers)):
        yield beginning
    if images := dict(islice(IMAGES.items(), max(0, answers - len(BEGINNING)))):
        yield images


def _at_most(path: Path, size: int) -> Path:
    if path.stat().st_size > size:
        raise RuntimeError(f"{path.name}: {path.stat().st_size} bytes, more than {size}")
    return path
