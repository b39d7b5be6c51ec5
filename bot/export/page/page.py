"""Gives a case away as a page: one PDF, the same bytes for the same case and moment."""

from bot.export.content import Content
from bot.export.page.fit import PAPER_SIZES
from bot.export.paper import Paper


def page(content: Content, paper: Paper = "A4") -> bytes:
    """Draw what is handed over of a case as a tagged PDF.

    It takes tenths of a second, so it belongs beside the event loop. Raises ImportError without
    the extra `pdf`.
    """
    from bot.export.page.drawing import draw

    return draw(content, PAPER_SIZES[paper])
