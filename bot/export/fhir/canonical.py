"""The addresses by which CordCall's own questionnaire and codes are known in FHIR: URNs alone.

CordCall has no address on the web, so it claims none: each is a UUID that follows from a name, the
same in every installation.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from uuid import UUID, uuid5

from bot import __version__
from bot.flows.grammar import UNKNOWN, Flow, Question, Several, option_key
from bot.flows.wording import words_of
from bot.logic.text_files import read_texts

PACKAGE: Final = "bot.export.fhir"
NOTHING: Final = "none"  # of several options, none was ticked
_ROOT: Final = UUID("4c1d2f0b-6a2e-4d5b-9f57-0b8c7f3a1e64")


def urn(name: str) -> str:
    """Return the URN of a thing by its name, the same everywhere and at any time."""
    return f"urn:uuid:{uuid5(_ROOT, name)}"


OPTIONS: Final = urn("CodeSystem options")
RULES: Final = urn("CodeSystem rules")
TIME_LINE: Final = urn("CodeSystem time line")
CASE_CODES: Final = urn("identifiers of cases")


def address(flow: Flow) -> str:
    """Return the canonical address of a flow's questionnaire, without its version."""
    return urn(f"Questionnaire {flow.id}")


def version(flow: Flow) -> str:
    """Return the version of a flow's questionnaire: the program's, and the flow's fingerprint."""
    return f"{__version__}-{flow.fingerprint}"


def canonical(flow: Flow) -> str:
    """Return what a response names as its questionnaire: the address with the version."""
    return f"{address(flow)}|{version(flow)}"


def fingerprint(canonical: str) -> str:
    """Return the fingerprint of the flow that a canonical address names; "" if none."""
    return canonical.partition("|")[2].rpartition("-")[2]


@cache
def _nothing_ticked() -> str:
    said: str = read_texts(PACKAGE, "questionnaire.toml")["says"]["nothing"]
    return said


def option(flow: Flow, question: Question, value: object) -> Mapping[str, Any]:
    """Return an option of a question as the Coding of an answer; so are "unknown" and NOTHING.

    Codes are unique among all options: "renal.ckd", and "renal.unknown" for not known.
    """
    words = words_of(flow, question.id)
    key = option_key(value)
    said = words.unknown_in_full if key == UNKNOWN else words.in_full(key)
    if isinstance(question, Several) and key == NOTHING:
        said = _nothing_ticked()
    return {"system": OPTIONS, "code": f"{question.id}.{key}", "display": said}
