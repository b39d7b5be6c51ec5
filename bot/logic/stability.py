"""What the SINS of all lesions calls for: the S rules. Source R70-R74."""

from collections.abc import Iterator

from bot.logic.decisions import Decisions
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire
from bot.logic.sins import POTENTIALLY_UNSTABLE_FROM


def stability(decisions: Decisions) -> Iterator[Fired]:
    found = decisions.found
    unvalidated = not_validated(found)
    if stable(found):
        yield fire("S1")
    if surgical_opinion(found):
        first = "infection" if found.infection_open else "text"
        yield Fired("S2", (first, "not_validated") if unvalidated else (first,))
    if found.some_unstable:
        yield fire("S3", not_validated=unvalidated)


def stable(found: Findings) -> bool:
    """Rule S1: every lesion stable by SINS, in a known cancer without infection."""
    return found.all_stable and not not_validated(found) and not found.infection_assumed


def surgical_opinion(found: Findings) -> bool:
    """Rule S2: some lesion may be potentially unstable, and none is certainly unstable."""
    return not found.some_unstable and any(
        score.high >= POTENTIALLY_UNSTABLE_FROM for score in found.sins
    )


def not_validated(found: Findings) -> bool:
    """SINS was made for metastases: not for use without known cancer or in infection."""
    return not found.cancer_known or found.infection_suspected
