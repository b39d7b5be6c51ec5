"""Builds the questions of the triage flow, including those that appear in two places."""

from bot.flows.conditions import Condition
from bot.flows.grammar import Choice, Number, Option, Question
from bot.flows.triage_conditions import calcium_known, lesions_reported, not_asked
from bot.logic.calcium import (
    G_PER_DL_ALBUMIN_LIKE_BELOW,
    IONISED_CALCIUM_LIKE_BELOW,
    MEQ_PER_L_CALCIUM_LIKE_ABOVE,
)
from bot.logic.potassium import (
    HIGH_POTASSIUM_FROM,
    LEAST_PLAUSIBLE_POTASSIUM,
    MOST_PLAUSIBLE_POTASSIUM,
    SEVERE_POTASSIUM_FROM,
)


def options(
    *values: bool | int | str, danger: tuple[bool | int | str, ...] = ()
) -> tuple[Option, ...]:
    return tuple(Option(value, value in danger) for value in values)


def picks(*values: float) -> tuple[float, ...]:
    """Offer each number once, in order, wherever the thresholds fall."""
    return tuple(sorted(set(values)))


def yes_no(id: str, part: str, when: Condition | None = None) -> Question:
    return Choice(id=id, part=part, when=when, options=options(True, False, danger=(True,)))


def lesion(
    id: str,
    *values: str,
    danger: tuple[str, ...] = (),
    by_name: bool = False,
    long_list: bool = False,
) -> Question:
    return Choice(
        id=id,
        part="lesions",
        when=lesions_reported,
        repeated=True,
        options=options(*values, danger=danger),
        by_name=by_name,
        long_list=long_list,
    )


def radicular_deficit(when: Condition) -> Question:
    return Choice(
        id="radicular_deficit",
        part="roots",
        when=when,
        options=options(
            "bilateral", "unilateral_progressive", "unilateral_stable", "none",
            danger=("bilateral", "unilateral_progressive"),
        ),
    )  # fmt: skip


def radicular_pain(when: Condition) -> Question:
    return Choice(
        id="radicular_pain",
        part="roots",
        when=when,
        options=options("bilateral", "unilateral", "none", danger=("bilateral",)),
    )


def back_pain(when: Condition) -> Question:
    return Choice(id="back_pain", part="roots", when=when, options=options(True, False))


def primary(when: Condition) -> Question:
    """Ask for the primary: the commonest first, the rest as their names fit into rows."""
    return Choice(
        id="primary",
        part="cancer",
        when=when,
        options=options(
            "breast", "prostate", "lung", "renal_cell", "myeloma", "lymphoma", "melanoma",
            "sarcoma", "osteosarcoma", "seminoma", "carcinoid", "pancreas", "gallbladder",
            "thyroid", "colon", "rectum", "stomach", "oesophagus", "liver", "bladder", "uterus",
            "ovary", "head_neck", "unknown_primary", "other",
        ),
        long_list=True,
    )  # fmt: skip


def urine_output(when: Condition) -> Question:
    return Choice(
        id="urine_output", part="kidneys", when=when, options=options("anuric", "residual")
    )


def laboratory(*, potassium: Condition, calcium: Condition) -> tuple[Question, ...]:
    return (
        Number(
            id="potassium", part="laboratory", when=potassium,
            low=1, high=12, unit="mmol/L",
            picks=picks(4, 4.5, 5, 5.5, HIGH_POTASSIUM_FROM, SEVERE_POTASSIUM_FROM),
            plausible=(LEAST_PLAUSIBLE_POTASSIUM, MOST_PLAUSIBLE_POTASSIUM),
        ),
        Number(
            id="calcium", part="laboratory", when=calcium,
            low=0.5, high=5, unit="mmol/L", picks=(1.9, 2.1, 2.3, 2.5, 2.7, 3.0),
            plausible=(IONISED_CALCIUM_LIKE_BELOW, MEQ_PER_L_CALCIUM_LIKE_ABOVE),
        ),
        Number(
            id="albumin", part="laboratory", when=calcium_known & not_asked("albumin"),
            low=5, high=70, unit="g/L", picks=(20, 25, 30, 35, 40, 45),
            plausible=(G_PER_DL_ALBUMIN_LIKE_BELOW, 70),
        ),
    )  # fmt: skip
