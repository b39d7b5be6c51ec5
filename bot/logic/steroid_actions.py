"""The steroid decision as actions: the D rules that a reader sees. Source as steroid."""

from collections.abc import Iterator

from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Figure, Fired, fire
from bot.logic.steroid import GIVE_NOW
from bot.logic.surgery import BLOOD_CANCERS


def steroid_actions(decisions: Decisions) -> Iterator[Fired]:
    found, steroid = decisions.found, decisions.steroid
    first, unasked = _first_sentence(decisions), never_asked(decisions)
    notes = {
        "before_mri": not found.read,
        "no_deficit": found.high_grade and not found.deficit,
        "cord_signs_unknown": found.cord_signs_unknown,
        "root_deficit": found.root_deficit,
        "needed": found.steroid_needed,
        "not_needed": not found.steroid_needed,
        "could_change": bool(steroid.ask),
        "questions": bool(unasked),
    }
    said = NOTES[steroid.rule]
    may_say = {note: holds for note, holds in notes.items() if note in said}
    yield fire(steroid.rule, _figures(steroid.ask, unasked), first, **may_say)
    if steroid.decision == GIVE_NOW:
        yield fire(
            "D4",
            lysis=found.case.primary in BLOOD_CANCERS,
            deficit=found.deficit,
            dialysis=found.dialysis,
        )


NOTES = {
    "D1": ("before_mri", "no_deficit", "could_change", "questions"),
    "D2": ("could_change",),
    "D3": ("cord_signs_unknown", "root_deficit", "could_change"),
    "D5": ("could_change",),
    "D6": ("needed", "not_needed", "could_change"),
    "D7": ("could_change",),
    "D8": ("cord_signs_unknown", "could_change"),
    "D9": ("could_change",),
    "D10": ("could_change",),
}  # the notes that each decision may say


def _first_sentence(decisions: Decisions) -> str:
    """Choose the leading sentence: it differs without cancer, in infection, for pain alone."""
    found, rule = decisions.found, decisions.steroid.rule
    if rule == "D2" and found.case.cancer == "none":
        return "no_cancer"
    if rule == "D8" and found.pain_alone_unexplained:
        return "pain_alone"
    return "infection" if rule in ("D3", "D9") and found.infection_open else "text"


def never_asked(decisions: Decisions) -> tuple[str, ...]:
    """Name what could still change the decision and has not been asked yet."""
    case = decisions.case
    return tuple(field for field in decisions.steroid.ask if getattr(case, field) is None)


def _figures(ask: tuple[str, ...], unasked: tuple[str, ...]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {"steroid_ask": ", ".join(ask)} if ask else {}
    if unasked:
        figures["never_asked"] = ", ".join(unasked)
        figures["questions"] = f"{len(unasked)} question" + ("" if len(unasked) == 1 else "s")
    return figures
