"""The structure tree of the page: fpdf2's builder, extended by elements within elements.

fpdf2 tags figures alone. This keeps its tree root and its table of parents, and hangs headings,
paragraphs and lists below the document, each with the pieces of content that it has on its pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fpdf import FPDF
from fpdf.output import PDFPage
from fpdf.structure_tree import StructElem, StructureTreeBuilder
from fpdf.syntax import PDFObject

FOOTER: Final = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
HEADER: Final = "/Artifact <</Type /Pagination /Subtype /Header>> BDC"
LAYOUT: Final = "/Artifact <</Type /Layout>> BDC"


class _Elsewhere:
    """A piece of content of an element, on another page than its first."""

    def __init__(self, page: PDFPage, number: int) -> None:
        self._page, self._number = page, number

    def serialize(self, **_: object) -> str:
        return f"<</Type /MCR /Pg {self._page.ref} /MCID {self._number}>>"


class Tags(StructureTreeBuilder):
    """The elements of a document, and which content on its pages belongs to which."""

    def __init__(self, pdf: FPDF) -> None:
        super().__init__()
        self._pdf = pdf
        self._elements: list[StructElem] = []
        self._used: dict[int, int] = {}

    def __iter__(self) -> Iterator[PDFObject]:
        yield self.struct_tree_root
        yield self.doc_struct_elem
        yield self.struct_tree_root.parent_tree
        yield from self._elements

    def element(self, tag: str, within: StructElem | None = None) -> StructElem:
        """Begin an element such as "P" on the present page, below the document or another one."""
        parent = within or self.doc_struct_elem
        element = StructElem(f"/{tag}", parent, [], page_number=self._pdf.page)
        element.pg = self._pdf.pages[self._pdf.page]  # type: ignore[assignment]
        parent.k.append(element)
        self._elements.append(element)
        return element

    @contextmanager
    def content(self, element: StructElem) -> Iterator[None]:
        """Tag what is drawn meanwhile as content of an element; it stays on one page."""
        page = self._pdf.pages[self._pdf.page]
        number = self._used.get(self._pdf.page, 0)
        self._used[self._pdf.page] = number + 1
        parents = self.spid_per_page_number.setdefault(self._pdf.page, self._pdf.page - 1)
        self.struct_tree_root.parent_tree.nums[parents].append(element)
        page.struct_parents = parents
        element.k.append(number if element.pg is page else _Elsewhere(page, number))
        with self._marked(f"{element.s} <</MCID {number}>> BDC"):
            yield

    @contextmanager
    def artifact(self, kind: str = LAYOUT) -> Iterator[None]:
        """Tag what is drawn meanwhile as no content: a line, a header, a footer."""
        with self._marked(kind):
            yield

    @contextmanager
    def _marked(self, operator: str) -> Iterator[None]:
        self._pdf._out(operator)
        yield
        self._pdf._out("EMC")
