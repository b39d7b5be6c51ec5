"""Which answers a typed line gives: the fields read from it, as answers of the flow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.conversation.events import Answers
from bot.conversation.machine import Trail
from bot.flows.grammar import UNKNOWN, Flow, Several, Value
from bot.flows.triage_conditions import CT_LESIONS_SEEN, LESIONS_SEEN, MRI
from bot.screens.read_answers import BEFORE_TICK
from state.records import StoredCase

LESIONS: Final = "lesions"
EGFR: Final = "egfr"
EGFR_LATER: Final = "egfr_for_bone_drug"  # asked in place of egfr where the kidneys are normal
WHOLE: Final = ("dialysis_days",)  # left out together


def answers_of(
    fields: Mapping[str, Any], left_out: Sequence[str], case: StoredCase, trail: Trail, flow: Flow
) -> Answers:
    """Return the answers that the fields of a line give, in the order of the questions.

    Ticks are added to those that stand: a line takes none away. What is `left_out` gives no answer,
    nor does what stands already.
    """
    found = dict[str, Value]()
    for key, value in _wanted(fields, case, trail):
        question = flow.question(key)
        if question is None or not question.accepts(value):
            continue
        before = case.latest.get(key)
        if isinstance(question, Several) and isinstance(value, list):
            kept = [tick for tick in value if f"{key}{BEFORE_TICK}{tick}" not in left_out]
            had = before if isinstance(before, list) else []
            if (value and not kept) or (not value and had):
                continue
            ticks = {*kept, *had}
            value = [str(each.value) for each in question.options if each.value in ticks]
        if key not in left_out and value != before:
            found[key] = value
    order = [*flow.questions]
    return tuple(sorted(found.items(), key=lambda each: _place(each[0], order)))


def kept_of(fields: Mapping[str, Any], flow: Flow) -> dict[str, Any]:
    """Return the fields whose questions accept their values: nothing else is kept of a line."""
    kept = dict[str, Any]()
    for name, value in fields.items():
        if name == LESIONS:
            lesions = [kept_of(each, flow) for each in value]
            kept[name] = [each for each in lesions if each]
            if not value or kept[name]:
                continue
            del kept[name]
        elif (question := flow.question(f"{name}.1") or flow.question(name)) is None:
            continue
        elif question.accepts(value):
            kept[name] = value
    return kept


def items_of(fields: Mapping[str, Any], case: StoredCase, trail: Trail, flow: Flow) -> list[str]:
    """Name each thing that a line says, by which it can be left out: a key, or one of its ticks."""
    items = list[str]()
    for key, value in answers_of(fields, (), case, trail, flow):
        ticks = fields.get(key) if isinstance(value, list) and key not in WHOLE else None
        items += [f"{key}{BEFORE_TICK}{tick}" for tick in ticks] if ticks else [key]
    return items


def _place(key: str, order: Sequence[str]) -> tuple[int, int]:
    name, _, item = key.partition(".")
    return int(item or 0), order.index(name)


def _wanted(
    fields: Mapping[str, Any], case: StoredCase, trail: Trail
) -> Iterator[tuple[str, Value]]:
    for name, value in fields.items():
        if name == LESIONS:
            yield from _lesions(value, case, trail, fields)
        elif name == EGFR and case.latest.get("renal", fields.get("renal")) == "normal":
            yield EGFR_LATER, value
        else:
            yield name, value


def _lesions(
    lesions: Sequence[Mapping[str, Value]],
    case: StoredCase,
    trail: Trail,
    fields: Mapping[str, Any],
) -> Iterator[tuple[str, Value]]:
    """Give each lesion its number: that of its level, the one being asked about, or a new one."""
    by_ct = case.latest.get(MRI, fields.get(MRI)) == "not_possible"
    seen = CT_LESIONS_SEEN if by_ct else LESIONS_SEEN
    if case.latest.get(seen, UNKNOWN) == UNKNOWN or lesions:
        yield seen, "some" if lesions else "none"
    levels = {step.value: step.item for step in trail.steps if step.question.id == "level"}
    last = max((step.item for step in trail.steps if step.question.repeated), default=0)
    open_item = last if last and f"another_level.{last}" not in case.latest else 0
    for lesion in lesions:
        item = levels.get(lesion.get("level", UNKNOWN), 0)
        item = item or (open_item if _fits(lesion, case, open_item) else 0)
        if not item:
            if last:
                yield f"another_level.{last}", True
            item = last = last + 1
        open_item = 0
        yield from ((f"{name}.{item}", value) for name, value in lesion.items())


def _fits(lesion: Mapping[str, Value], case: StoredCase, item: int) -> bool:
    """Return whether a lesion may be the one being asked about: its level is not another."""
    level = case.latest.get(f"level.{item}", UNKNOWN)
    return item > 0 and ("level" not in lesion or level in (UNKNOWN, lesion["level"]))
