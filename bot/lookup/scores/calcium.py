"""/calcium: calcium adjusted for albumin, and what the rules make of it."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.flows.grammar import UNKNOWN, Number
from bot.flows.triage import FLOW
from bot.guidance.texts import say_with_sources
from bot.logic.assessment import Assessment, assess
from bot.logic.bones import (
    HIGH_CALCIUM_ABOVE,
    LOW_CALCIUM_BELOW,
    LOW_CALCIUM_BELOW_KIDNEYS_FAILING,
)
from bot.logic.case import Case
from bot.lookup.footer import say_disclaimer, say_meaning
from bot.lookup.scores.into_case import fit_answers, offer, put, split_code
from bot.lookup.scores.items import NotRead
from bot.lookup.scores.remarks import remarks, said
from bot.screens.screen import Block, Button, Rows, Screen, in_rows, text
from bot.turn import Turn

WANTED: Final = ("B3", "B5")
REMARKS: Final = ("calcium_adjusted", "calcium_cuts")
IN_ROW: Final = 3
LONGEST_LINE: Final = 60
MMOL_IN_MG_PER_DL: Final = Decimal("0.25")
MOST_MG_PER_DL: Final = 20
_AMOUNT: Final = re.compile(r"(\d{1,4}(?:[.,]\d{1,4})?) ?(mmol/l|mmol|g/l|mg/dl|g/dl)?", re.ASCII)
_LINE: Final = re.compile(rf"{_AMOUNT.pattern}(?:(?:, ?| ){_AMOUNT.pattern})?", re.ASCII)


def calcium(turn: Turn, rest: str) -> None:
    """Adjust a calcium ("1.98 30"), take it as adjusted ("1.98"), or explain."""
    answers, code = split_code(rest)
    if not answers:
        turn.screens.append(_menu())
        return
    try:
        value, albumin = read_amounts(answers)
    except NotRead as error:
        turn.say(f"/calcium: {error}")
        return
    fits = fit_answers({"calcium": value, "albumin": UNKNOWN if albumin is None else albumin})
    if code:
        put(turn, code, fits)
        return
    command = f"calcium {value:g}" + ("" if albumin is None else f" {albumin:g}")
    offered = offer(turn, command, fits)
    blocks = (*_result(turn, value, albumin), *offered.blocks, *_remarks(turn))
    again = (Button("Start again", "calcium", typed="/calcium"),)
    albumins = () if albumin is not None else tuple(_picks("albumin", f"calcium {value:g}"))
    rows = (*offered.rows, *albumins, again)
    turn.screens.append(Screen("plan", said()["calcium"], blocks, rows))


def read_amounts(typed: str) -> tuple[float, float | None]:
    """Read calcium in mmol/L and albumin in g/L, if any; a comma may stand for the point.

    Raises NotRead with one line: the range with its unit, or that it looks like another unit.
    """
    found = _LINE.fullmatch(" ".join(typed.casefold().split())[:LONGEST_LINE])
    if found is None or found[2] in ("g/l", "g/dl") or (found[4] or "g/l") not in ("g/l", "g/dl"):
        allowed = f"{_range('calcium')}, then albumin {_range('albumin')}"
        raise NotRead(f"not read; allowed: calcium {allowed}, such as 1.98 30")
    value = _calcium(Decimal(found[1].replace(",", ".")), found[2])
    albumin = _albumin(Decimal(found[3].replace(",", ".")), found[4]) if found[3] else None
    return value, albumin


def _calcium(value: Decimal, unit: str | None) -> float:
    high = _question("calcium").high
    if unit == "mg/dl" or (unit is None and high < value <= MOST_MG_PER_DL):
        mmol = (value * MMOL_IN_MG_PER_DL).quantize(Decimal("0.01"), ROUND_HALF_UP)
        low_to_high = _range("calcium").removesuffix(" mmol/L")
        told = said()["looks_like_mg_per_dl"]
        raise NotRead(told.format(value=value, allowed=low_to_high, mmol=mmol))
    return _in_range("calcium", value)


def _albumin(value: Decimal, unit: str | None) -> float:
    if unit == "g/dl" or (unit is None and 0 < value < _question("albumin").low):
        told = said()["looks_like_g_per_dl"]
        raise NotRead(told.format(value=value, grams=f"{float(value * 10):g}"))
    return _in_range("albumin", value)


def _in_range(field: str, value: Decimal) -> float:
    question = _question(field)
    if not question.low <= value <= question.high:
        raise NotRead(f"out of range; allowed: {field} {_range(field)}")
    return float(value)


def _range(field: str) -> str:
    question = _question(field)
    return f"{question.low:g} to {question.high:g} {question.unit}"


def _question(field: str) -> Number:
    question = FLOW.questions[field]
    assert isinstance(question, Number)
    return question


def _menu() -> Screen:
    blocks = (
        text(said()["calcium_ask"], look="lead"),
        text(said()["calcium_help"], look="help"),
        text(*(remarks()[each].say() for each in REMARKS), look="list"),
        say_disclaimer(),
    )
    return Screen("plan", said()["calcium"], blocks, tuple(_picks("calcium", "calcium")))


def _picks(field: str, command: str) -> Rows:
    question = _question(field)
    buttons = [
        Button(f"{pick:g} {question.unit}", f"{command} {pick:g}", typed=f"/{command} {pick:g}")
        for pick in question.picks
    ]
    return in_rows(buttons, IN_ROW)


def _result(turn: Turn, value: float, albumin: float | None) -> Iterator[Block]:
    failing, otherwise = (_assess(turn, value, albumin, each) for each in ("haemodialysis", None))
    if albumin is None:
        yield text(said()["taken_as_adjusted"].format(calcium=value), look="lead")
        yield text(said()["albumin_ask"], look="help")
    else:
        yield text(f"{said()['calcium']}: {otherwise.adjusted_calcium:.2f} mmol/L", look="lead")
        yield text(said()["measured"].format(calcium=value, albumin=albumin))
    for heading, result, low in (
        ("Kidneys failing or dialysis", failing, LOW_CALCIUM_BELOW_KIDNEYS_FAILING),
        ("Otherwise", otherwise, LOW_CALCIUM_BELOW),
    ):
        lines = [
            say_with_sources(each, turn.setting.engine.zone)
            for each in result.actions
            if each.id in WANTED
        ]
        calm = said()["no_bar"].format(low=low, high=HIGH_CALCIUM_ABOVE)
        yield text(*(lines or [calm]), heading=heading, look="list")


def _assess(turn: Turn, value: float, albumin: float | None, renal: str | None) -> Assessment:
    fields = {"cancer": "known", "calcium": value, "albumin": albumin, "renal": renal}
    return assess(Case.model_validate(fields), turn.setting.engine.policy, turn.now)


def _remarks(turn: Turn) -> tuple[Block, ...]:
    return say_meaning(turn.setting.engine.zone, (), REMARKS)
