"""Where everything stands on the picture, in CSS pixels of a phone 360 wide. Draws nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.export.picture.rows import Row
from bot.export.unbroken import words_of

WIDTH: Final = 360
MARGIN: Final = 12
TIMES: Final = (MARGIN, 100)  # the column of times, from and to
RAIL: Final = 114
LANE: Final = 128  # of a span, beside the rail
LABELS: Final = (138, WIDTH - MARGIN)
SMALLEST: Final = 11
RADIUS: Final = 10
LINE: Final = 1.3  # of the size of its letters
TALL: Final = 1.2
PADDING: Final = 8
BETWEEN: Final = 8
AROUND_GAP: Final = 4

Measure = Callable[[str, int, bool], float]
Shape = Literal["band", "frame", "rail", "lane", "circle", "diamond", "square", "triangle"]
SHAPES: Final[dict[str, Shape]] = {
    "mri": "diamond",
    "mri_elsewhere": "diamond",
    "mri_first": "diamond",
    "treatment": "diamond",
    "now": "triangle",
    "dose_due": "square",
    "dose_given": "square",
    "blood_thinner": "square",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, from its left upper to its right lower corner."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: "Box") -> bool:
        return (
            other.left <= self.left
            and other.top <= self.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text in a box, in a colour of the palette and on another one."""

    box: Box
    text: str
    size: int
    bold: bool
    ink: str
    on: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A shape in a box; what lies ahead is hollow."""

    shape: Shape
    box: Box
    colour: str
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything on the picture: shapes first, texts above them."""

    height: int
    shapes: tuple[Figure, ...]
    texts: tuple[Text, ...]

    @property
    def box(self) -> Box:
        return Box(0, 0, WIDTH, self.height)


def layout(
    heading: str, made: str, rows: Sequence[Row], end: str, level: str, measure: Measure
) -> Layout:
    """Lay out heading, rows and end from top to bottom; `level` colours the next deadline."""
    page = _Page(measure, level)
    page.heading(heading, made)
    for row in rows:
        page.row(row)
    page.end(end)
    return page.done()


