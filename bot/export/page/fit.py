"""Chooses the size of the text and where the plan begins, so that a case takes few clean pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final, NamedTuple

from bot.export.content import Content
from bot.export.page.flow import (
    Block,
    Flowed,
    Frame,
    Line,
    Measure,
    Measured,
    blocks_of,
    flow,
    measured,
)
from bot.export.page.pieces import findings, first_steps, plan, urgency
from bot.export.paper import Paper


class PaperSize(NamedTuple):
    """A size of paper in points."""

    width: float
    height: float


PAPER_SIZES: Final[Mapping[Paper, PaperSize]] = {
    "A4": PaperSize(595.28, 841.89),
    "Letter": PaperSize(612.0, 792.0),
}
SIDE: Final = 36.0
TOP: Final = 44.0  # of every page but the first
FIRST_TOP: Final = 28.0
TITLE: Final = 60.0  # the height of title, moment, name and number
BOTTOM: Final = 40.0
BETWEEN: Final = 16.0
COLUMNS: Final = 2
PADDING: Final = 8.0
AFTER: Final = 8.0
CLOSE: Final = 4.0  # columns that differ by less end together


class Sizes(NamedTuple):
    """The size of the text, and of the plan, which is looked up rather than read."""

    text: float
    plan: float


ON_ONE: Final = (Sizes(9.5, 9), Sizes(9, 8.5), Sizes(8.5, 8))
ON_TWO: Final = (*ON_ONE, Sizes(8.5, 7.5), Sizes(8, 7.5), Sizes(8, 7), Sizes(7.5, 7))
ON_MORE: Final = Sizes(8.5, 7.5)


class Sheet(NamedTuple):
    """Everything on its pages: the frame around the urgency, the lines, how many pages."""

    box: Frame
    lines: tuple[Line, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class _Frames:
    """The columns from a place on a page on, by their number; on the last page they are shorter."""

    paper: PaperSize
    page: int
    top: float
    last: int = 0
    shorter: float = 0.0

    def __iter__(self) -> Iterator[Frame]:
        return map(self.frame, count())

    def frame(self, number: int) -> Frame:
        further, column = divmod(number, COLUMNS)
        page, top = self.page + further, TOP if further else self.top
        width = column_width(self.paper)
        height = self.shorter if page == self.last else self.paper.height - BOTTOM - top
        return Frame(page, SIDE + column * (width + BETWEEN), top, width, height)


def column_width(paper: PaperSize) -> float:
    return (paper.width - 2 * SIDE - BETWEEN * (COLUMNS - 1)) / COLUMNS


def fitted(content: Content, paper: PaperSize, measure: Measure) -> Sheet:
    """Lay a case out on one page, else on two, the second of them for the plan, else on more."""
    case = _Case(content, paper, measure)
    tried = (
        *((sizes, False, 1) for sizes in ON_ONE),
        *((sizes, apart, 2) for apart in (True, False) for sizes in ON_TWO),
        *((sizes, False, 3) for sizes in ON_TWO),
    )
    for sizes, apart, pages in tried:
        if case.takes(sizes, apart=apart) <= pages:
            return case.laid(sizes, apart=apart)
    return case.laid(ON_MORE, apart=False)


class _Case:
    """A case that is laid out at several sizes, its words measured once."""

    def __init__(self, content: Content, paper: PaperSize, measure: Measure) -> None:
        self._paper = paper
        self._urgency = measured(urgency(content), measure)
        self._steps = measured(first_steps(content), measure)
        self._findings = measured(findings(content), measure)
        self._plan = measured(plan(content), measure)

    def takes(self, sizes: Sizes, *, apart: bool) -> int:
        """Return how many pages a case takes at some sizes, with the plan apart or not."""
        _, below = self._above(sizes.text)
        frames = _Frames(self._paper, 1, below.bottom + AFTER)
        for blocks in self._parts(sizes, apart=apart):
            frames = _Frames(self._paper, flow(blocks, iter(frames)).page + 1, TOP)
        return frames.page - 1

    def laid(self, sizes: Sizes, *, apart: bool) -> Sheet:
        """Lay a case out: what spans the first page, then its parts in columns."""
        box, above = self._above(sizes.text)
        lines, frames = [*above.lines], _Frames(self._paper, 1, above.bottom + AFTER)
        for blocks in self._parts(sizes, apart=apart):
            flowed = _balanced(blocks, frames)
            lines += flowed.lines
            frames = _Frames(self._paper, flowed.page + 1, TOP)
        return Sheet(box, tuple(lines), frames.page - 1)

    def _parts(self, sizes: Sizes, *, apart: bool) -> list[list[Block]]:
        width = column_width(self._paper)
        findings = blocks_of(self._findings, sizes.text, width)
        plan = blocks_of(self._plan, sizes.plan, width)
        return [findings, plan] if apart else [[*findings, *plan]]

    def _above(self, size: float) -> tuple[Frame, Flowed]:
        """Lay out the urgency in its frame, and below it the first steps."""
        width, top = self._paper.width - 2 * SIDE, FIRST_TOP + TITLE
        inner = Frame(1, SIDE + PADDING, top + PADDING, width - 2 * PADDING, self._paper.height)
        framed = _alone(self._urgency, size, inner)
        box = Frame(1, SIDE, top, width, framed.bottom + PADDING - top)
        below = Frame(1, SIDE, box.top + box.height + AFTER, width, self._paper.height)
        steps = _alone(self._steps, size, below)
        return box, Flowed((*framed.lines, *steps.lines), steps.bottom)


def _alone(given: Sequence[Measured], size: float, frame: Frame) -> Flowed:
    return flow(blocks_of(given, size, frame.width), iter((frame,)))


def _balanced(blocks: Sequence[Block], frames: _Frames) -> Flowed:
    """Let blocks flow down columns that end at about the same height on their last page."""
    whole = flow(blocks, iter(frames))
    first = 0 if whole.page == frames.page else COLUMNS
    low, high, best = 0.0, frames.frame(first).height, whole
    while high - low > CLOSE:
        shorter = replace(frames, last=whole.page, shorter=(low + high) / 2)
        tried = flow(blocks, iter(shorter))
        if tried.page > whole.page:
            low = shorter.shorter
        else:
            best, high = tried, shorter.shorter
    return best
