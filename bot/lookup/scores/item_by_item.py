"""Goes through a score in one message: asks for the next item, or says the result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.flows.grammar import Value
from bot.lookup.asking import show
from bot.lookup.scores.into_case import Fits, offer, put
from bot.lookup.scores.items import by_id
from bot.lookup.scores.remarks import said
from bot.lookup.scores.running_range import Given, Score
from bot.screens.answer_first import answer_first
from bot.screens.screen import Block, Screen, text
from bot.turn import Turn


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a finished score means: lines that belong to the answer, and what is always folded."""

    lines: tuple[str, ...]
    rest: tuple[Block, ...]


def show_score(
    turn: Turn,
    score: Score,
    values: Sequence[Value],
    code: str,
    fits: Fits,
    meaning: Callable[[Given], Meaning],
) -> None:
    """Show a score so far; a finished one goes into the case `code`, if given."""
    given = by_id(score.items, values)
    finished = len(values) == len(score.items)
    if code and finished:
        put(turn, code, fits)
        return
    items = text(*score.lines(values), heading=said()["points"])
    total = (score.say_total(given),) if values else ()
    rows = score.rows(values)
    if finished:
        known = text(*score.would_change(values), heading=said()["if_known"])
        offered = offer(turn, score.state(values), fits)
        means = meaning(given)
        rest = (items, known, *offered.blocks, *means.rest)
        blocks = answer_first((*total, *means.lines), *rest)
        rows = (*offered.rows, *rows)
    else:
        lines = (*total, *score.ask(values))
        example = said()["typed"].format(example=score.example)
        rest = (items,) if values else (text(example),)
        blocks = answer_first(lines, *rest, leads=len(total) + 1)
    show(turn, Screen("plan", score.title, tuple(blocks), rows), score.begun(values))
