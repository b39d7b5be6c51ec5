"""Draws a layout with Pillow, which comes with the extra `pdf` and is loaded when it is needed."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final

from bot.export.picture.layout import WIDTH, Box, Figure, Layout

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SCALES: Final = (3, 2)  # pixels to a CSS pixel: a high picture is drawn smaller
MOST_PIXELS: Final = 2560  # high; Telegram makes larger pictures smaller
FONTS: Final = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}


class Fonts:
    """The letters of one picture, which are measured and drawn at the same size.

    Raises ImportError without the extra `pdf`.
    """

    def __init__(self, scale: int = SCALES[0]) -> None:
        from PIL import ImageFont

        self.scale = scale
        self._image_font = ImageFont
        self._loaded: dict[tuple[int, bool], FreeTypeFont] = {}
        self._widths: dict[tuple[str, int, bool], float] = {}

    def measure(self, text: str, size: int, bold: bool) -> float:
        """Return how wide a text is, in CSS pixels."""
        key = (text, size, bold)
        if key not in self._widths:
            self._widths[key] = self.at(size, bold=bold).getlength(text) / self.scale
        return self._widths[key]

    def at(self, size: int, *, bold: bool) -> "FreeTypeFont":
        if (size, bold) not in self._loaded:
            self._loaded[size, bold] = self._image_font.truetype(
                BytesIO(_letters(FONTS[bold])),
                size * self.scale,
                layout_engine=self._image_font.Layout.BASIC,
            )
        return self._loaded[size, bold]


@cache
def _letters(file: str) -> bytes:
    return files("bot.export").joinpath("fonts", file).read_bytes()


def draw(layout: Layout, colours: Mapping[str, str], fonts: Fonts) -> bytes:
    """Draw a layout as PNG; the same layout gives the same bytes."""
    from PIL import Image, ImageDraw

    scale = fonts.scale
    size = (WIDTH * scale, layout.height * scale)
    image = Image.new("RGB", size, colours["page"])
    pen = ImageDraw.Draw(image)
    for each in layout.shapes:
        _shape(pen, each, colours, scale)
    for text in layout.texts:
        at = (text.box.left * scale, text.box.top * scale)
        font = fonts.at(text.size, bold=text.bold)
        pen.text(at, text.text, fill=colours[text.ink], font=font, anchor="la")
    written = BytesIO()
    image.save(written, "PNG", compress_level=6)
    return written.getvalue()


def _shape(pen: "ImageDraw", figure: Figure, colours: Mapping[str, str], scale: int) -> None:
    colour, line = colours[figure.colour], 2 * scale
    fill = colours["page"] if figure.hollow else colour
    left, top, right, bottom = _scaled(figure.box, scale)
    middle = ((left + right) / 2, (top + bottom) / 2)
    match figure.shape:
        case "band" | "rail" | "lane":
            pen.rectangle((left, top, right, bottom), fill=colour)
        case "frame":
            pen.rectangle((left, top, right, bottom), outline=colour, width=line)
        case "circle":
            pen.ellipse((left, top, right, bottom), fill=fill, outline=colour, width=line)
        case "square":
            inset = scale
            square = (left + inset, top + inset, right - inset, bottom - inset)
            pen.rectangle(square, fill=fill, outline=colour, width=line)
        case "diamond":
            x, y = middle
            reach = scale * 2
            points = ((x, top - reach), (right + reach, y), (x, bottom + reach), (left - reach, y))
            pen.polygon(points, fill=fill, outline=colour, width=line)
        case "triangle":
            pointing = ((left, top), (right, middle[1]), (left, bottom))
            pen.polygon(pointing, fill=fill, outline=colour, width=line)


def _scaled(box: Box, scale: int) -> tuple[float, float, float, float]:
    return box.left * scale, box.top * scale, box.right * scale, box.bottom * scale