@dataclass
class _Page:
    """The picture while it grows downwards."""

    measure: Measure
    level: str
    y: float = MARGIN
    said_until: float = 0  # right of the rail
    texts: list[Text] = field(default_factory=list)
    shapes: list[Figure] = field(default_factory=list)
    marks: list[Figure] = field(default_factory=list)
    ends: dict[object, float] = field(default_factory=dict)

    def heading(self, heading: str, made: str) -> None:
        self._column((MARGIN, WIDTH - MARGIN), heading, 16, bold=True)
        self.y += 2
        self._column((MARGIN, WIDTH - MARGIN), made, SMALLEST, ink="muted")
        self.y += BETWEEN
        self.said_until = self.y

    def end(self, end: str) -> None:
        self.y += BETWEEN
        self._column((MARGIN, WIDTH - MARGIN), end, SMALLEST, ink="muted")
        self.y += MARGIN - 4

    def row(self, row: Row) -> None:
        """Lay out one row: its time left of the rail, its mark on it, all else right of it."""
        self._above(row)
        stands_out = row.look in ("now", "next")
        framed = stands_out or row.look == "deadline"
        on, ink, muted = self._colours(row)
        top = self.y
        self.y += PADDING if framed else 0
        begin = self.y
        times = self._times(row, ink, on)
        self.y = begin
        size = 16 if stands_out else 13
        self._column(LABELS, row.moment.label, size, bold=True, ink=ink, on=on)
        if row.left:
            bold = row.moment.is_deadline
            self._column(LABELS, row.left, 14 if stands_out else 12, bold=bold, ink=ink, on=on)
        if row.moment.note:
            self._column(LABELS, row.moment.note, SMALLEST, ink=muted, on=on)
        self.said_until = self.y
        self.y = max(self.y, times, begin + 2 * RADIUS)
        self._mark(row, begin + RADIUS, ink if stands_out else "mark")
        self.y += PADDING if framed else 0
        if framed:
            self.said_until = self.y
            shape: Shape = "band" if stands_out else "frame"
            left, right = (0, WIDTH) if stands_out else (4, WIDTH - 4)
            self.shapes.append(
                Figure(shape, Box(left, top, right, self.y), on if stands_out else "ink")
            )

    def _above(self, row: Row) -> None:
        """Write the time since the row above, beside the rail, or what was left out."""
        below = self.y
        if said := row.earlier or row.gap:
            self.y = max(self.said_until + 2, below - SMALLEST * TALL)
            self._column(LABELS, said, SMALLEST, ink="muted")
        self.y = max(self.y, below) + AROUND_GAP

    def _colours(self, row: Row) -> tuple[str, str, str]:
        """Return on what a row stands, and the colours of its words and of its note."""
        match row.look:
            case "now":
                return "now", "now_ink", "now_ink"
            case "next":
                return self.level, "band_ink", "band_ink"
        return "page", "ink", "muted"

    def _times(self, row: Row, ink: str, on: str) -> float:
        """Write clock, zone and day, and return where they end."""
        begin, most = TIMES
        if row.clock:
            end = self._text(begin, row.clock, 14, bold=True, ink=ink, on=on)
            zone = self.measure(row.zone, SMALLEST, False)
            beside = end + 4 + zone <= most
            if beside:
                top = self.y
                self.y += 14 * TALL - SMALLEST * TALL - 0.5
                self._text(end + 4, row.zone, SMALLEST, ink=ink, on=on)
                self.y = top
            self.y += 14 * LINE
            self._column(TIMES, row.date, SMALLEST, ink=ink, on=on)
            if not beside:
                self._column(TIMES, row.zone, SMALLEST, ink=ink, on=on)
        else:
            self._column(TIMES, row.date, 12, bold=True, ink=ink, on=on)
        return self.y

    def _mark(self, row: Row, middle: float, colour: str) -> None:
        """Put the mark of a row on the rail, its letter in it, and a lane beside it for a span."""
        kind, ahead = row.moment.kind, row.look not in ("past", "now")
        hollow = ahead and row.look != "next"
        shape = SHAPES.get(kind, "circle")
        box = Box(RAIL - RADIUS, middle - RADIUS, RAIL + RADIUS, middle + RADIUS)
        on, ink, _ = self._colours(row)
        solid = ink if row.look in ("now", "next") else "mark"
        self.marks.append(Figure(shape, box, solid, hollow=hollow))
        letter = on if row.look in ("now", "next") else "mark" if hollow else "mark_ink"
        behind = on if hollow else solid
        if kind != "now":
            width = self.measure(row.mark, SMALLEST, True)
            kept, self.y = self.y, middle - SMALLEST * TALL / 2
            self._text(RAIL - width / 2, row.mark, SMALLEST, bold=True, ink=letter, on=behind)
            self.y = kept
        if row.moment.until and not row.moment.day:
            begin = self.ends.get(row.moment.at, self.marks[0].box.top)
            self.shapes.append(Figure("lane", Box(LANE, begin, LANE + 3, middle), "rail"))
        self.ends[row.moment.shown_at] = middle

    def _column(
        self,
        column: tuple[float, float],
        text: str,
        size: int,
        *,
        bold: bool = False,
        ink: str = "ink",
        on: str = "page",
    ) -> None:
        """Write a text in as many lines as it takes, and go below it."""
        begin, end = column
        for line in wrapped(text, end - begin, lambda said: self.measure(said, size, bold)):
            self._text(begin, line, size, bold=bold, ink=ink, on=on)
            self.y += size * LINE

    def _text(
        self, left: float, text: str, size: int, *, bold: bool = False, ink: str, on: str
    ) -> float:
        right = left + self.measure(text, size, bold)
        box = Box(left, self.y, right, self.y + size * TALL)
        self.texts.append(Text(box, text, size, bold, ink, on))
        return right

    def done(self) -> Layout:
        tops = [each.box for each in self.marks]
        rail = Figure("rail", Box(RAIL - 1, tops[0].top, RAIL + 1, tops[-1].bottom), "rail")
        bands = [each for each in self.shapes if each.shape in ("band", "frame")]
        others = [each for each in self.shapes if each.shape == "lane"]
        return Layout(int(self.y + 0.999), (rail, *bands, *others, *self.marks), tuple(self.texts))


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Break a text into lines that fit; a word that is longer than a line is broken, too."""
    line = ""
    for word in _words_that_fit(text, width, measure):
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        yield line
        line = word
    if line:
        yield line


def _words_that_fit(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    for word in filter(None, words_of(text)):
        while measure(word) > width:
            fits = next(n for n in range(len(word) - 1, 0, -1) if measure(word[:n]) <= width)
            yield word[:fits]
            word = word[fits:]
        yield word
