"""The picture of a case's time line, as PNG for a phone, and the same as text beside it."""

from typing import Final

from bot.export.picture.drawing import MOST_PIXELS, SCALES, Fonts, draw
from bot.export.picture.layout import Layout, Measure, layout
from bot.export.picture.palette import DARK, LIGHT
from bot.export.picture.rows import Row, heading, lines, optional, rows, said_here
from bot.guidance.spoken_times import say_moment
from bot.screens.notices import words
from bot.screens.sbar_recorded import WORDS as SBAR
from bot.screens.view import View

MOST_LINES: Final = 15  # of the time line
MOST_CHARACTERS: Final = 1023
LEVELS: Final = ("emergency", "urgent")


def picture(view: View, *, dark: bool = False) -> bytes:
    """Draw the time line as PNG.

    Raises ImportError without the extra `pdf`.
    """
    found, fonts = laid_out(view)
    return draw(found, DARK if dark else LIGHT, fonts)


def laid_out(view: View) -> tuple[Layout, Fonts]:
    """Lay out the time line, and return its letters; of a long one as much as there is room for.

    What is high is drawn smaller; what is still too high leaves out what was done first.
    """
    most = min(optional(view), MOST_LINES)
    for scale in SCALES:
        fonts = Fonts(scale)
        found = _laid_out(view, most, fonts.measure)
        if found.height * scale <= MOST_PIXELS:
            return found, fonts
    while most and found.height * scale > MOST_PIXELS:
        most -= 1
        found = _laid_out(view, most, fonts.measure)
    return found, fonts


def _laid_out(view: View, most: int, measure: Measure) -> Layout:
    level = view.result.urgency.level
    return layout(
        heading(view),
        said_here("said")["made"].format(made=say_moment(view.now, view.zone)),
        rows(view, most),
        words("lines", SBAR)["end"].format(policy=view.result.policy),
        level if level in LEVELS else "calm",
        measure,
    )


def alternative(view: View) -> str:
    """Say the time line as text, one moment a line in order of time, for a caption.

    It gives up lines of the time line, then whatever comes last, but neither the present nor the
    deadlines that stand out.
    """
    for most in range(min(optional(view), MOST_LINES), -1, -1):
        shown = rows(view, most)
        said = "\n".join((heading(view), *lines(shown)))
        if len(said) <= MOST_CHARACTERS:
            return said
    return _cut(heading(view), [*shown])


def _cut(above: str, shown: list[Row]) -> str:
    """Give up the last rows that do not stand out until the rest fits, and say how many."""
    more, count = said_here("said")["more"], len(shown)
    while True:
        last = [n for n, each in enumerate(shown) if each.look not in ("now", "next")]
        said = "\n".join((above, *lines(tuple(shown)), more.format(count=count - len(shown))))
        if len(said) <= MOST_CHARACTERS or not last:
            return said
        del shown[last[-1]]
