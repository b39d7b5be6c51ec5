"""Asks whether a calcium or albumin may be ionised or in another unit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.flows.grammar import Number
from bot.flows.triage import FLOW
from bot.lookup.scores.calcium_line import Amount, Line
from bot.lookup.scores.items import NotRead
from bot.lookup.scores.remarks import said

MMOL_IN_MG_PER_DL: Final = Decimal("0.25")
MMOL_IN_MEQ_PER_L: Final = Decimal("0.5")
MOST_MEQ_PER_L: Final = Decimal("6.5")
MOST_MG_PER_DL: Final = 20
G_PER_L_IN_G_PER_DL: Final = 10


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question, the lines that answer it by label, and what a typed answer completes."""

    ask: str
    choices: tuple[tuple[str, str], ...]
    begun: str


def find_doubt(line: Line) -> Doubt | None:
    """Return what must be clarified before the line counts; None if it is clear.

    Raises NotRead with one line: the range with its unit, or that it looks like another unit.
    """
    return _calcium(line) or _albumin(line)


def question(field: str) -> Number:
    """Return the flow's question: its range, its unit, what is plausible."""
    found = FLOW.questions[field]
    assert isinstance(found, Number)
    return found


def said_range(field: str) -> str:
    """Say a range with its unit: "0.5 to 5 mmol/L"."""
    asked = question(field)
    return f"{asked.low:g} to {asked.high:g} {asked.unit}"


def _calcium(line: Line) -> Doubt | None:
    number, unit = line.calcium.number, line.calcium.unit
    high = question("calcium").high
    if not unit and high < number <= MOST_MEQ_PER_L:
        return _ask(line, "mg_or_meq", number)
    if unit == "mg/dl" or (not unit and high < number <= MOST_MG_PER_DL):
        raise _other_unit("looks_like_mg_per_dl", number, _mmol(number, MMOL_IN_MG_PER_DL))
    if unit == "meq/l":
        raise _other_unit("looks_like_meq_per_l", number, _mmol(number, MMOL_IN_MEQ_PER_L))
    _check("calcium", number)
    side = "" if line.sort == "total" else question("calcium").implausible(float(number))
    if side == "below":
        return _ask(line, "ionised", number)
    return _ask(line, "meq", number) if side == "above" and not unit else None


def _ask(line: Line, name: str, number: Decimal) -> Doubt:
    return Doubt(
        said()[f"ask_{name}"].format(value=number),
        tuple(_choices(line, name, number)),
        f"calcium {line.with_calcium_open} ",
    )


def _choices(line: Line, name: str, number: Decimal) -> Iterator[tuple[str, str]]:
    """Return what the number may be, each with the line that states it."""
    if name == "ionised":
        yield f"Total {number} mmol/L", str(replace(line, sort="total"))
    if name == "meq":
        yield f"{number} mmol/L", str(replace(line, calcium=Amount(number, "mmol/l")))
    if name in ("meq", "mg_or_meq"):
        mmol = _mmol(number, MMOL_IN_MEQ_PER_L)
        yield f"mEq/L: {mmol} mmol/L", str(replace(line, calcium=Amount(mmol)))
    if name == "mg_or_meq":
        mmol = _mmol(number, MMOL_IN_MG_PER_DL)
        yield f"mg/dL: {mmol} mmol/L", str(replace(line, calcium=Amount(mmol)))
    yield "Ionised", str(replace(line, sort="ionised"))


def _albumin(line: Line) -> Doubt | None:
    if line.albumin is None:
        return None
    number, unit = line.albumin.number, line.albumin.unit
    grams = number * G_PER_L_IN_G_PER_DL
    if unit == "g/dl" or (not unit and 0 < number < question("albumin").low):
        told = said()["looks_like_g_per_dl"]
        raise NotRead(told.format(value=number, grams=f"{float(grams):g}"))
    _check("albumin", number)
    if unit or not question("albumin").implausible(float(number)):
        return None
    choices = tuple(
        (f"{amount:g} g/L", str(replace(line, albumin=Amount(amount.normalize(), "g/l"))))
        for amount in (Decimal(f"{float(grams):g}"), number)
        if amount <= question("albumin").high
    )
    ask = said()["ask_g_per_dl"].format(value=number, grams=f"{float(grams):g}")
    return Doubt(ask, choices, f"calcium {line.with_albumin_open} ")


def _check(field: str, number: Decimal) -> None:
    asked = question(field)
    if not asked.low <= number <= asked.high:
        raise NotRead(f"out of range; allowed: {field} {said_range(field)}")


def _mmol(number: Decimal, factor: Decimal) -> Decimal:
    return (number * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _other_unit(told: str, number: Decimal, mmol: Decimal) -> NotRead:
    low_to_high = said_range("calcium").removesuffix(" mmol/L")
    return NotRead(said()[told].format(value=number, allowed=low_to_high, mmol=mmol))
