"""/sins: the Spinal Instability Neoplastic Score of one lesion in six taps."""

from functools import cache
from typing import Final

from bot.flows.grammar import UNKNOWN, Value
from bot.logic import sins as rule
from bot.logic.assessment import assess
from bot.logic.case import Case, Lesion
from bot.logic.points import Points
from bot.lookup.asking import refuse
from bot.lookup.footer import say_notes, say_rules
from bot.lookup.scores.into_case import INTO, split_code
from bot.lookup.scores.item_by_item import Meaning, show_score
from bot.lookup.scores.items import NotRead, by_id, item_of, read_items
from bot.lookup.scores.remarks import said
from bot.lookup.scores.running_range import Given, Score
from bot.turn import Turn

REMARKS: Final = ("sins_neurology", "sins_bone", "sins_metastases", "sins_half")
EXAMPLE: Final = "/sins T11 mechanical lytic normal none bilateral"


def sins(turn: Turn, rest: str) -> None:
    """Show the score so far, or put it into a case."""
    score = sins_score()
    answers, code = split_code(rest)
    try:
        values = read_items(answers, score.items)
    except NotRead as error:
        values = _of_lesion(answers, score)
        if not values:
            refuse(turn, f"SINS {error}", score.begun(()))
            return
    given = by_id(score.items, values)
    show_score(
        turn,
        score,
        values,
        code,
        lambda fitting: fitting.lesion(given),
        lambda whole: _meaning(turn, whole),
    )


def _of_lesion(typed: str, score: Score) -> tuple[Value, ...]:
    """Return the items that a sentence says of one lesion, the others as not known; else none."""
    from bot.reading.reader import read

    in_order = any(not part.strip() for part in typed.split(",")) or typed.endswith(INTO.rstrip())
    lesions = [] if in_order else read(typed).fields.get("lesions", [])
    said = {item.id for item in score.items} & {*lesions[0]} if len(lesions) == 1 else set()
    return tuple(lesions[0].get(item.id, UNKNOWN) for item in score.items) if said else ()


@cache
def sins_score() -> Score:
    """Return the score: its items are the flow's questions, in the rule's order."""
    items = tuple(item_of(component) for component in rule.COMPONENTS)
    return Score("sins", said()["sins"], EXAMPLE, rule.HIGHEST_SINS, items, _points, _band)


def _points(given: Given) -> Points:
    return rule.score(Lesion.model_validate(dict(given)))


def _band(points: Points) -> str:
    low, high = rule.category(points.low), rule.category(points.high)
    return (low if low == high else f"{low} to {high}").replace("_", " ")


def _meaning(turn: Turn, given: Given) -> Meaning:
    """Say what the rules call for at this score, in a patient with proven cancer."""
    lesion = Lesion.model_validate(dict(given))
    case = Case(cancer="known", mri="done", lesions=(lesion,))
    result = assess(case, turn.setting.engine.policy, turn.now)
    fired = [each for each in result.actions if each.id.startswith("S")]
    lines = (*say_rules(turn.setting.engine.zone, fired), said()["cancer_proven"])
    return Meaning(lines, say_notes(fired, REMARKS))
