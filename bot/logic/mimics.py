"""What a lesion on dialysis may be instead, and infection: the N rules. Source R36-R49, R168."""

from collections.abc import Iterator

from bot.logic.calls import urgent_meeting
from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire


def mimics(decisions: Decisions) -> Iterator[Fired]:
    found = decisions.found
    if found.mimic_suspected:
        unproven = not found.cancer_known or found.infection_open
        biopsy = "biopsy_infection" if found.infection_open else "biopsy"
        yield Fired("N1", ("unproven" if unproven else "consider", "text", biopsy))
    if found.infection_first:
        at_once = found.deficit or urgent_meeting(decisions)
        yield fire(
            "N2",
            deficit=found.deficit,
            no_deficit=not found.deficit,
            now=at_once,
            same_day=not at_once,
            access=found.dialysis,
        )
