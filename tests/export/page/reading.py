"""Reads a PDF as fpdf2 wrote it: its objects, its structure tree, what is drawn on its pages."""

import re
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
KIDS = re.compile(r"/K \[(.*?)\]\n", re.DOTALL)
KID = re.compile(r"<</Type /MCR /Pg (\d+) 0 R /MCID (\d+)>>|(\d+) 0 R|(\d+)")


SHOWN = re.compile(r"\((?:\\.|[^\\)])*\) Tj", re.DOTALL)
OPERATOR = re.compile(
    r"^/(?P<tag>\w+) <<.*?>> BDC$|^BT /(?P<font>F\d) (?P<size>[\d.]+) Tf ET$|"
    r"^BT (?P<x>[\d.]+) (?P<y>[\d.]+) Td \((?P<text>(?:\\.|[^\\)])*)\) Tj ET$",
    re.MULTILINE | re.DOTALL,
)
LETTER = re.compile(r"^<(\w{4})> <(\w+)>$", re.MULTILINE)


class Shown(NamedTuple):
    """One text as drawn, from the left end of its baseline; the page begins at the bottom left."""

    text: str
    artifact: bool
    bold: bool
    size: float
    x: float
    y: float


@dataclass(frozen=True)
class Element:
    """An element of the structure tree; its content as pages and numbers."""

    tag: str
    within: tuple[str, ...]
    content: tuple[tuple[int, int], ...]


class Pdf:
    """A PDF, taken apart."""

    def __init__(self, written: bytes) -> None:
        self.written = written
        self.objects = {int(number): body for number, body in OBJECT.findall(written)}

    def said(self, number: int) -> str:
        return self.objects[number].decode("latin-1")

    def of_type(self, name: str) -> Iterator[tuple[int, str]]:
        for number in self.objects:
            said = self.said(number)
            if re.search(rf"/Type /{name}\b(?!s)", said):
                yield number, said

    @cached_property
    def catalog(self) -> str:
        return next(said for _, said in self.of_type("Catalog"))

    @cached_property
    def pages(self) -> list[int]:
        return [number for number, _ in self.of_type("Page")]

    def stream(self, number: int) -> bytes:
        body = self.objects[number]
        found = STREAM.search(body)
        assert found
        return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]

    def _contents(self, page: int) -> str:
        found = re.search(r"/Contents (\d+) 0 R", self.said(page))
        assert found
        return self.stream(int(found[1])).decode("latin-1")

    def drawn(self, page: int) -> list[str]:
        """Return the operators that draw a page, one a line, without the texts that they show."""
        return SHOWN.sub("(…) Tj", self._contents(page)).split("\n")

    @cached_property
    def letters(self) -> dict[str, dict[int, str]]:
        """Return which letter each number stands for, by the name of the font."""
        found = dict[str, dict[int, str]]()
        for said in map(self.said, self.objects):
            for name, font in re.findall(r"/(F\d) (\d+) 0 R", said):
                table = re.search(r"/ToUnicode (\d+) 0 R", self.said(int(font)))
                assert table
                pairs = LETTER.findall(self.stream(int(table[1])).decode("ascii"))
                found[name] = {
                    int(code, 16): bytes.fromhex(letter).decode("utf-16-be")
                    for code, letter in pairs
                }
        return found

    def shown(self, page: int) -> Iterator[Shown]:
        """Return the texts of a page in the order in which they are drawn."""
        marked, font, size = "", "", 0.0
        for found in OPERATOR.finditer(self._contents(page)):
            if found["tag"]:
                marked = found["tag"]
            elif found["font"]:
                font, size = found["font"], float(found["size"])
            else:
                bare = re.sub(r"\\(.)", _unescaped, found["text"], flags=re.DOTALL)
                codes = bare.encode("latin-1")
                letters = [
                    self.letters[font][int.from_bytes(codes[at : at + 2], "big")]
                    for at in range(0, len(codes), 2)
                ]
                x, y = float(found["x"]), float(found["y"])
                yield Shown("".join(letters), marked == "Artifact", font == "F2", size, x, y)

    @property
    def read(self) -> str:
        """Return everything that is read aloud: without rules, headers and footers."""
        return "".join(
            each.text for page in self.pages for each in self.shown(page) if not each.artifact
        )

    def elements(self) -> Iterator[Element]:
        """Return the elements of the tree in the order of reading."""
        root = next(said for _, said in self.of_type("StructTreeRoot"))
        top = re.search(r"/K \[(\d+) 0 R\]", root)
        assert top
        yield from self._below(int(top[1]), ())

    def _below(self, number: int, within: tuple[str, ...]) -> Iterator[Element]:
        said = self.said(number)
        named, own = re.search(r"/S /(\w+)", said), re.search(r"\n/Pg (\d+) 0 R", said)
        kids = KIDS.search(f"{said}\n")
        assert named and kids
        content, below = list[tuple[int, int]](), list[int]()
        for page, elsewhere, element, here in KID.findall(kids[1]):
            if element:
                below.append(int(element))
            elif page:
                content.append((int(page), int(elsewhere)))
            else:
                assert own
                content.append((int(own[1]), int(here)))
        yield Element(named[1], within, tuple(content))
        for each in below:
            yield from self._below(each, (*within, named[1]))

    def parents(self) -> dict[int, list[int]]:
        """Return, for each page's number in the table of parents, the elements of its content."""
        (nums,) = (self.said(n) for n in self.objects if b"/Nums [" in self.objects[n])
        return {
            int(page): [int(each) for each in re.findall(r"(\d+) 0 R", elements)]
            for page, elements in re.findall(r"(\d+) \[([^\]]*)\]", nums.partition("/Nums [")[2])
        }


def _unescaped(found: re.Match[str]) -> str:
    return {"r": "\r", "n": "\n"}.get(found[1], found[1])


def words_of(written: bytes, folder: Path, *options: str) -> str:
    """Return what poppler's pdftotext reads."""
    path = folder / "page.pdf"
    path.write_bytes(written)
    run = subprocess.run(
        ["pdftotext", *options, str(path), "-"], capture_output=True, check=True, timeout=60
    )
    return run.stdout.decode()
