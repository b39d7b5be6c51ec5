"""/escc: what each grade of epidural compression means, and what the rules say about it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.flows.grammar import UNKNOWN
from bot.guidance.texts import say_with_sources
from bot.logic import escc as rule
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case, CordSigns
from bot.lookup.asking import refuse, show
from bot.lookup.footer import say_disclaimer, say_notes
from bot.lookup.scores.into_case import offer, put, split_code
from bot.lookup.scores.items import NotRead, item_of, read_items
from bot.lookup.scores.remarks import remarks, said
from bot.screens.answer_first import answer_first
from bot.screens.screen import Block, Button, Screen, text
from bot.turn import Turn

ITEM: Final = item_of("escc")
ASKS: Final = "escc "
CLOCK: Final = "treatment_clock"
WANTED: Final = ("C1", "C2")
REMARKS: Final = ("escc_reader", "escc_sac")
SIGNS: Final[Mapping[str, CordSigns]] = {
    "Without a cord sign": (),
    "With a cord sign": ("weakness",),
}


def escc(turn: Turn, rest: str) -> None:
    """Show the grades, explain one of them, or put it into a case."""
    answers, code = split_code(rest)
    try:
        given = read_items(answers, (ITEM,))
    except NotRead as error:
        refuse(turn, str(error), ASKS)
        return
    grade = given[0] if given else UNKNOWN
    if grade == UNKNOWN:
        show(turn, _menu(), ASKS)
        return
    if code:
        put(turn, code, lambda fitting: fitting.grade(grade))
        return
    offered = offer(turn, f"escc {grade}", lambda fitting: fitting.grade(grade))
    blocks = _grade(turn, str(grade), offered.blocks)
    title = f"{said()['escc']} {grade}"
    show(turn, Screen("plan", title, tuple(blocks), (*offered.rows, *_rows())), ASKS)


def _menu() -> Screen:
    meanings = text(*(f"{g}: {m}" for g, m in ITEM.words.meanings.items()))
    notes = text(*(remarks()[each].say() for each in REMARKS))
    blocks = answer_first((said()["escc_ask"], ITEM.words.help), meanings, notes, say_disclaimer())
    return Screen("plan", said()["escc"], tuple(blocks), _rows())


def _rows() -> tuple[tuple[Button, ...], ...]:
    grades = sorted(ITEM.offered, key=lambda option: rule.GRADES.index(str(option.value)))
    return (
        tuple(
            Button(
                str(option.value),
                f"escc {option.value}",
                typed=f"/escc {option.value}",
                style="danger" if option.danger else "plain",
            )
            for option in grades
        ),
    )


def _grade(turn: Turn, grade: str, offered: Iterable[Block]) -> Iterator[Block]:
    """Say a grade and its treatment clock; fold what follows without a cord sign and with one."""
    results = {heading: _assess(turn, grade, signs) for heading, signs in SIGNS.items()}
    always = all(result.urgency.treatment_hours for result in results.values())
    clock = (remarks()[CLOCK].say(),) if always else ()
    follows = [text(*_follows(turn, each), heading=signs) for signs, each in results.items()]
    lines = (ITEM.words.meanings[grade], *clock, said()["cancer_proven"])
    return answer_first(lines, *follows, *offered, *say_notes((), REMARKS))


def _follows(turn: Turn, result: Assessment) -> Iterator[str]:
    if result.urgency.treatment_hours:
        yield remarks()[CLOCK].say()
    for fired in result.actions:
        if fired.id in (*WANTED, result.steroid.rule):
            yield say_with_sources(fired, turn.setting.engine.zone)


def _assess(turn: Turn, grade: str, signs: CordSigns) -> Assessment:
    case = Case.model_validate(
        {
            "cancer": "known",
            "radicular_pain": "none",
            "radicular_deficit": "none",
            "cord_signs": signs,
            "mri": "done",
            "lesions": [{"escc": grade}],
        }
    )
    return assess(case, turn.setting.engine.policy, turn.now)
