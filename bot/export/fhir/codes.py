"""Codes of public terminologies by the names that the export uses, from `codes.toml`."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from bot.logic.text_files import read_texts

_PACKAGE: Final = "bot.export.fhir"
_NO_CODES: Final = ("systems", "units", "wholes")


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return read_texts(_PACKAGE, "codes.toml")


@cache
def codings() -> Mapping[str, Mapping[str, str]]:
    """Map each name to its Coding."""
    tables = _tables()
    return {
        name: {"system": tables["systems"][system], "code": code, "display": display}
        for system, named in tables.items()
        if system not in _NO_CODES
        for name, (code, display) in named.items()
    }


def coding(name: str) -> dict[str, str]:
    return dict(codings()[name])


def concept(text: str, *names: str) -> dict[str, Any]:
    """Return a CodeableConcept with the codes of these names, or with its text alone."""
    coded = [coding(name) for name in names]
    return {"coding": coded, "text": text} if coded else {"text": text}


def body_site(level: str) -> dict[str, Any]:
    """Return a level of the spine, such as T8, as the CodeableConcept of a body site."""
    return concept(level, _tables()["wholes"].get(level, level))


def quantity(value: float, unit: str) -> dict[str, Any]:
    """Return a Quantity in a unit as CordCall writes it, such as "mmol/L", with its UCUM code."""
    tables = _tables()
    written = int(value) if value == int(value) else value
    return {
        "value": written,
        "unit": unit,
        "system": tables["systems"]["ucum"],
        "code": tables["units"][unit],
    }


def unit(written: str) -> dict[str, str]:
    """Return a unit as CordCall writes it as the Coding of its UCUM code."""
    tables = _tables()
    system, code = tables["systems"]["ucum"], tables["units"][written]
    return {"system": system, "code": code, "display": written}
