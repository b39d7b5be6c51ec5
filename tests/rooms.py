"""Draws the rooms of the house from what each module imports, for `docs/architecture.md`."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.test_architecture import (
    FOR_EVERYBODY,
    MAY_IMPORT,
    MODULES,
    ROOT,
    dotted,
    imported,
    room_of,
)

PAGE = ROOT / "docs" / "architecture.md"
DRAWN = re.compile(r"(?<=<!-- rooms -->\n).*?(?=<!-- end of rooms -->)", re.DOTALL)
FILE = re.compile(r"`([\w/]+\.(?:py|toml))`")


def page() -> str:
    """Return the whole page, with the rooms redrawn."""
    return DRAWN.sub(lambda _: drawn(), PAGE.read_text("utf-8"))


def drawn() -> str:
    arrows = direct()
    order = list(_from_the_top(arrows))
    return "\n".join(
        (_diagram(order, shortest(arrows)), *(_paragraph(room, arrows[room]) for room in order))
    )


def direct() -> dict[str, set[str]]:
    """Map each room to the rooms that its modules import."""
    arrows: dict[str, set[str]] = {}
    for module in MODULES:
        here = room_of(dotted(module))
        ours = {each for each in imported(module) if each.split(".")[0] in ("bot", "state")}
        arrows.setdefault(here, set()).update(room_of(each) for each in ours)
    arrows.pop("bot")
    return {
        room: {other for other in others if other in arrows and other != room}
        for room, others in arrows.items()
    }


def shortest(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Leave out each arrow if a longer path leads to the same room."""
    return {
        room: {
            other
            for other in others
            if not any(other in _below(between, arrows) for between in others - {other})
        }
        for room, others in arrows.items()
    }


def _below(room: str, arrows: Mapping[str, set[str]]) -> set[str]:
    return arrows[room].union(*(_below(other, arrows) for other in arrows[room]))


def _from_the_top(arrows: Mapping[str, set[str]]) -> Iterator[str]:
    """Order the rooms so that each is above those that it imports."""
    left = set(arrows)
    while left:
        top = {room for room in left if not any(room in arrows[other] for other in left)}
        yield from sorted(top)
        left -= top


def _diagram(order: list[str], arrows: Mapping[str, set[str]]) -> str:
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'    {_short(room)}["{_path(room)}"]' for room in order]
    lines += [
        f"    {_short(room)} --> {_short(other)}"
        for room in order
        for other in sorted(arrows[room])
    ]
    return "\n".join((*lines, "```", ""))


def _paragraph(room: str, imports: set[str]) -> str:
    """Say what a room is, where to start reading, and which rooms are next to it."""
    what = FILE.sub(lambda found: _whole(room, found[1]), " ".join(docstring(room).split()))
    allowed = "; may be imported by " + _named(guests(room)) if guests(room) else ""
    return f"**`{_path(room)}`** {what} *Imports {_named(imports)}{allowed}.*\n"


def _whole(room: str, name: str) -> str:
    path = Path(_path(room), name)
    return f"`{path}`" if (ROOT / path).exists() else f"`{name}`"


def guests(room: str) -> set[str]:
    """Name the rooms that may import from this one."""
    if room in FOR_EVERYBODY:
        return {"every room"}
    return {
        room_of(guest)
        for guest, allowed in MAY_IMPORT.items()
        if any(room_of(each) == room or room.startswith(f"{each}.") for each in allowed)
    }


def docstring(room: str) -> str:
    """Return a room's description of itself."""
    return ast.get_docstring(ast.parse(source(room).read_text("utf-8"))) or ""


def source(room: str) -> Path:
    """Return the module that speaks for a room: itself, or that of its folder."""
    here = ROOT.joinpath(*room.split("."))
    return here / "__init__.py" if here.is_dir() else here.with_suffix(".py")


def _path(room: str) -> str:
    return source(room).relative_to(ROOT).as_posix().removesuffix("/__init__.py")


def _short(room: str) -> str:
    return room.removeprefix("bot.").strip("_").replace(".", "_")


def _named(rooms: set[str]) -> str:
    return ", ".join(sorted(room.removeprefix("bot.") for room in rooms)) or "no other room"
