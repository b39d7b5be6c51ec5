"""The command /ask: stored passages that match a question, or a chapter or entry to read."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from bot.logic.urgency import Policy
from bot.lookup.asking import show
from bot.lookup.drawing import (
    LONGEST_LABEL,
    LONGEST_SCREEN,
    NUMBERS_IN_ROW,
    draw_entry,
    draw_passage,
)
from bot.lookup.phrases import phrases
from bot.lookup.search.chapters import chapters, following, number_of, numbers, offered
from bot.lookup.search.entries import Entry, entries
from bot.lookup.search.for_this_case import Bearing, bearing
from bot.lookup.search.search import index
from bot.screens.screen import Block, Button, Rows, Screen, in_rows, text
from bot.turn import Turn

MOST_PASSAGES: Final = 3
MOST_FOUND: Final = 8
AIM: Final = "#"  # prefixes what a button opens: the id of an entry, or a chapter
TITLE: Final = "Reference library"


def ask(turn: Turn, typed: str) -> None:
    """Show what matches a question, a chapter or an entry; with nothing typed, how to ask."""
    case = turn.store.cases.active(turn.chat)
    about = bearing(turn.view(case)) if case and case.is_under_way else None
    policy = turn.setting.engine.policy
    screen = _screen(typed, policy, about)
    asks = screen.title in (TITLE, *chapters(policy))
    show(turn, screen, "ask " if asks else "")


def _screen(typed: str, policy: Policy, about: Bearing | None) -> Screen:
    if not typed:
        return _contents(_say("how"))
    aimed = _aimed(typed, policy)
    if aimed:
        return aimed
    if typed[0] == AIM or typed.replace(".", "").isdecimal():
        return _contents(_say("no_entry"))
    return _answer(typed, policy, about)


def _aimed(typed: str, policy: Policy) -> Screen | None:
    """Open the entry or chapter that a button or number names."""
    key = typed.removeprefix(AIM)
    entry = entries(policy).get(key) if key != typed else numbers(policy).get(key.casefold())
    if entry:
        return _entry(entry, policy)
    chapter = dict(enumerate(offered(), 1)).get(int(key)) if _is_number(key) else key
    return _chapter(chapter, policy) if chapter and chapter in chapters(policy) else None


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 3


def _contents(said: str) -> Screen:
    """Say something above the list of chapters."""
    listed = [(str(number), name) for number, name in enumerate(offered(), 1)]
    buttons = [Button(number, f"ask {AIM}{name}") for number, name in listed]
    blocks = (text(said), *_list([f"{number}  {name}" for number, name in listed]))
    return Screen("plan", TITLE, blocks, in_rows(buttons, NUMBERS_IN_ROW))


def _chapter(name: str, policy: Policy) -> Screen:
    listed = chapters(policy)[name]
    return Screen("plan", name, tuple(_headings(listed, policy)), _openers(listed, policy))


def _entry(entry: Entry, policy: Policy) -> Screen:
    after = following(entry, policy)
    row = [_every_chapter()]
    if entry.chapter in offered():
        typed = f"/ask {offered().index(entry.chapter) + 1}"
        row.insert(0, Button("This chapter", f"ask {AIM}{entry.chapter}", typed=typed))
    if after:
        typed = f"/ask {number_of(after, policy)}"
        row.insert(0, Button("Next", f"ask {AIM}{after.id}", typed=typed, style="primary"))
    return Screen("plan", entry.heading, tuple(draw_entry(entry)), (tuple(row),))


def _answer(typed: str, policy: Policy, about: Bearing | None) -> Screen:
    searched = index(policy)
    if about:
        found = searched.search(typed, partial(about.weight, index=searched), MOST_FOUND)
    else:
        found = searched.search(typed, most=MOST_FOUND)
    if not found.entries:
        return _contents(_say("nothing"))
    if not found.fits or found.unknown:
        unknown = ", ".join(found.unknown)
        said = text(_say("unknown", words=unknown) if found.fits else _say("nearest"))
        blocks = (said, *_headings(found.entries, policy))
        return Screen("plan", TITLE, blocks, _openers(found.entries, policy))
    passages = [draw_passage(each, _bears(each, about, policy)) for each in found.entries]
    shown = _as_many_as_fit(passages[:MOST_PASSAGES])
    rest = found.entries[len(shown) :]
    blocks = (text(_say("found"), look="help"), *_spaced(shown))
    more = _headings(rest, policy, _say("more")) if rest else ()
    return Screen("plan", TITLE, (*blocks, *more), _openers(rest, policy))


def _bears(entry: Entry, about: Bearing | None, policy: Policy) -> str:
    if about is None:
        return ""
    if about.excludes(entry):
        return _say("not_fired", code=about.code)
    reasons = ", ".join(about.reasons(entry, index(policy)))
    return _say("bears", code=about.code, reasons=reasons) if reasons else ""


def _as_many_as_fit(passages: Iterable[Block]) -> list[Block]:
    """Fit one message: lower-ranked results are dropped first."""
    kept = list[Block]()
    left = LONGEST_SCREEN
    for block in passages:
        left -= sum(len(part.text) + 1 for line in block.lines for part in line)
        if kept and left < 0:
            break
        kept.append(block)
    return kept


def _spaced(passages: Iterable[Block]) -> Iterator[Block]:
    for passage in passages:
        yield passage
        yield text("")


def _headings(listed: Iterable[Entry], policy: Policy, heading: str = "") -> Iterator[Block]:
    lines = [f"{number_of(entry, policy)}  {entry.heading}" for entry in listed]
    return _list(lines, heading)


def _list(lines: list[str], heading: str = "") -> Iterator[Block]:
    yield text(*lines, heading=heading)
    yield text(_say("open_one"), look="help")


def _openers(listed: Iterable[Entry], policy: Policy) -> Rows:
    buttons = [
        Button(number_of(entry, policy)[:LONGEST_LABEL], f"ask {AIM}{entry.id}") for entry in listed
    ]
    return (*in_rows(buttons, NUMBERS_IN_ROW), (_every_chapter(),))


def _every_chapter() -> Button:
    return Button("Chapters", "ask", typed="/ask")


def _say(name: str, **given: str) -> str:
    said: str = phrases("ask")[name]
    return said.format(**given)
