"""Gives a case away as a page: one PDF, the same bytes for the same case and moment."""

from bot.export.content import Content, content
from bot.export.page.fit import PAPERS
from bot.export.page.wording import words
from bot.refusal import Refusal
from bot.screens.view import View


class PageError(Refusal):
    """A page cannot be drawn: the paper is unknown, or the library is missing."""


def page(given: View | Content, paper: str = "A4") -> bytes:
    """Draw what is handed over of a case as a tagged PDF.

    It takes tenths of a second, so it belongs beside the event loop. Raises PageError.
    """
    said = words("missing")
    if paper not in PAPERS:
        papers = ", ".join(PAPERS)
        raise PageError(said["paper"].format(paper=paper, papers=papers))
    try:
        from bot.export.page.drawing import draw
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "fpdf":
            raise
        raise PageError(said["fpdf"]) from error
    return draw(content(given) if isinstance(given, View) else given, PAPERS[paper])
