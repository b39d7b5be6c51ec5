"""The steroid decision as actions: the D rules that a reader sees. Source as steroid."""

from collections.abc import Iterator

from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire
from bot.logic.steroid import GIVE_NOW
from bot.logic.surgery import BLOOD_CANCERS


def steroid_actions(decisions: Decisions) -> Iterator[Fired]:
    found, steroid = decisions.found, decisions.steroid
    match steroid.rule:
        case "D1":
            yield fire(
                "D1",
                before_mri=not found.read,
                no_deficit=found.high_grade and not found.deficit,
            )
        case "D2":
            yield Fired("D2", ("no_cancer",) if found.case.cancer == "none" else ("text",))
        case "D3":
            unexamined = found.cord_signs_unknown
            yield fire("D3", cord_signs_unknown=unexamined, root_deficit=found.root_deficit)
        case "D6":
            yield fire("D6", needed=found.steroid_needed)
        case "D8":
            yield fire("D8", cord_signs_unknown=found.cord_signs_unknown)
        case rule:
            yield fire(rule)
    if steroid.decision == GIVE_NOW:
        yield fire(
            "D4",
            lysis=found.case.primary in BLOOD_CANCERS,
            deficit=found.deficit,
            dialysis=found.dialysis,
        )
