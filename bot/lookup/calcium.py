"""/calcium: calcium adjusted for albumin, and what the rules make of it."""

import re
from collections.abc import Iterator
from typing import Final

from bot.flows.grammar import UNKNOWN, Number
from bot.flows.triage import FLOW
from bot.logic.assessment import Assessment, assess
from bot.logic.bones import (
    HIGH_CALCIUM_ABOVE,
    LOW_CALCIUM_BELOW,
    LOW_CALCIUM_BELOW_KIDNEYS_FAILING,
)
from bot.logic.case import Case
from bot.lookup.cited import say_disclaimer, say_meaning
from bot.lookup.into_case import fit_answers, offer, put, split_code
from bot.lookup.remarks import remarks, said
from bot.screens import Block, Button, Screen, text
from bot.turn import Turn
from bot.words import say_with_sources

WANTED: Final = ("B3", "B5")
IN_ROW: Final = 3
LONGEST_LINE: Final = 60
_AMOUNT: Final = re.compile(r"(\d{1,4}(?:[.,]\d{1,4})?) ?(mmol/l|mmol|g/l)?", re.ASCII)
_LINE: Final = re.compile(rf"{_AMOUNT.pattern}(?:(?:, ?| ){_AMOUNT.pattern})?", re.ASCII)


class NotRead(ValueError):
    """No calcium with or without albumin; its text says in one line what is allowed."""


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

    Raises NotRead with one line: what is wrong, and the range with its unit.
    """
    found = _LINE.fullmatch(" ".join(typed.casefold().split())[:LONGEST_LINE])
    if found is None or found[2] == "g/l" or (found[4] or "g/l") != "g/l":
        allowed = f"{_range('calcium')}, then albumin {_range('albumin')}"
        raise NotRead(f"not read; allowed: calcium {allowed}, such as 1.98 30")
    value = _in_range("calcium", found[1])
    return value, _in_range("albumin", found[3]) if found[3] else None


def _in_range(field: str, typed: str) -> float:
    value, question = float(typed.replace(",", ".")), _question(field)
    if not question.low <= value <= question.high:
        raise NotRead(f"out of range; allowed: {field} {_range(field)}")
    return value


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
        text(remarks()["calcium_adjusted"].say(), _cuts(), look="list"),
        say_disclaimer(),
    )
    return Screen("plan", said()["calcium"], blocks, tuple(_picks("calcium", "calcium")))


def _picks(field: str, command: str) -> Iterator[tuple[Button, ...]]:
    question = _question(field)
    buttons = [
        Button(f"{pick:g} {question.unit}", f"{command} {pick:g}", typed=f"/{command} {pick:g}")
        for pick in question.picks
    ]
    return (tuple(buttons[at : at + IN_ROW]) for at in range(0, len(buttons), IN_ROW))


def _result(turn: Turn, value: float, albumin: float | None) -> Iterator[Block]:
    failing, otherwise = (_assess(turn, value, albumin, each) for each in ("haemodialysis", None))
    yield text(f"{said()['calcium']}: {otherwise.adjusted_calcium:.2f} mmol/L", look="lead")
    how = said()["taken_as_adjusted" if albumin is None else "measured"]
    yield text(how.format(calcium=value, albumin=albumin))
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
    if albumin is None:
        yield text(said()["albumin_ask"], look="help")


def _assess(turn: Turn, value: float, albumin: float | None, renal: str | None) -> Assessment:
    fields = {"cancer": "known", "calcium": value, "albumin": albumin, "renal": renal}
    return assess(Case.model_validate(fields), turn.setting.engine.policy, turn.now)


def _cuts() -> str:
    return remarks()["calcium_cuts"].say(**_figures())


def _figures() -> dict[str, float]:
    return {
        "low": LOW_CALCIUM_BELOW,
        "low_failing": LOW_CALCIUM_BELOW_KIDNEYS_FAILING,
        "high": HIGH_CALCIUM_ABOVE,
    }


def _remarks(turn: Turn) -> tuple[Block, ...]:
    names = ("calcium_adjusted", "calcium_cuts")
    return say_meaning(turn.setting.engine.zone, (), names, **_figures())
