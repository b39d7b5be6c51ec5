"""Migrates a case from older rules, another policy or an older flow, and says what changed."""

from dataclasses import replace

from bot.conversation.replies import Changed, Notice, Reply
from bot.conversation.standing import Standing
from bot.flows.grammar import Flow
from bot.logic.assessment import RULESET_VERSION
from bot.logic.urgency import Policy
from state.records import StoredCase, Told


def assessed_anew(case: StoredCase, standing: Standing, policy: Policy) -> Changed | None:
    """Report if new rules or another policy changed the urgency or the steroid decision.

    What an older version said may not have been kept; then say that all was reassessed.
    """
    ruleset = case.ruleset if case.ruleset != RULESET_VERSION else ""
    former = case.policy if case.policy != policy else ""
    not_kept = case.told is None and bool(ruleset)
    other = case.told is not None and bool(ruleset or former) and case.told != standing.told
    if not standing.settled or not (not_kept or other):
        return None
    return Changed(case.told, ruleset=ruleset, policy=former)


def renewed(
    case: StoredCase, standing: Standing, flow: Flow
) -> tuple[StoredCase, tuple[Reply, ...]]:
    """Migrate a case from an older flow: keep what fits, name what is asked again."""
    if case.fingerprint == flow.fingerprint:
        return case, ()
    unknown = tuple(key for key in case.latest if flow.question(key) is None)
    misfits = (*standing.trail.misfits, *unknown)
    return replace(case, fingerprint=flow.fingerprint), (Notice("flow_changed", keys=misfits),)


def told(case: StoredCase, before: Standing, standing: Standing) -> Told | None:
    """Return what has been said of a case.

    While the urgency is open again, what was said last is kept, with the steroid decision of then.
    """
    if standing.settled:
        return standing.told
    if case.told and before.settled:
        return replace(case.told, steroid=standing.told.steroid)
    return case.told
