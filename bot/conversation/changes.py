"""What to say about a change: urgency, steroid decision, a contradiction, answers set aside."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.conversation.move import Move, here
from bot.conversation.replies import Alert, Changed, Notice, RenewAlert, Reply
from bot.conversation.standing import Standing
from bot.conversation.time_line import awaits_cauda_equina
from bot.guidance.first_steps import KILLS
from bot.logic.contradictions import doubts
from bot.logic.urgency import LEVELS
from state.records import Told

PRESSING: Final = ("urgent", "emergency")
OVERDUE: Final = "W1"  # the urgency line says it


def changes(move: Move, after: Standing, given: tuple[str, ...]) -> tuple[Reply, ...]:
    """Show where the case stands after the answers to `given`, and what changed with them."""
    gone = (Notice("no_longer"),) if move.before.settled and not after.settled else ()
    news = alert(move, after, given)
    alerted = any(isinstance(each, Alert) for each in news)
    return (
        *news,
        *new_step(move, after, alerted=alerted),
        *new_doubts(move.before, after),
        *moved(move, after, given),
        *gone,
        *here(after),
    )


def alert(
    move: Move, after: Standing, given: tuple[str, ...], *, ticking: bool = False
) -> tuple[Alert | RenewAlert, ...]:
    """Say with sound what is urgent or has changed; else correct what was said last."""
    before = move.before
    moved_clock = move.flow.landmarks.suspected_at in given
    change = _changed(move.case.told, before, after, given, moved_clock=moved_clock)
    first_ticks = ticking and not move.case.adding and move.case.latest.keys() <= {*given}
    if adds_cauda_equina(before, after) and (change or (before.settled and not first_ticks)):
        change = replace(change or Changed(before.told, given), cauda_equina=True)
    first = after.settled and not before.settled
    if change or (first and after.told.level in PRESSING):
        return (Alert(change, ticking),)
    if not (before.settled or after.settled or move.case.told):
        return ()
    reopened = move.case.status == "closed"
    stands = before.settled == after.settled and before.headline == after.headline
    return () if stands and not reopened else (RenewAlert(ticking),)


def _changed(
    told: Told | None,
    before: Standing,
    after: Standing,
    given: tuple[str, ...],
    *,
    moved_clock: bool,
) -> Changed | None:
    """Report a rise in urgency, or a change in a steroid decision already shown.

    A deadline that comes sooner because it was suspected earlier is a rise too.
    """
    then, now = before.told if before.settled else told, after.told
    if then is None or not (before.settled or after.settled):
        return None
    risen = after.settled and (rises(then, now) or (moved_clock and comes_sooner(before, after)))
    return Changed(then, given) if risen or then.steroid != now.steroid else None


def comes_sooner(before: Standing, after: Standing) -> bool:
    """Return whether a deadline comes sooner."""
    then, now = before.assessment, after.assessment
    limits = ((then.due, now.due), (then.treatment_due, now.treatment_due))
    return any(old and new and new < old for old, new in limits)


def adds_cauda_equina(before: Standing, after: Standing) -> bool:
    """Return whether the scan of a cauda equina is newly awaited: its limit is shorter."""
    had = before.settled and awaits_cauda_equina(before.assessment)
    return after.settled and awaits_cauda_equina(after.assessment) and not had


def rises(then: Told, now: Told) -> bool:
    """Return whether the urgency is higher or its limit shorter."""
    sooner = then.hours is not None and now.hours is not None and now.hours < then.hours
    return sooner or LEVELS.index(now.level) > LEVELS.index(then.level)


def new_step(move: Move, after: Standing, *, alerted: bool) -> Iterable[Reply]:
    """Name the first step that is new or reads otherwise, unless an alert or the card does.

    What kills, a potassium or calcium, is named in any case.
    """
    before = move.before
    if not after.settled or after.at_end or after.waits_for:
        return
    then, steroid = before.steps, after.assessment.steroid.rule
    for step in after.steps:
        rule, told = step[0].id, alerted or not before.settled
        if step in then or rule in (steroid, OVERDUE) or (told and rule not in KILLS):
            continue
        yield Notice("new_step", rule)
        return


def new_doubts(before: Standing, after: Standing) -> Iterable[Reply]:
    """Ask again if two answers contradict each other."""
    old = set(doubts(before.assessment.found))
    yield from (Notice(doubt) for doubt in doubts(after.assessment.found) if doubt not in old)


def moved(move: Move, after: Standing, given: tuple[str, ...]) -> Iterable[Reply]:
    """Name the answers that an edit set aside, and those that it brought back."""
    then, now = move.before.trail.keys, after.trail.keys
    aside, back = set(then).difference(now, given), set(now).difference(then, given)
    if aside:
        yield Notice("set_aside", keys=tuple(key for key in then if key in aside))
    if back and move.case.given:
        yield Notice("brought_back", keys=tuple(key for key in now if key in back))
