"""The small elements from which the resources of a bundle are built."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import chain
from typing import Any, Final

from bot.export.fhir.canonical import urn
from bot.logic.text_files import read_texts

Resource = dict[str, Any]

ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
AUTHOR: Final = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-author"
XHTML: Final = "http://www.w3.org/1999/xhtml"

ANSWERED: Final = urn("extension answered")
EARLIER: Final = urn("extension earlier answer")
NOT_OFFERED: Final = urn("extension answer no longer offered")
SET_ASIDE: Final = urn("extension set aside")
CASE: Final = urn("extension case")
DONE: Final = urn("extension line of the time line")
HASH: Final = urn("extension sha256 of the bundle")
PERSON: Final = urn("identifiers of people")
RESOURCES: Final = urn("CodeSystem resources")
MODULE: Final = urn("rules")


@cache
def words(table: str) -> Mapping[str, str]:
    """Load one table of the wording of a bundle."""
    found: Mapping[str, str] = read_texts("bot.export.fhir", "bundle.toml")[table]
    return found


def instant(at: datetime) -> str:
    """Write a moment in UTC, as precisely as it is known."""
    return at.astimezone(UTC).isoformat()


def extension(url: str, kind: str, value: object) -> dict[str, Any]:
    """Return an extension with one value, such as a `valueCode`."""
    return {"url": url, f"value{kind}": value}


def extensions(url: str, parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return an extension that consists of others."""
    return {"url": url, "extension": [dict(each) for each in parts]}


def narrative(*groups: Iterable[str]) -> dict[str, str]:
    """Say lines as the text of a resource, each of them a paragraph."""
    lines = chain.from_iterable(groups)
    said = "".join(f"<p>{escape(_plain(line), quote=False)}</p>" for line in lines)
    return {"status": "generated", "div": f'<div xmlns="{XHTML}">{said}</div>'}


def absent(reason: str = "unknown") -> dict[str, Any]:
    """Return the element that stands for a value that was asked for and is not known."""
    return {"extension": [extension(ABSENT, "Code", reason)]}


def _plain(line: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(each for each in line if each.isprintable())
