"""/sins: the Spinal Instability Neoplastic Score of one lesion in six taps."""

from functools import cache
from typing import Final

from bot.logic import sins as rule
from bot.logic.assessment import assess
from bot.logic.case import Case, Lesion
from bot.logic.fired import Fired
from bot.logic.points import Points
from bot.lookup.cited import say_meaning
from bot.lookup.into_case import offer, put, split_code
from bot.lookup.items import NotRead, by_id, item_of, read_items
from bot.lookup.remarks import said
from bot.lookup.scoring import Given, Score
from bot.screens import Screen, text
from bot.turn import Turn

MOST: Final = 18
REMARKS: Final = ("sins_neurology", "sins_bone", "sins_metastases", "sins_half")
EXAMPLE: Final = "/sins T11 mechanical lytic normal none bilateral"


def sins(turn: Turn, rest: str) -> None:
    """Show the score as far as its items are given, or put it into a case."""
    score = sins_score()
    answers, code = split_code(rest)
    try:
        values = read_items(answers, score.items)
    except NotRead as error:
        turn.say(f"SINS {error}")
        return
    finished = len(values) == len(score.items)
    given = by_id(score.items, values)
    if code and finished:
        put(turn, code, lambda fitting: fitting.lesion(given))
        return
    lines = [text(f"{said()['sins']} {score.say_total(given)}", look="lead")] if values else []
    blocks = [*lines, text(*score.lines(values), look="list")] if values else []
    if not finished:
        example = text(said()["typed"].format(example=EXAMPLE), look="help")
        blocks += [*score.ask(values), *(() if values else (example,))]
        turn.screens.append(Screen("plan", said()["sins"], tuple(blocks), score.rows(values)))
        return
    offered = offer(turn, score.state(values), lambda fitting: fitting.lesion(given))
    changes = tuple(score.would_change(values))
    if changes:
        blocks.append(text(*changes, heading="If it were known", look="list"))
    zone = turn.setting.engine.zone
    blocks += [text(said()["cancer_proven"], look="help"), *offered.blocks]
    blocks += [*say_meaning(zone, _fired(turn, given), REMARKS)]
    rows = (*offered.rows, *score.rows(values))
    turn.screens.append(Screen("plan", said()["sins"], tuple(blocks), rows))


@cache
def sins_score() -> Score:
    """Give the score: its items are the questions of the flow, in the order of the rule."""
    items = tuple(item_of(component) for component in rule.COMPONENTS)
    return Score("sins", said()["sins"], MOST, items, _points, _band)


def _points(given: Given) -> Points:
    return rule.score(Lesion.model_validate(dict(given)))


def _band(points: Points) -> str:
    low, high = rule.category(points.low), rule.category(points.high)
    return (low if low == high else f"{low} to {high}").replace("_", " ")


def _fired(turn: Turn, given: Given) -> tuple[Fired, ...]:
    """Give what the rules ask for at this score, in a patient whose cancer is proven."""
    lesion = Lesion.model_validate(dict(given))
    case = Case(cancer="known", mri="done", lesions=(lesion,))
    result = assess(case, turn.setting.engine.policy, turn.now)
    return tuple(each for each in result.actions if each.id.startswith("S"))
