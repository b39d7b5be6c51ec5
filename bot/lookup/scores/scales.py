"""/asia: the grades of ASIA and Frankel, ECOG and Karnofsky, as worded in the flow."""

from collections.abc import Iterator
from typing import Final

from bot.flows.grammar import UNKNOWN, Value
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case
from bot.logic.fired_rule import Fired
from bot.logic.urgency import explain_rule
from bot.lookup.asking import refuse, show
from bot.lookup.footer import say_disclaimer, say_notes, say_rules
from bot.lookup.scores.into_case import fit_answers, offer, put, split_code
from bot.lookup.scores.items import Item, NotRead, item_of, read_items
from bot.lookup.scores.remarks import remarks, said
from bot.screens.answer_first import answer_first
from bot.screens.notices import words
from bot.screens.screen import Button, Rows, Screen, in_rows, text
from bot.turn import Turn

SCALES: Final = {name: item_of(name) for name in ("asia", "ecog", "kps")}
EMERGENCY: Final = "emergency"
IN_ROW: Final = 5


def asia(turn: Turn, rest: str) -> None:
    """Show a scale or one of its grades, or put the grade into a case: "C", "ecog 2", "kps"."""
    answers, code = split_code(rest)
    first, _, after = answers.partition(" ")
    named = first.casefold() in SCALES
    scale = first.casefold() if named else "asia"
    item, begun = SCALES[scale], "asia " if scale == "asia" else f"asia {scale} "
    try:
        given = read_items(after if named else answers, (item,))
    except NotRead as error:
        refuse(turn, str(error), begun)
        return
    if not given or given[0] == UNKNOWN:
        show(turn, _menu(scale, item), begun)
        return
    fits = fit_answers({scale: given[0]})
    if code:
        put(turn, code, fits)
    else:
        show(turn, _grade(turn, scale, given[0]), begun)


def _menu(scale: str, item: Item) -> Screen:
    ask = said()["asia_ask"] if scale == "asia" else item.words.ask
    meanings = text(*(f"{grade}: {meaning}" for grade, meaning in item.words.meanings.items()))
    scaled = text(*([remarks()["asia_scale"].say()] if scale == "asia" else []))
    blocks = answer_first((ask, item.words.help), meanings, scaled, say_disclaimer())
    return Screen("plan", said()[scale], tuple(blocks), (*_grades(scale, item), _scales(scale)))


def _grade(turn: Turn, scale: str, grade: Value) -> Screen:
    item = SCALES[scale]
    command = f"asia {grade}" if scale == "asia" else f"asia {scale} {grade}"
    offered = offer(turn, command, fit_answers({scale: grade}))
    remark = ("asia_scale", "asia_root") if grade == "D" else ("asia_scale",)
    result = _alone(turn, str(grade)) if scale == "asia" else None
    fired = tuple(_reasons(result)) if result else ()
    emergency = result and result.urgency.level == EMERGENCY
    level = f" · {words('levels')[EMERGENCY]}" if emergency else ""
    lines = (item.words.meanings[str(grade)], *say_rules(turn.setting.engine.zone, fired))
    notes = say_notes(fired, remark) if fired else (say_disclaimer(),)
    blocks = answer_first(lines, *offered.blocks, *notes)
    every = Button("All grades", f"asia {scale}", typed=f"/asia {scale}")
    rows = (*offered.rows, (every, *_scales(scale)))
    return Screen("plan", f"{said()[scale]} {grade}{level}", tuple(blocks), rows)


def _alone(turn: Turn, grade: str) -> Assessment:
    """Assess a grade alone, all other symptoms absent."""
    case = Case.model_validate(
        {
            "asia": grade,
            "back_pain": False,
            "radicular_pain": "none",
            "radicular_deficit": "none",
            "cord_signs": (),
        }
    )
    return assess(case, turn.setting.engine.policy, turn.now)


def _reasons(result: Assessment) -> Iterator[Fired]:
    """Return the urgency rules that fire."""
    return (explain_rule(result.found, rule, result.policy) for rule in result.urgency.rules)


def _grades(scale: str, item: Item) -> Rows:
    prefix = "asia" if scale == "asia" else f"asia {scale}"
    buttons = [
        Button(
            str(option.value),
            f"{prefix} {option.value}",
            typed=f"/{prefix} {option.value}",
            style="danger" if option.danger else "plain",
        )
        for option in item.offered
    ]
    return in_rows(buttons, IN_ROW)


def _scales(shown: str) -> tuple[Button, ...]:
    labels = {"asia": "ASIA", "ecog": "ECOG", "kps": "KPS"}
    return tuple(
        Button(labels[each], f"asia {each}", typed=f"/asia {each}")
        for each in SCALES
        if each != shown
    )
