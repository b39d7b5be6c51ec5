"""What is worth saying about a change: a decision taken back, a doubt, answers set aside."""

from collections.abc import Iterable

from bot.conversation.move import Move, here
from bot.conversation.replies import Notice, Reply
from bot.conversation.standing import Standing
from bot.logic.contradictions import doubts
from bot.logic.steroid import GIVE_NOW


def changes(move: Move, after: Standing, given: tuple[str, ...]) -> tuple[Reply, ...]:
    """Show where the case stands after the answers to `given`, and what changed with them."""
    before = move.before
    gone = (Notice("no_longer"),) if before.settled and not after.settled else ()
    card = is_news(before, after) or after.trail.ended
    return (
        *steroid_changed(before, after),
        *new_doubts(before, after),
        *moved(move, after, given),
        *gone,
        *here(after, card=card, urgent=became_emergency(before, after)),
    )


def is_news(before: Standing, after: Standing) -> bool:
    """Return whether the card says something that it did not say before."""
    return after.settled and (not before.settled or before.headline != after.headline)


def became_emergency(before: Standing, after: Standing) -> bool:
    """Return whether the case has just become an emergency."""
    return after.emergency and not before.emergency


def steroid_changed(before: Standing, after: Standing) -> Iterable[Reply]:
    """Say it when a steroid decision that was shown does not hold any more."""
    then, now = before.assessment.steroid, after.assessment.steroid
    if before.settled and then.decision != now.decision:
        taken_back = then.decision == GIVE_NOW
        yield Notice("steroid_taken_back" if taken_back else "steroid_changed", now.rule)


def new_doubts(before: Standing, after: Standing) -> Iterable[Reply]:
    """Ask back where two answers contradict each other."""
    old = set(doubts(before.assessment.found))
    yield from (Notice(doubt) for doubt in doubts(after.assessment.found) if doubt not in old)


def moved(move: Move, after: Standing, given: tuple[str, ...]) -> Iterable[Reply]:
    """Name the answers that an edit set aside, and those that it brought back."""
    then, now = move.before.trail.keys, after.trail.keys
    aside, back = set(then).difference(now, given), set(now).difference(then, given)
    if aside:
        yield Notice("set_aside", keys=tuple(key for key in then if key in aside))
    if back and move.case.answers:
        yield Notice("brought_back", keys=tuple(key for key in now if key in back))
