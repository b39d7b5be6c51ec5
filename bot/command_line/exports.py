"""`cordcall export`: writes a case into a folder as files, even beside a running bot."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from bot.command_line.opened import opened
from bot.refusal import Refusal

if TYPE_CHECKING:
    from bot.command_line.opened import Serve
    from bot.export.kinds import Drawn
    from bot.export.paper import Paper
    from bot.screens.view import View
    from bot.service.service import Service

TEXT: Final = "text"


def export_case(
    serve: "Serve", code: str, kinds: Sequence[str], folder: Path, paper: str | None
) -> None:
    """Write a case as files of some kinds, each a new one; the audit has a row for each kind.

    Raises Refusal before anything is written if one of them cannot be drawn, or is there already.
    """
    from bot.export.kinds import KINDS
    from bot.export.paper import paper_of
    from bot.export.written import write_new
    from bot.service.auditing import audit_exports
    from bot.settings import read_settings

    if not kinds:
        raise Refusal("export: no kind given; allowed: --text, --pdf, --png, --dark, --fhir, --ics")
    for kind in kinds:
        if kind != TEXT and (missing := KINDS[kind].missing):
            raise Refusal(missing)
    chosen = _paper(paper)
    with opened(serve, read_settings(), "one with cases") as service:
        view = _view(service, code)
        sheet = chosen or paper_of(view.zone)
        drawn = [_drawn(view, kind, sheet) for kind in kinds]
        for each in drawn:
            if os.path.lexists(folder / each.name):
                raise Refusal(f"{folder / each.name}: is there already; allowed: another folder")
        with service.store.turn() as store:
            audit_exports(store, view.case.code, kinds, service.setting.engine.ruleset, view.now)
        for each in drawn:
            write_new(folder / each.name, each.content)
            typer.echo(f"{folder / each.name}: written")


def _paper(given: str | None) -> "Paper | None":
    from bot.export.paper import PAPERS
    from bot.logic.case_input import quoted

    if given is None:
        return None
    for paper in PAPERS:
        if paper.casefold() == given.casefold():
            return paper
    raise Refusal(f"--paper: {quoted(given)} given; allowed: {', '.join(PAPERS)}")


def _view(service: "Service", code: str) -> "View":
    from bot.incoming import TERMINAL, Command, Incoming
    from bot.logic.case_input import quoted
    from bot.service.auditing import AT_THE_MACHINE

    with service.store.turn():
        turn = service.begin(Incoming(TERMINAL, AT_THE_MACHINE, Command("export")))
        case = service.store.cases.find(code.upper())
        if case is None:
            raise Refusal(f"CODE: {quoted(code)} given; allowed: the code of a case that is kept")
        return turn.view(case)


def _drawn(view: "View", kind: str, paper: "Paper") -> "Drawn":
    from bot.export.kinds import KINDS

    return _text(view) if kind == TEXT else KINDS[kind].draw(view, paper)


def _text(view: "View") -> "Drawn":
    from bot.export.kinds import Drawn, stem_of
    from bot.screens.sbar import draw_sbar
    from bot.screens.screen import say_line

    lines = (say_line(line) for block in draw_sbar(view).blocks for line in block.lines)
    content = "".join(f"{line}\n" for line in lines)
    return Drawn(f"{stem_of(view)}.txt", "text/plain", content.encode())
