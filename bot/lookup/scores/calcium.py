"""/calcium: calcium adjusted for albumin, and what the rules say about it with these kidneys."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from bot.conversation.time_line import is_under_way
from bot.flows.grammar import UNKNOWN
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.guidance.texts import Guidance, guidance, say_with_sources
from bot.logic import calcium as rule
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case, known
from bot.lookup.asking import refuse, show
from bot.lookup.footer import say_disclaimer, say_sources
from bot.lookup.scores.calcium_doubts import Doubt, find_doubt, question, said_range
from bot.lookup.scores.calcium_line import Line, read_line
from bot.lookup.scores.into_case import fit_answers, offer, put, split_code
from bot.lookup.scores.items import NotRead
from bot.lookup.scores.remarks import Remark, remarks, said
from bot.screens.answer_first import answer_first
from bot.screens.screen import Block, Button, Rows, Screen, in_rows, text
from bot.turn import Turn

BEGUN: Final = "calcium "
WANTED: Final = ("B7", "B8", "B3", "B5")
REMARKS: Final = ("calcium_adjusted", "calcium_on_dialysis", "calcium_cuts", "calcium_dangerous")
IN_ROW: Final = 3
CHOICES_IN_ROW: Final = 2
NOT_TOLD: Final[Mapping[str, str]] = {
    "On dialysis": "haemodialysis",
    "Kidneys failing, no dialysis": "ckd",
    "Otherwise": "normal",
}
TOGETHER: Final[Mapping[tuple[str, ...], str]] = {
    ("On dialysis", "Kidneys failing, no dialysis"): "Kidneys failing or dialysis",
    tuple(NOT_TOLD): "Whatever the kidneys",
}


@dataclass(frozen=True, slots=True)
class Told:
    """The kidney function given, in words, and the case it is in."""

    said: str
    case: Case


def calcium(turn: Turn, rest: str) -> None:
    """Adjust a calcium ("1.98 30 dialysis"), take it as adjusted ("1.98"), query it or explain."""
    answers, code = split_code(rest)
    if not answers:
        show(turn, _menu(), BEGUN)
        return
    try:
        line = read_line(
            answers, f"calcium {said_range('calcium')}, then albumin {said_range('albumin')}"
        )
        doubt = None if line.sort == "ionised" else find_doubt(line)
    except NotRead as error:
        refuse(turn, f"/calcium: {error}", BEGUN)
        return
    if line.sort == "ionised":
        show(turn, _ionised(line), BEGUN)
    elif doubt:
        show(turn, _ask_back(doubt), doubt.begun)
    else:
        _answer(turn, line, code)


def _answer(turn: Turn, line: Line, code: str) -> None:
    value, albumin = float(line.calcium.number), _albumin(line)
    fits = fit_answers({"calcium": value, "albumin": UNKNOWN if albumin is None else albumin})
    if code:
        put(turn, code, fits)
        return
    offered = offer(turn, f"{BEGUN}{line}", fits)
    blocks = tuple(_result(turn, line, offered.blocks))
    open_albumin = albumin is None
    albumins = _picks("albumin", f"{BEGUN}{line.with_albumin_open}") if open_albumin else ()
    rows = (*offered.rows, *albumins, (_again(),))
    begun = f"{BEGUN}{line.with_albumin_open} " if open_albumin else ""
    show(turn, Screen("plan", said()["calcium"], blocks, rows), begun)


def _menu() -> Screen:
    notes = text(*(remarks()[each].say() for each in REMARKS))
    lines = (said()["calcium_ask"], said()["calcium_help"])
    blocks = answer_first(lines, notes, say_disclaimer())
    return Screen("plan", said()["calcium"], tuple(blocks), _picks("calcium", "calcium"))


def _ionised(line: Line) -> Screen:
    lines = (said()["ionised"].format(value=line.calcium.number), said()["calcium_help"])
    blocks = answer_first(lines, say_disclaimer())
    return Screen("plan", said()["calcium"], tuple(blocks), ((_again(),),))


def _ask_back(doubt: Doubt) -> Screen:
    buttons = [
        Button(label, f"{BEGUN}{line}", typed=f"/{BEGUN}{line}") for label, line in doubt.choices
    ]
    rows = (*in_rows(buttons, CHOICES_IN_ROW), (_again(),))
    return Screen("plan", said()["calcium"], (text(doubt.ask, look="lead"),), rows)


def _again() -> Button:
    return Button("Start again", "calcium", typed="/calcium")


def _picks(field: str, command: str) -> Rows:
    asked = question(field)
    buttons = [
        Button(f"{pick:g} {asked.unit}", f"{command} {pick:g}", typed=f"/{command} {pick:g}")
        for pick in asked.picks
    ]
    return in_rows(buttons, IN_ROW)


def _albumin(line: Line) -> float | None:
    return None if line.albumin is None else float(line.albumin.number)


def _result(turn: Turn, line: Line, offered: Iterable[Block]) -> Iterator[Block]:
    told = _told(turn, line)
    cases = (
        {told.said: told.case}
        if told
        else {heading: Case.model_validate({"renal": renal}) for heading, renal in NOT_TOLD.items()}
    )
    results = {heading: _assess(turn, case, line) for heading, case in cases.items()}
    meaning = [
        f"{heading}: {short}"
        for heading, (short,) in _together(results, lambda result: (_in_short(result),))
    ]
    rules = [
        text(*lines, heading=heading)
        for heading, lines in _together(results, lambda result: tuple(_lines(turn, result)))
    ]
    fired = {each.id for result in results.values() for each in result.actions}
    notes = _notes(each for each in WANTED if each in fired)
    adjusted = next(iter(results.values())).adjusted_calcium
    lines = _figures(line, adjusted, meaning)
    return answer_first(lines, *rules, *offered, *notes, say_disclaimer())


def _figures(line: Line, adjusted: float | None, meaning: Sequence[str]) -> tuple[str, ...]:
    """Say the adjusted value and what it means, then what it was made from."""
    total, albumin = float(line.calcium.number), _albumin(line)
    if albumin is None:
        ask = said()["without_albumin"].format(calcium=total)
        return (ask, said()["if_adjusted"], *meaning, said()["albumin_ask"])
    measured = said()["measured"].format(calcium=total, albumin=albumin)
    return (f"{said()['calcium']}: {adjusted:.2f} mmol/L", *meaning, measured)


def _together(
    results: Mapping[str, Assessment], say: Callable[[Assessment], tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return what is said for each kind of kidneys, once where it is the same."""
    lines = {heading: say(result) for heading, result in results.items()}
    for same, headings in groupby(lines, lambda heading: lines[heading]):
        kinds = tuple(headings)
        yield kinds[0] if len(kinds) == 1 else TOGETHER[kinds], same


