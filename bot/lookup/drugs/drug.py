"""The command /drug: verdict, dose, alternative, reason and sources of a drug, or a class list."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.logic.drugs import VERDICTS, Drug, drugs
from bot.lookup.asking import show
from bot.lookup.drawing import LONGEST_LABEL, NAMES_IN_ROW
from bot.lookup.drugs.drug_names import Match, Name, classes, find, related
from bot.lookup.phrases import phrases
from bot.lookup.search.folding import fold, fold_typed, squeeze
from bot.screens.screen import Block, Button, Rows, Screen, Style, in_rows, text
from bot.turn import Turn

CLASSES_IN_ROW: Final = 3
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


def class_rows() -> Rows:
    buttons = [
        Button(kind, f"drug {CLASS}{kind}", typed=f"/drug {CLASS}{kind}") for kind in classes()
    ]
    return in_rows(buttons, CLASSES_IN_ROW)


def _screen(typed: str) -> Screen:
    if not typed:
        return Screen("plan", TITLE, (text(phrases("drug")["classes"]),), class_rows())
    kind = _named_class(typed)
    found = Match(kind=kind) if kind else find(typed)
    if found.kind:
        return _draw_class(found.kind)
    if found.sure:
        name = found.names[0]
        return draw_drug(drugs()[name.drug], name, exact=found.exact)
    if found.names:
        rows = in_rows([_button(drugs()[name.drug]) for name in found.names], NAMES_IN_ROW)
        lines = [_named(name) for name in found.names]
        asked = phrases("drug")[_asking(found)]
        return Screen("info", TITLE, (text(asked), text(*lines, look="list")), rows)
    return Screen("info", TITLE, (text(phrases("drug")["no_drug"]),), class_rows())


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


def _draw_class(kind: str) -> Screen:
    """List the drugs of a class with their verdicts, usable ones first; show a single one fully."""
    rows = sorted(classes()[kind], key=lambda row: -VERDICTS.index(row.verdict))
    if len(rows) == 1:
        return draw_drug(rows[0])
    buttons = in_rows([_button(row) for row in rows], NAMES_IN_ROW)
    every = (Button("All classes", "drug", typed="/drug"),)
    return Screen("plan", kind, (text(*_listed(rows), look="list"),), (*buttons, every))


def _listed(rows: Iterable[Drug]) -> list[str]:
    return [f"{row.name}: {row.verdict.upper()}" for row in rows]


def _named(name: Name) -> str:
    row = drugs()[name.drug]
    also = "" if name.shown == row.name else f" ({name.shown})"
    return f"{row.name}{also}: {row.verdict.upper()}"


def _blocks(row: Drug, name: Name | None, exact: bool) -> Iterator[Block]:
    if name and not exact:
        yield text(phrases("drug")["read_as"].format(name=name.shown))
    elif name and fold(name.shown) not in fold(row.name):
        yield text(phrases("drug")["asked_for"].format(name=name.shown))
    yield text(row.dose, heading="Dose on haemodialysis")
    if row.instead:
        yield text(row.instead, heading="Give instead")
    yield text(row.why, heading="Why")
    yield text(f"{row.kind}. [{', '.join(row.citations)}; {row.status}]", look="help")


def _rows(row: Drug, name: Name | None) -> Rows:
    also = [_button(other) for other in related(name)] if name else []
    kind = Button(row.kind, f"drug {CLASS}{row.kind}", typed=f"/drug {CLASS}{row.kind}")
    every = Button("All classes", "drug", typed="/drug")
    last = (kind, every) if len(classes()[row.kind]) > 1 else (every,)
    return (*in_rows(also, NAMES_IN_ROW), last)


def _button(row: Drug) -> Button:
    """Offer a drug under the first of its names that fits a button."""
    fitting = (name for name in (row.name, *row.names) if len(name) <= LONGEST_LABEL)
    style: Style = "danger" if row.verdict == "avoid" else "plain"
    label = next(fitting, row.name[:LONGEST_LABEL])
    return Button(label, f"drug {row.id}", typed=f"/drug {label.casefold()}", style=style)
