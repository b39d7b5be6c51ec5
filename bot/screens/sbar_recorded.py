"""Says every recorded answer in the hand-over: found, absent, not examined, lesions, set aside."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from bot.conversation.machine import Step
from bot.flows.grammar import UNKNOWN, Choice, Several, Value
from bot.flows.wording import words_of
from bot.logic.calcium import calcium
from bot.logic.case import known
from bot.logic.stability import not_validated
from bot.screens.notices import words
from bot.screens.time_line import say_time
from bot.screens.view import View, in_a_sentence, say_category, say_level

WORDS: Final = "sbar.toml"
SIGNS: Final = ("cord_signs",)
SYMPTOMS: Final = (
    ("radicular_deficit", "deficit_days"), ("radicular_pain",), ("back_pain",),
    ("infection_signs",),
)  # fmt: skip
NEUROLOGY: Final = ("asia", "walking", "paralysis_hours")
BLOOD: Final = ("potassium", "calcium", "albumin", "pth_times_uln")
HISTORY: Final = (
    ("cancer", "primary"),
    ("extraspinal_bone", "vertebral_mets", "organ_mets"),
    ("previous_rt", "progression_after_rt", "deterioration_during_rt", "previous_surgery"),
    ("ecog", "kps", "life_expectancy"),
    ("blood_thinners", "last_blood_thinner"),
    ("renal", "egfr", "urine_output", "access", "dialysis_years"),
    ("last_dialysis", "next_dialysis", "dialysis_days"),
)
EXAMINED_FOR: Final = ("cord_signs", "radicular_deficit", "asia")
ON_THE_IMAGES: Final = ("mri", "lesions_seen")
LESION_ITEMS: Final = ("pain", "bone", "alignment", "collapse", "posterolateral")
MORE_LEVELS: Final = "another_level"


def symptoms(view: View) -> Iterator[str]:
    """Say what was found, then in one line each what is absent and what was not examined."""
    said = words("lines", WORDS)
    for step in _steps(view, SIGNS):
        if isinstance(step.value, list) and step.value:
            yield _say(view, step)
            others = ", ".join(_signs(view, step, step.value))
            if others:
                yield said["not_ticked"].format(items=others)
    for fields in SYMPTOMS:
        answered = [step for step in _steps(view, fields) if step.value != UNKNOWN]
        yield from _in_one_line(view, [step for step in answered if not _is_absent(step)])
    absent = ", ".join(_absent(view))
    if absent:
        yield said["absent"].format(items=absent)
    unseen = [step for step in _steps(view, EXAMINED_FOR) if step.value == UNKNOWN]
    if unseen:
        yield said["not_examined"].format(items=", ".join(_name(view, step) for step in unseen))


def neurology(view: View) -> Iterator[str]:
    """Say the grade of the deficit, how the patient walks, and since when not at all."""
    yield from _known_answers(view, NEUROLOGY)


def history(view: View) -> Iterator[str]:
    """Say the background, and every answer not said elsewhere in the hand-over."""
    for fields in HISTORY:
        yield from _known_answers(view, fields)
    elsewhere = {*chain(SIGNS, *SYMPTOMS, NEUROLOGY, BLOOD, ON_THE_IMAGES, *HISTORY)}
    for step in view.standing.trail.steps:
        if not step.question.repeated and step.question.field not in elsewhere:
            yield from _known_answers(view, (step.question.field,))


def blood(view: View) -> Iterator[str]:
    """Say the laboratory values in one line, with measured and adjusted calcium."""
    said = [*_known_answers(view, BLOOD)]
    value, case = calcium(view.result.found), view.result.case
    if value is not None:
        key = "adjusted" if known(case.albumin) else "taken_as_adjusted"
        said.append(words("lines", WORDS)[key].format(adjusted=f"{value.adjusted:.2f}"))
    if said:
        yield ". ".join(said)


def lesions(view: View) -> Iterator[str]:
    """Say each lesion with its grade, its SINS and the items behind it."""
    said, case = words("lines", WORDS), view.result.case
    if case.lesions == ():
        yield said["clean"]
    elif case.lesions is None and view.case.latest.get("lesions_seen") == "some":
        yield said["levels_to_come"]
    for number, lesion in enumerate(case.lesions or (), 1):
        score = view.result.sins[number - 1]
        yield said["lesion"].format(
            level=say_level(lesion),
            grade=lesion.escc if known(lesion.escc) else said["not_known"],
            points=score.said,
            category=say_category(score),
            items=", ".join(_lesion_items(view, number)),
        )
    if case.lesions and not_validated(view.result.found):
        infection = view.result.found.infection_suspected
        yield said["not_validated_infection" if infection else "not_validated_cancer"]
    asked = [each for each in view.standing.trail.steps if each.question.id == MORE_LEVELS]
    if asked:
        yield said["more_levels" if asked[-1].value is True else "no_more_levels"]


def set_aside(view: View) -> Iterator[str]:
    """Say in one line the answers whose question is no longer asked, with their time."""
    taken, at = view.standing.trail.taken, dict[str, list[str]]()
    for answer in view.case.given:
        latest = view.newest(answer.question)
        if answer.question not in taken and answer is latest:
            at.setdefault(say_time(answer.at, view.now, view.zone), []).append(answer.question)
    items = "; ".join(f"{time} {'; '.join(_in_short(view, keys))}" for time, keys in at.items())
    if items:
        yield words("lines", WORDS)["set_aside"].format(items=items)


def _steps(view: View, fields: Iterable[str]) -> list[Step]:
    """Return the answers for some fields of the case, in field order."""
    steps = [each for each in view.standing.trail.steps if not each.question.repeated]
    return [step for field in fields for step in steps if step.question.field == field]


def _known_answers(view: View, fields: Iterable[str]) -> Iterator[str]:
    yield from _in_one_line(view, [step for step in _steps(view, fields) if step.value != UNKNOWN])


def _in_one_line(view: View, steps: list[Step]) -> Iterator[str]:
    if steps:
        yield ". ".join(_say(view, step) for step in steps)


def _say(view: View, step: Step) -> str:
    none = words("lines", WORDS)["none"]
    answer = none if step.value == [] else view.answer(step.question, step.value)
    return f"{view.label(step.key)}: {answer}"


def _name(view: View, step: Step) -> str:
    return in_a_sentence(view.label(step.key))


def _absent(view: View) -> Iterator[str]:
    """Name what was looked for and is absent."""
    for step in _steps(view, SIGNS):
        if step.value == []:
            yield f"{_name(view, step)} ({', '.join(_signs(view, step))})"
    for step in _steps(view, chain(*SYMPTOMS)):
        if _is_absent(step):
            yield _name(view, step)


def _is_absent(step: Step) -> bool:
    return step.value == "none" or step.value is False


def _signs(view: View, step: Step, but: Sequence[object] = ()) -> Iterator[str]:
    """Name the signs that can be ticked, except some."""
    named = words_of(view.flow, step.question.id)
    options = step.question.options if isinstance(step.question, Several) else ()
    yield from (in_a_sentence(named.in_full(each.key)) for each in options if each.value not in but)


def _lesion_items(view: View, number: int) -> Iterator[str]:
    """Say how the score of a lesion is made up."""
    given = {step.key: step for step in view.standing.trail.steps}
    for item in LESION_ITEMS:
        step = given.get(f"{item}.{number}")
        if step is not None:
            yield _short(view, step.key, step.value)


def _in_short(view: View, keys: list[str]) -> Iterator[str]:
    """Say the newest answers to some questions, grouped by lesion."""
    values, together = view.case.latest, dict[str, list[str]]()
    for key in keys:
        number = key.partition(".")[2]
        if key != f"{MORE_LEVELS}.{number}":
            together.setdefault(number or key, []).append(_short(view, key, values[key]))
    for number, items in together.items():
        lesion = f"lesion {number}: " if number.isdigit() else ""
        yield f"{lesion}{', '.join(items)}"


def _short(view: View, key: str, value: Value) -> str:
    """Say an answer without a colon: "bone lytic"; one no longer offered is left unchanged."""
    question = view.flow.question(key)
    if question is None:
        return f"{key} {value}"
    label = words_of(view.flow, question.id).label
    answer = view.answer(question, value)
    small = isinstance(question, Choice) or value == UNKNOWN
    return f"{in_a_sentence(label)} {in_a_sentence(answer) if small else answer}"