def _in_short(result: Assessment) -> str:
    """Say in a few words what the most dangerous rule that fires means."""
    level = rule.calcium(result.found)
    assert level is not None
    fired = {each.id for each in result.actions}
    name = next((each for each in WANTED if each in fired), "none")
    return said()[f"short_{name}"].format(low=level.low_cut, high=rule.HIGH_CALCIUM_ABOVE)


def _told(turn: Turn, line: Line) -> Told | None:
    """Return the kidneys in the line, else those of the chat's open case; None if not known."""
    if line.renal or line.egfr is not None:
        case = Case.model_validate({"renal": line.renal or None, "egfr": line.egfr})
        return Told(_say_kidneys(case), case)
    stored = turn.store.cases.active(turn.chat)
    if stored is None or not is_under_way(stored):
        return None
    case = turn.view(stored).result.case
    if not known(case.renal) and not known(case.egfr):
        return None
    return Told(f"{_say_kidneys(case)} ({stored.code})", case)


def _say_kidneys(case: Case) -> str:
    options = words_of(FLOW, "renal").options
    renal = [options.get(str(case.renal), str(case.renal))] if known(case.renal) else []
    egfr = [f"eGFR {case.egfr:g}"] if isinstance(case.egfr, float) else []
    return "Kidneys – " + ", ".join([*renal, *egfr])


def _assess(turn: Turn, case: Case, line: Line) -> Assessment:
    given = {"calcium": float(line.calcium.number), "albumin": _albumin(line)}
    engine = turn.setting.engine
    return assess(case.model_copy(update=given), engine.policy, turn.now)


def _lines(turn: Turn, result: Assessment) -> Iterator[str]:
    """Say both figures if they differ, then the rules that fire, dangerous ones first."""
    level = rule.calcium(result.found)
    assert level is not None
    fired = {each.id: each for each in result.actions if each.id in WANTED}
    for name in WANTED:
        if name in fired:
            yield say_with_sources(fired[name], turn.setting.engine.zone)
    if not fired:
        yield said()["no_bar"].format(low=level.low_cut, high=rule.HIGH_CALCIUM_ABOVE)
    if level.lower != level.upper:
        yield said()["two_figures"].format(low=level.lower, high=level.upper)


def _notes(fired: Iterable[str]) -> Iterator[Block]:
    """Say the remarks, then the sources of everything said."""
    notes = [remarks()[each] for each in REMARKS]
    entries: list[Guidance | Remark] = [*(guidance()[each] for each in fired), *notes]
    yield text(*(note.say() for note in notes))
    citations = [source for entry in entries for source in entry.citations]
    yield say_sources(citations, (entry.status for entry in entries))
