"""/tokuhashi: the revised Tokuhashi score of prognosis in six taps. Never a gate."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Final

from bot.flows.grammar import UNKNOWN, Option, Value
from bot.logic import tokuhashi as rule
from bot.logic.case import Case
from bot.logic.points import Points
from bot.lookup.asking import refuse, show
from bot.lookup.footer import say_notes
from bot.lookup.scores.fit_into_case import Fit, Fitting
from bot.lookup.scores.into_case import split_code
from bot.lookup.scores.item_by_item import Meaning, show_score
from bot.lookup.scores.items import Item, NotRead, by_id, item_of, read_items
from bot.lookup.scores.remarks import remarks, said
from bot.lookup.scores.running_range import Given, Score
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.turn import Turn

GATE: Final = "tokuhashi_gate"
NOT_FOR: Final = "tokuhashi_not_for"
EXAMPLE: Final = "/tokuhashi 70 0 2 none lung D"
BANDED: Final = ("kps", "primary", "asia")
OTHERS: Final = "All others"


def tokuhashi(turn: Turn, rest: str) -> None:
    """Show the score so far, or put it into a case."""
    score = tokuhashi_score()
    answers, code = split_code(rest)
    try:
        values = read_items(answers, score.items)
    except NotRead as error:
        refuse(turn, f"Tokuhashi {error}", score.begun(()))
        return
    given = by_id(score.items, values)
    if given.get("primary") in rule.NOT_APPLICABLE_PRIMARIES:
        lead = text(said()["does_not_apply"], look="lead")
        show(turn, Screen("plan", score.title, (lead,), (score.way_back(values),)))
        return
    show_score(
        turn,
        score,
        values,
        code,
        lambda fitting: _fit(fitting, given),
        lambda _: Meaning((remarks()[GATE].say(),), say_notes((), (NOT_FOR,))),
    )


def _fit(fitting: Fitting, given: Given) -> Fit:
    """Fit exact answers; name one that covers several, since the case needs a single value."""
    grouped = [name for name, value in given.items() if not _exact(name, value)]
    fit = fitting.answers(dict(given) | dict.fromkeys(grouped, UNKNOWN))
    labels = [item_of(name).words.label for name in grouped]
    only = (said()["only_a_group"].format(labels=", ".join(labels)),) if labels else ()
    return Fit(fit.answers, (*fit.left_out, *only))


@cache
def tokuhashi_score() -> Score:
    """Return the score; values with equal points share a button, and each may be typed alone."""
    items = tuple(_banded(item_of(part)) for part in rule.PARTS)
    title, most = said()["tokuhashi"], rule.HIGHEST_TOKUHASHI
    return Score("tokuhashi", title, EXAMPLE, most, items, _points, _band)


def _points(given: Given) -> Points:
    meant = {name: _stands_for(name, value) for name, value in given.items()}
    return _score(meant)


def _score(given: Given) -> Points:
    """Score answers as the rule does for proven cancer, the only patients it is for."""
    points = rule.score(Case.model_validate({"cancer": "known", **given}))
    assert points is not None
    return points


def _band(points: Points) -> str:
    """Name the band, or two neighbouring ones; a range over all three says nothing."""
    low, high, bands = rule.band(points.low), rule.band(points.high), words("survival")
    if low == high:
        return bands[low]
    all_three = (low, high) == (rule.band(0), rule.band(rule.HIGHEST_TOKUHASHI))
    return said()["no_band"] if all_three else f"{bands[low]} to {bands[high]}"


@cache
def _groups(part: str) -> Mapping[str, tuple[Value, ...]]:
    """Group the values of a part by points, each group under its button's key."""
    values = [option.value for option in item_of(part).question.options]
    scored = [each for each in values if each not in rule.NOT_APPLICABLE_PRIMARIES]

    def points(value: Value) -> int:
        return _score({part: value}).low

    ordered = sorted(scored, key=points, reverse=True)
    groups = [tuple(group) for _, group in groupby(ordered, key=points)]
    return {_key(part, group, points(group[0])): group for group in groups}


def _key(part: str, group: tuple[Value, ...], points: int) -> str:
    if len(group) == 1:
        return str(group[0])
    if part == "primary":
        return f"{points}-points"
    low, high = sorted((group[0], group[-1]), key=lambda each: (isinstance(each, str), each))
    return f"{low}-{high}"


def _banded(item: Item) -> Item:
    """Offer one button for values with equal points if the item has many."""
    if item.id not in BANDED:
        return item
    groups = _groups(item.id)
    bands = tuple(Option(key) for key, group in groups.items() if len(group) > 1)
    exact = item.question.options
    alone = tuple(option for option in exact if str(option.value) in groups)
    unscored = tuple(o for o in exact if o.value in rule.NOT_APPLICABLE_PRIMARIES)
    labels = {key: _label(item, key, group) for key, group in groups.items() if len(group) > 1}
    words = replace(item.words, options={**item.words.options, **labels}, help=_help(item, groups))
    question = replace(item.question, options=(*bands, *exact), by_name=True)
    return Item(question, words, (*bands, *alone), unscored)


def _label(item: Item, key: str, group: tuple[Value, ...]) -> str:
    if item.id != "primary":
        return key.replace("-", "–")
    if group[-1] == "other":
        return OTHERS
    two = ", ".join(item.words.option(o) for o in item.question.options if o.value in group[:2])
    return f"{two} …" if len(group) > 2 else two


def _help(item: Item, groups: Mapping[str, tuple[Value, ...]]) -> str:
    """Keep the question's help; for the primaries, name every group."""
    if item.id != "primary":
        return item.words.help
    named = (", ".join(_names(item, group)) for group in groups.values() if "other" not in group)
    return f"{'; '.join(named)}. Anything else: {OTHERS}."


def _names(item: Item, group: Iterable[Value]) -> list[str]:
    options = [option for option in item.question.options if option.value in group]
    return [item.words.in_full(option.key) for option in options]


def _stands_for(part: str, value: Value) -> Value:
    """Return a value with the same score as a button."""
    return _groups(part)[str(value)][0] if not _exact(part, value) else value


def _exact(part: str, value: Value) -> bool:
    """Return whether a value is one of the case, not a button that covers several."""
    return part not in BANDED or len(_groups(part).get(str(value), ())) <= 1
