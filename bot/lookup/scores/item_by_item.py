"""Goes through a score in one message: asks for the next item, or says the result."""

from collections.abc import Callable, Iterable, Sequence

from bot.flows.grammar import Value
from bot.lookup.asking import show
from bot.lookup.scores.into_case import Fits, offer, put
from bot.lookup.scores.items import by_id
from bot.lookup.scores.remarks import said
from bot.lookup.scores.running_range import Given, Score
from bot.screens.screen import Block, Screen, text
from bot.turn import Turn


def show_score(
    turn: Turn,
    score: Score,
    values: Sequence[Value],
    code: str,
    fits: Fits,
    meaning: Callable[[Given], Iterable[Block]],
) -> None:
    """Show a score so far; a finished one goes into the case `code`, if given."""
    given = by_id(score.items, values)
    finished = len(values) == len(score.items)
    if code and finished:
        put(turn, code, fits)
        return
    blocks: list[Block] = []
    if values:
        blocks.append(text(score.say_total(given), look="lead"))
        blocks.append(text(*score.lines(values), look="list"))
    rows = score.rows(values)
    if finished:
        changes = tuple(score.would_change(values))
        known = text(*changes, heading="If it were known", look="list")
        offered = offer(turn, score.state(values), fits)
        blocks += [*([known] if changes else ()), *offered.blocks, *meaning(given)]
        rows = (*offered.rows, *rows)
    else:
        example = text(said()["typed"].format(example=score.example), look="help")
        blocks += [*score.ask(values), *(() if values else (example,))]
    show(turn, Screen("plan", score.title, tuple(blocks), rows), score.begun(values))
