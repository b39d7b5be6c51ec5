"""The command /ask: stored passages that match a question, or a chapter or entry to read."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from bot.conversation.time_line import is_under_way
from bot.logic.urgency import Policy
from bot.lookup.asking import BACK, show
from bot.lookup.drawing import LONGEST_SCREEN, draw_entry, draw_whole
from bot.lookup.phrases import phrases
from bot.lookup.search.chapters import chapters, following, number_of, numbers, offered
from bot.lookup.search.entries import Entry, entries
from bot.lookup.search.folding import fold_typed
from bot.lookup.search.for_this_case import Bearing, bearing
from bot.lookup.search.search import index
from bot.lookup.search.short_titles import short_title, shortened
from bot.screens.answer_first import folded
from bot.screens.pages import in_words, page_of, split_page
from bot.screens.screen import Block, Button, Screen, text
from bot.turn import Turn

MOST_PASSAGES: Final = 3
MOST_FOUND: Final = 7
MOST_OPENERS: Final = 4  # below the best; the others are opened by their numbers
MOST_CHAPTERS: Final = 7  # with More
AIM: Final = "#"  # prefixes what a button opens: the id of an entry, or a chapter
TITLE: Final = "Reference library"


def ask(turn: Turn, typed: str) -> None:
    """Show what matches a question, a chapter or an entry; with nothing typed, how to ask."""
    case = turn.store.cases.active(turn.chat)
    about = bearing(turn.view(case)) if case and is_under_way(case) else None
    policy = turn.setting.engine.policy
    entry = _aimed_entry(typed, policy)
    if entry:
        show(turn, _entry(entry, policy))
    else:
        show(turn, _screen(typed, policy, about), "ask ")


def _screen(line: str, policy: Policy, about: Bearing | None) -> Screen:
    typed, number = split_page(line)
    if not typed:
        return _contents(_say("how"), number)
    chapter = _aimed_chapter(typed, policy)
    if chapter:
        return _chapter(chapter, policy, number)
    if typed[0] == AIM or typed.replace(".", "").isdecimal():
        return _contents(_say("no_entry"))
    return _answer(line, policy, about)


def _aimed_entry(typed: str, policy: Policy) -> Entry | None:
    """Return the entry that a button or number names."""
    key = typed.removeprefix(AIM)
    return entries(policy).get(key) if key != typed else numbers(policy).get(key.casefold())


def _aimed_chapter(typed: str, policy: Policy) -> str | None:
    """Return the chapter that a button or number names."""
    key = typed.removeprefix(AIM)
    chapter = dict(enumerate(offered(), 1)).get(int(key)) if _is_number(key) else key
    return chapter if chapter in chapters(policy) else None


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 3


def _contents(said: str, number: int = 1) -> Screen:
    """Say something above the list of chapters."""
    page = page_of([*enumerate(offered(), 1)], number, beside=BACK, most=MOST_CHAPTERS)
    buttons = [
        Button(shortened(name, name), f"ask {AIM}{name}", typed=f"/ask {place}")
        for place, name in page.shown
    ]
    blocks = (text(said), *_list([f"{place}  {name}" for place, name in page.shown]))
    return Screen("plan", TITLE, blocks, in_words((*buttons, *page.turn("ask"))))


def _chapter(name: str, policy: Policy, number: int) -> Screen:
    page = page_of(chapters(policy)[name], number, beside=1 + BACK)
    rows = in_words(_openers(page.shown, policy))
    last = (*page.turn(f"ask {AIM}{name}"), _EVERY_CHAPTER)
    return Screen("plan", name, tuple(_headings(page.shown, policy)), (*rows, last))


def _entry(entry: Entry, policy: Policy) -> Screen:
    after = following(entry, policy)
    row = [_EVERY_CHAPTER]
    if entry.chapter in offered():
        typed = f"/ask {offered().index(entry.chapter) + 1}"
        row.insert(0, Button("This chapter", f"ask {AIM}{entry.chapter}", typed=typed))
    if after:
        typed = f"/ask {number_of(after, policy)}"
        row.insert(0, Button("Next", f"ask {AIM}{after.id}", typed=typed, style="primary"))
    return Screen("plan", entry.heading, tuple(draw_entry(entry)), (tuple(row),))


def _answer(typed: str, policy: Policy, about: Bearing | None) -> Screen:
    """Show the best passage; fold the next two, and offer every other one by its title."""
    searched = index(policy)
    if about:
        found = searched.search(typed, partial(about.weight, index=searched), MOST_FOUND)
    else:
        found = searched.search(typed, most=MOST_FOUND)
    if not found.entries:
        return _contents(_say("nothing"))
    rows = (*in_words(_openers(found.entries, policy)), (_EVERY_CHAPTER,))
    if not found.fits or found.unknown:
        unknown = ", ".join(_named(found.unknown, typed))
        said = text(_say("unknown", words=unknown) if found.fits else _say("nearest"))
        return Screen("plan", TITLE, (said, *_headings(found.entries, policy)), rows)
    best, *others = found.entries
    excluded, relevant = _bears(best, about, policy)
    whole = [_whole(each, about, policy) for each in others[: MOST_PASSAGES - 1]]
    blocks = (
        *draw_entry(best, excluded=excluded, relevant=relevant),
        *_as_many_as_fit(whole),
        *(_headings(others, policy, _say("more")) if others else ()),
        *folded((text(_say("found")),)),
    )
    rows = (*in_words(_openers(others[:MOST_OPENERS], policy)), (_EVERY_CHAPTER,))
    return Screen("plan", best.heading, blocks, rows)


def _named(unknown: Sequence[str], typed: str) -> Iterator[str]:
    """Name the words that were found nowhere by their places: one may be a person's name."""
    for place, word in enumerate(typed.split(), 1):
        if any(each.startswith(tuple(unknown)) for each in fold_typed(word).split()):
            yield f"word {place}"


def _whole(entry: Entry, about: Bearing | None, policy: Policy) -> Block:
    excluded, relevant = _bears(entry, about, policy)
    return draw_whole(entry, excluded=excluded, relevant=relevant)


def _bears(entry: Entry, about: Bearing | None, policy: Policy) -> tuple[str, str]:
    """Say that the case excludes an entry, or what in the case it is about; either may be empty."""
    if about is None:
        return "", ""
    if about.excludes(entry):
        return _say("not_fired", code=about.code), ""
    reasons = ", ".join(about.reasons(entry, index(policy)))
    return "", _say("bears", code=about.code, reasons=reasons) if reasons else ""


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


def _headings(listed: Iterable[Entry], policy: Policy, heading: str = "") -> Iterator[Block]:
    lines = [f"{number_of(entry, policy)}  {entry.heading}" for entry in listed]
    return _list(lines, heading)


def _list(lines: list[str], heading: str = "") -> Iterator[Block]:
    return folded((text(*lines, heading=heading), text(_say("open_one"))))


def _openers(listed: Sequence[Entry], policy: Policy) -> list[Button]:
    return [
        Button(short_title(entry), f"ask {AIM}{entry.id}", typed=f"/ask {number_of(entry, policy)}")
        for entry in listed
    ]


def _say(name: str, **given: str) -> str:
    said: str = phrases("ask")[name]
    return said.format(**given)


_EVERY_CHAPTER: Final = Button("Chapters", "ask", typed="/ask")
