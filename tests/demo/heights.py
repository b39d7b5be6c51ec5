"""Judges what the phone shows of a case: heights, buttons, labels, and what is in view."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.flows.grammar import Several
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from tests.conftest import NOON

from .browser import LARGE, SIZES, SMALL, USUAL, Size
from .chat import AGAIN, UNDER_LINE, Shown, Turn
from .group_walk import GROUP_CARD, IN_GROUP, IN_PRIVATE, group_walk
from .instrument import Measured, instrument, measure
from .walk import walk

PAGE = Path("docs", "screens", "heights.md")
LONG_LISTS = ("primary", "level")  # their question stands in the last line above the buttons
HIGHER = ("/sbar",)  # a text to copy
LEVELS = ("/sins",)  # its first item is the level
ROW, LINE = 48, 21  # dp of a row of buttons, and of a line of text
MOST_BUTTONS, MOST_TICKS, MOST_IN_PLAN = 9, 13, 10
MOST_ON_CARD = 14  # of a group: a question, notes, and whose the case is
TICKS = tuple(each.id for each in FLOW.questions.values() if isinstance(each, Several))
KINDS = ("height", "view", "label", "word", "buttons", "together")
DIGITS = re.compile(r"\d+")
ABOUT = """# Heights of the screens

Measured in Chromium by `make screens`, on the page that draws messages as Telegram for Android
does, over a walk of {turns} turns through every question and every view, and through a case of a
group. Heights are in px (dp); of each screen the highest is given. The chat has {small}, {usual}
and {large} px at these sizes.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the walk, measured at every size, alone at the end of a chat."""

    shown: Shown
    at: Mapping[Size, Measured]


@dataclass(frozen=True, slots=True)
class Fault:
    """One of KINDS and where; `by` how much it is wrong, to keep the worst of a screen."""

    kind: str
    by: int
    said: str


@dataclass(frozen=True, slots=True)
class Survey:
    """Every different message of a walk, and every turn in which an alert came with a screen."""

    turns: int
    seen: tuple[Seen, ...]
    together: tuple[tuple[Turn, Sequence[Measured]], ...]

    def faults(self, kind: str = "") -> list[str]:
        """List what a phone shows otherwise than it must, of one kind or all; the worst of each."""
        worst: dict[tuple[str, str], tuple[int, str]] = {}
        for name, fault in self._faults():
            if fault.kind.startswith(kind):
                key = name, fault.kind
                worst[key] = max(worst.get(key, (-1, "")), (fault.by, fault.said))
        return [f"{name}: {said}" for (name, _), (_, said) in sorted(worst.items())]

    def _faults(self) -> Iterator[tuple[str, Fault]]:
        for each in self.seen:
            for fault in (*_too_high(each), *_unseen(each), *_keys(each)):
                yield each.shown.name, fault
        for turn, measured in self.together:
            for fault in _apart(turn, measured):
                yield turn[0].name, fault

    def table(self) -> str:
        """Write the page with the highest of each screen."""
        highest: dict[str, dict[Size, Measured]] = {}
        for each in self.seen:
            rows = highest.setdefault(each.shown.name, dict(each.at))
            for size, found in each.at.items():
                rows[size] = max(rows[size], found, key=lambda one: one.height)
        small, usual, large = (next(iter(self.seen)).at[size].chat for size in SIZES)
        lines = [
            ABOUT.format(turns=self.turns, small=small, usual=usual, large=large),
            "| screen | 320 × 568 | 360 × 740 | 412 × 915 | buttons |",
            "| --- | --: | --: | --: | --: |",
        ]
        for name in sorted(highest, key=_order):
            found = highest[name]
            cells = " | ".join(str(found[size].height) for size in SIZES)
            lines.append(f"| {name} | {cells} | {max(f.buttons for f in found.values())} |")
        return "\n".join((*lines, ""))


async def survey(program: str, only: str = "") -> Survey:
    """Walk every case, and measure what it shows: the screens with `only` in their names."""
    with TemporaryDirectory(prefix="cordcall-walk-") as folder:
        turns = [*walk(Path(folder)), *group_walk(Path(folder, "group"))]
    different = list(
        {_look(shown): shown for turn in turns for shown in turn if only in shown.name}.values()
    )
    alerts = {
        tuple(map(_look, turn)): turn
        for turn in turns
        if len(turn) > 1 and any(shown.message.alert and only in shown.name for shown in turn)
    }
    async with instrument(program) as phone:
        alone = await measure(phone, [[shown.message] for shown in different], NOON)
        chats = [[shown.message for shown in turn] for turn in alerts.values()]
        together = await measure(phone, chats, NOON, [USUAL])
    return Survey(
        len(turns),
        tuple(
            Seen(shown, {size: alone[size][place][0] for size in SIZES})
            for place, shown in enumerate(different)
        ),
        tuple(zip(alerts.values(), together[USUAL], strict=True)),
    )


def _look(shown: Shown) -> tuple[object, ...]:
    """Return what makes two messages look different; digits do not, they are of one width."""
    rows = shown.message.keyboard["inline_keyboard"]
    labels = tuple(tuple(button["text"] for button in row) for row in rows)
    return shown.name, DIGITS.sub("0", shown.message.html), labels


def _too_high(each: Seen) -> Iterator[Fault]:
    if each.shown.asks in LONG_LISTS or each.shown.name in HIGHER:
        return
    for size in (USUAL, LARGE):
        found = each.at[size]
        if found.height > found.chat:
            over = f"{found.height} px > {found.chat} at {size[0]}"
            yield Fault(f"height {size[0]}", found.height, over)


def _unseen(each: Seen) -> Iterator[Fault]:
    """Find an urgency or a question that is out of view when the chat is at its end."""
    asks = words_of(FLOW, each.shown.asks).ask if each.shown.asks else ""
    for size in SIZES[each.shown.name == GROUP_CARD :]:  # drawn for 360 px: it grows with the case
        found = each.at[size]
        too_many = each.shown.asks in LONG_LISTS and found.rows * ROW + LINE > found.chat
        if asks and asks not in found.seen and not too_many:
            yield Fault(f"view {size[0]}", 1, f"its question is out of view at {size[0]}")
        if each.shown.asks in LONG_LISTS:
            if not found.text.endswith(asks):
                yield Fault(
                    "view last", 1, "its question is not in the last line above the buttons"
                )
        elif size != SMALL or each.shown.name in HIGHER:
            continue
        elif not all(part in found.seen for part in each.shown.head):
            said = f"the urgency is out of view at 320: {found.height} px"
            yield Fault("view urgency", found.height, said)
    if not each.shown.head and UNDER_LINE in each.shown.name:
        yield Fault("view no line", 1, "no urgency line")


def _keys(each: Seen) -> Iterator[Fault]:
    for size, found in each.at.items():
        if found.cut:
            said = f"cut at {size[0]}: {', '.join(found.cut)}"
            yield Fault(f"label {size[0]}", len(found.cut), said)
        if found.broken:
            said = f"broken at {size[0]}: {', '.join(found.broken)}"
            yield Fault(f"word {size[0]}", 1, said)
    most = _most_buttons(each.shown)
    if most and each.at[USUAL].buttons > most:
        count = each.at[USUAL].buttons
        yield Fault("buttons", count, f"{count} buttons > {most}")


def _most_buttons(shown: Shown) -> int:
    """Return how many buttons a screen may have; 0 if any number."""
    if shown.asks in LONG_LISTS or shown.name in LEVELS:
        return 0
    if shown.name == GROUP_CARD:
        return MOST_ON_CARD
    if shown.asks in (*TICKS, "kps"):
        return MOST_TICKS
    sections = sum(does.startswith("plan ") for does in shown.does)
    return MOST_IN_PLAN if sections > 1 else MOST_BUTTONS


def _apart(turn: Turn, measured: Sequence[Measured]) -> Iterator[Fault]:
    """Find an alert that is not in view together with the screen below it."""
    # An alarm says by itself what the card below it says; the reminder of a group's case has a
    # row more, to hand it over, and its card says the same urgency.
    if turn[0].name.startswith((IN_GROUP, IN_PRIVATE)):
        return
    height = sum(each.height for each in measured)
    if height > measured[0].chat and turn[-1].name not in HIGHER:
        said = f"alert and screen together {height} px > {measured[0].chat} at 360"
        yield Fault("together", height, said)


def _order(name: str) -> tuple[int, str]:
    """Put questions in the order of the flow first, then alerts, then commands."""
    asked = name.removesuffix(AGAIN).removesuffix(UNDER_LINE)
    keys = list(FLOW.questions)
    if asked in keys:
        return keys.index(asked), name
    return len(keys) + (not name.startswith("alert")) + name.startswith("/"), name
