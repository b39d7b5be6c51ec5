"""The command /drug: verdict, dose, alternative, reason and sources of a drug, or a class list."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.logic.drugs import VERDICTS, Drug, drugs
from bot.lookup.asking import BACK, show
from bot.lookup.drugs.drug_lines import drug_lines
from bot.lookup.drugs.drug_names import Match, Name, classes, find, related, short_name
from bot.lookup.phrases import phrases
from bot.lookup.search.folding import fold, fold_typed, squeeze
from bot.screens.answer_first import MOST_LINES, fitting, folded
from bot.screens.pages import in_words, page_of, split_page
from bot.screens.screen import Block, Button, Rows, Screen, Style, text
from bot.turn import Turn

MOST_RELATED: Final = 6
CLASS: Final = "class "
TITLE: Final = "Drugs on haemodialysis"


def drug(turn: Turn, typed: str) -> None:
    """Show a drug, a class or near matches; with nothing typed, every class."""
    screen = _screen(typed)
    asks = screen.title in (TITLE, *classes())
    show(turn, screen, "drug " if asks else "")


def draw_drug(row: Drug, name: Name | None = None, *, exact: bool = True) -> Screen:
    """Draw one drug; `name` is the name it was found by."""
    title = f"{row.name}: {phrases('verdicts')[row.verdict]}"
    return Screen("plan", title, tuple(_blocks(row, name, exact)), _rows(row, name))


def _class_rows(number: int = 1) -> Rows:
    page = page_of([*classes()], number, beside=BACK)
    buttons = [
        Button(kind, f"drug {CLASS}{kind}", typed=f"/drug {CLASS}{kind}") for kind in page.shown
    ]
    return in_words((*buttons, *page.turn("drug")))


def _screen(line: str) -> Screen:
    typed, number = split_page(line)
    if not typed:
        return Screen("plan", TITLE, (text(phrases("drug")["classes"]),), _class_rows(number))
    kind = _named_class(typed)
    found = Match(kind=kind) if kind else find(line)
    if found.kind:
        return _draw_class(found.kind, number)
    if found.sure:
        name = found.names[0]
        return draw_drug(drugs()[name.drug], name, exact=found.exact)
    if found.names:
        rows = in_words(_button(drugs()[name.drug]) for name in found.names)
        lines = [_named(name) for name in found.names]
        asked = phrases("drug")[_asking(found)]
        return Screen("info", TITLE, (text(asked), text(*lines, look="list")), rows)
    return Screen("info", TITLE, (text(phrases("drug")["no_drug"]),), _class_rows())


def _asking(found: Match) -> str:
    """Name the question that offers what was found."""
    if found.partly:
        return "partly"
    return "several" if len(found.names) > 1 else "near"


def _named_class(typed: str) -> str:
    if not typed.casefold().startswith(CLASS):
        return ""
    key = squeeze(fold_typed(typed[len(CLASS) :]))
    return next((kind for kind in classes() if squeeze(fold(kind)) == key), "")


def _draw_class(kind: str, number: int) -> Screen:
    """List the drugs of a class with their verdicts, usable ones first; show a single one fully."""
    rows = sorted(classes()[kind], key=lambda row: -VERDICTS.index(row.verdict))
    if len(rows) == 1:
        return draw_drug(rows[0])
    page = page_of(rows, number, beside=1 + BACK)
    buttons = in_words(map(_button, page.shown))
    last = (*page.turn(f"drug {CLASS}{kind}"), _EVERY_CLASS)
    return Screen("plan", kind, (text(*_listed(page.shown), look="list"),), (*buttons, last))


def _listed(rows: Iterable[Drug]) -> list[str]:
    return [f"{row.name}: {row.verdict.upper()}" for row in rows]


def _named(name: Name) -> str:
    row = drugs()[name.drug]
    also = "" if name.shown == row.name else f" ({name.shown})"
    return f"{row.name}{also}: {row.verdict.upper()}"


def _blocks(row: Drug, name: Name | None, exact: bool) -> Iterator[Block]:
    answer, why = drug_lines(row)[:-1], drug_lines(row)[-1]
    read = phrases("drug")["read_as"].format(name=name.shown) if name and not exact else ""
    shown, left = fitting((*answer, *_asked_for(row, name, exact), why), MOST_LINES - bool(read))
    yield text(*shown)
    if read:
        yield text(read, look="help")
    source = f"{row.kind}. [{', '.join(row.citations)}; {row.status}]"
    yield from folded((text(*left, source),))


def _asked_for(row: Drug, name: Name | None, exact: bool) -> Iterator[str]:
    if name and exact and fold(name.shown) not in fold(row.name):
        yield phrases("drug")["asked_for"].format(name=name.shown)


def _rows(row: Drug, name: Name | None) -> Rows:
    also = [_button(other) for other in related(name)[:MOST_RELATED]] if name else []
    kind = Button(row.kind, f"drug {CLASS}{row.kind}", typed=f"/drug {CLASS}{row.kind}")
    last = (kind, _EVERY_CLASS) if len(classes()[row.kind]) > 1 else (_EVERY_CLASS,)
    return (*in_words(also), last)


def _button(row: Drug) -> Button:
    label = short_name(row)
    style: Style = "danger" if row.verdict == "avoid" else "plain"
    return Button(label, f"drug {row.id}", typed=f"/drug {label.casefold()}", style=style)


_EVERY_CLASS: Final = Button("All classes", "drug", typed="/drug")
