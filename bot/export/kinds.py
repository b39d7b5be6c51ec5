"""The kinds of file as which a case is given away: who makes each, its name and its type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from bot.export.paper import Paper
from bot.logic.text_files import read_texts
from bot.screens.view import View

MOST_BYTES: Final = 10_000_000  # of a picture, which may be smaller than a document


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file: its name, its type, what is in it; `in_words` says what a picture shows."""

    name: str
    media: str
    content: bytes
    in_words: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what makes it, and what it `needs` besides CordCall.

    `also` is what else may be typed for it; `in_words` says what a picture shows.
    """

    name: str
    make: Callable[[View, Paper], bytes]
    ending: str
    media: str
    also: tuple[str, ...]
    needs: tuple[str, ...] = ()
    in_words: Callable[[View], str] | None = None

    @property
    def label(self) -> str:
        """Return how the kind is called on a button, such as "Page"."""
        return said("labels")[self.name]

    @property
    def missing(self) -> str:
        """Say what has to be installed first; "" if nothing."""
        if all(map(find_spec, self.needs)):
            return ""
        return said("lines")["missing"].format(kind=self.label)

    def draw(self, view: View, paper: Paper) -> Drawn:
        """Draw a case. Raises ImportError if something is not installed."""
        made = self.make(view, paper)
        shown = self.in_words(view) if self.in_words else ""
        return Drawn(f"{stem_of(view)}.{self.ending}", self.media, made, shown)


def said(table: str) -> Mapping[str, str]:
    """Load one table of the words of files."""
    found: Mapping[str, str] = read_texts("bot.export", "kinds.toml")[table]
    return found


def stem_of(view: View) -> str:
    """Name the files of a case without their ending, by the hospital's clock."""
    return f"{view.case.code}-{view.now.astimezone(view.zone):%Y%m%d-%H%M}"


def _page(view: View, paper: Paper) -> bytes:
    from bot.export.content import content
    from bot.export.page.page import page

    return page(content(view), paper)


def _picture(view: View, _: Paper) -> bytes:
    from bot.export.picture.time_line import picture

    return picture(view)


def _dark(view: View, _: Paper) -> bytes:
    from bot.export.picture.time_line import picture

    return picture(view, dark=True)


def _alternative(view: View) -> str:
    from bot.export.picture.time_line import alternative

    return alternative(view)


def _data(view: View, _: Paper) -> bytes:
    from bot.export.fhir.bundle import bundle_text

    return bundle_text(view).encode()


def _calendar(view: View, _: Paper) -> bytes:
    from bot.export.calendar import calendar_text

    return calendar_text(view).encode()


KINDS: Final[Mapping[str, Kind]] = {
    each.name: each
    for each in (
        Kind("page", _page, "pdf", "application/pdf", ("pdf",), ("fpdf",)),
        Kind(
            "picture",
            _picture,
            "png",
            "image/png",
            ("png", "image"),
            ("PIL",),
            in_words=_alternative,
        ),
        Kind("data", _data, "json", "application/fhir+json", ("fhir", "json")),
        Kind("calendar", _calendar, "ics", "text/calendar", ("ics",)),
        Kind(
            "dark",
            _dark,
            "dark.png",
            "image/png",
            ("dark picture", "dark.png"),
            ("PIL",),
            in_words=_alternative,
        ),
    )
}


def kind_named(typed: str) -> Kind | None:
    """Find the kind that is meant; None if there is none."""
    word = typed.strip().casefold()
    return next((each for each in KINDS.values() if word in (each.name, *each.also)), None)
