"""Draws a sheet with fpdf2: text, rules and frame, tagged, with its metadata."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from importlib.resources import as_file, files
from itertools import groupby
from typing import Final, TypeVar, cast
from xml.sax.saxutils import escape

from fpdf import FPDF
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences
from fpdf.structure_tree import StructElem

from bot.export.content import Content
from bot.export.page.fit import FIRST_TOP, SIDE, PaperSize, Sheet, fitted
from bot.export.page.flow import DOT, Line
from bot.export.page.pieces import made, title
from bot.export.page.tags import FOOTER, HEADER, Tags
from bot.export.page.wording import words

T = TypeVar("T")

BOX: Final = "□"
LANGUAGE: Final = "en-GB"
FONT: Final = "DejaVu"
FILES: Final = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
FRAME: Final = 1.6
THIN: Final = 0.5


def draw(content: Content, paper: PaperSize) -> bytes:
    """Draw a case on sheets of a size; the same bytes for the same content."""
    pdf = FPDF(unit="pt", format=(paper.width, paper.height))
    pdf.set_auto_page_break(False)
    tags = Tags(pdf)
    pdf.struct_builder = tags
    _name(pdf, content)
    try:
        folder = files("bot.export").joinpath("fonts")
        for style, name in FILES.items():
            with as_file(folder.joinpath(name)) as path:
                pdf.add_font(FONT, style, path)
        widths = _Widths(_fonts(pdf))
        content = widths.legible(content)
        _Drawing(pdf, tags, paper, content, fitted(content, paper, widths)).draw()
        return bytes(pdf.output())
    finally:
        for font in _fonts(pdf):  # fpdf2 leaves their files open
            font.ttfont.close()


def _fonts(pdf: FPDF) -> list[TTFFont]:
    return [font for font in pdf.fonts.values() if isinstance(font, TTFFont)]


class _Widths:
    """The widths of texts at size 1, each word measured once."""

    def __init__(self, fonts: Sequence[TTFFont]) -> None:
        self._fonts = fonts  # regular, bold
        self._known: dict[tuple[str, bool], float] = {}

    def __call__(self, text: str, bold: bool) -> float:
        key = (text, bold)
        if key not in self._known:
            _, self._known[key] = self._fonts[bold].get_text_width(text, 1, None)
        return self._known[key]

    def legible(self, given: T) -> T:
        """Put a box in place of each letter that the fonts lack, in any text of a value."""
        if isinstance(given, str):
            missing = {ord(each): BOX for each in set(given) if not self._has(each)}
            return cast(T, given.translate(missing))
        if isinstance(given, tuple):
            return cast(T, tuple(self.legible(each) for each in given))
        if is_dataclass(given) and not isinstance(given, type):
            said = {each.name: self.legible(getattr(given, each.name)) for each in fields(given)}
            return replace(given, **said)
        return given

    def _has(self, letter: str) -> bool:
        return all(ord(letter) in font.cmap for font in self._fonts)


def _name(pdf: FPDF, content: Content) -> None:
    """Say of the document what it is, in what language, and when it was made."""
    named, about = title(content), words("page")["description"]
    pdf.set_title(named)
    pdf.set_subject(about)
    pdf.set_creator("CordCall")
    pdf.set_lang(LANGUAGE)
    pdf.set_creation_date(content.made_at)
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    at = content.made_at.isoformat(timespec="seconds")
    pdf.set_xmp_metadata(
        f"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(named)}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(about)}</rdf:li></rdf:Alt>
</dc:description>
<dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>CordCall</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
    )


class _Drawing:
    """What is drawn on the pages of one sheet."""

    def __init__(
        self, pdf: FPDF, tags: Tags, paper: PaperSize, content: Content, sheet: Sheet
    ) -> None:
        self._pdf, self._tags, self._paper = pdf, tags, paper
        self._content, self._sheet = content, sheet
        self._list: StructElem | None = None
        self._element: StructElem | None = None

    def draw(self) -> None:
        pdf, sheet = self._pdf, self._sheet
        self._new_page()
        self._head()
        with self._tags.artifact():
            pdf.set_line_width(FRAME)
            pdf.rect(sheet.box.left, sheet.box.top, sheet.box.width, sheet.box.height)
            pdf.set_line_width(THIN)
        together = groupby(sheet.lines, lambda line: (id(line.piece), line.page, line.width))
        for _, lines in together:
            self._lines([*lines])

    def _new_page(self) -> None:
        pdf, code = self._pdf, self._content.code
        pdf.add_page()
        said = words("page")
        number = said["number"].format(page=pdf.page, pages=self._sheet.pages)
        foot = self._paper.height - 22
        with self._tags.artifact(FOOTER):
            self._rule(SIDE, foot - 11, self._paper.width - 2 * SIDE)
            self._text(f"{code} · {made(self._content)}", SIDE, foot, 8)
            self._text_ending(number, foot, 8)
        if pdf.page > 1:
            with self._tags.artifact(HEADER):
                self._text(title(self._content), SIDE, 30, 10, bold=True)
                self._blanks(30, 8, self._paper.width * 0.45)

    def _head(self) -> None:
        """Draw the title, the moment, and the lines on which name and number are written."""
        content, tags = self._content, self._tags
        y = FIRST_TOP + 14
        with tags.content(tags.element("H1")):
            self._text(title(content), SIDE, y, 15, bold=True)
        with tags.content(tags.element("P")):
            self._text_ending(made(content), y, 10)
        self._blanks(FIRST_TOP + 46, 10, SIDE, tagged=True)

    def _blanks(self, y: float, size: float, left: float, *, tagged: bool = False) -> None:
        """Draw each label with a line to write on, side by side up to the right margin."""
        blanks = [each.rstrip("_ ") for each in self._content.blanks]
        width = (self._paper.width - SIDE - left) / len(blanks)
        for number, label in enumerate(blanks):
            x = left + number * width
            if tagged:
                with self._tags.content(self._tags.element("P")):
                    self._text(label, x, y, size)
            else:
                self._text(label, x, y, size)
            start = x + self._pdf.get_string_width(label) + 4
            end = x + width - (12 if number < len(blanks) - 1 else 0)
            if tagged:
                with self._tags.artifact():
                    self._rule(start, y + 1.5, end - start)
            else:
                self._rule(start, y + 1.5, end - start)

    def _lines(self, lines: list[Line]) -> None:
        """Draw the lines of a piece that stand together in one column, as one piece of content."""
        first = lines[0]
        while self._pdf.page < first.page:
            self._new_page()
        if first.first:
            self._begin(first)
        assert self._element is not None
        with self._tags.content(self._element):
            for line in lines:
                said = line.text if line.last else f"{line.text} "
                self._text(said, line.x, line.y, line.size, bold=line.piece.bold)
        last = lines[-1]
        if first.piece.dotted and first.first:
            side = first.size * 0.28
            with self._tags.artifact():
                x = first.x - DOT * first.size
                self._pdf.rect(x, first.y - first.size * 0.5, side, side, style="F")
        if last.piece.ruled and last.last:
            with self._tags.artifact():
                self._rule(first.x, last.y + last.size * 0.3, last.width)

    def _begin(self, line: Line) -> None:
        """Begin the element of a piece; lines of a list that follow each other share one."""
        tags, tag = self._tags, line.piece.tag
        if tag == "LI":
            self._list = self._list or tags.element("L")
            self._element = tags.element("LBody", tags.element("LI", self._list))
        else:
            self._list, self._element = None, tags.element(tag)

    def _text(self, text: str, x: float, y: float, size: float, *, bold: bool = False) -> None:
        self._pdf.set_font(FONT, "B" if bold else "", size)
        self._pdf.text(x, y, text)

    def _text_ending(self, text: str, y: float, size: float) -> None:
        """Draw a text that ends at the right margin."""
        self._pdf.set_font(FONT, "", size)
        self._pdf.text(self._paper.width - SIDE - self._pdf.get_string_width(text), y, text)

    def _rule(self, x: float, y: float, width: float) -> None:
        self._pdf.line(x, y, x + width, y)
