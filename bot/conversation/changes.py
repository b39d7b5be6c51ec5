"""What to say about a change: urgency, steroid decision, a contradiction, answers set aside."""

from collections.abc import Iterable
from typing import Final

from bot.conversation.move import Move, here
from bot.conversation.replies import Changed, Notice, Reply
from bot.conversation.standing import Standing
from bot.logic.contradictions import doubts
from bot.logic.urgency import LEVELS
from state.records import Told

PRESSING: Final = ("urgent", "emergency")


def changes(move: Move, after: Standing, given: tuple[str, ...]) -> tuple[Reply, ...]:
    """Show where the case stands after the answers to `given`, and what changed with them."""
    before = move.before
    gone = (Notice("no_longer"),) if before.settled and not after.settled else ()
    card = is_news(before, after) or after.trail.ended
    return (
        *changed(before, after, given),
        *new_doubts(before, after),
        *moved(move, after, given),
        *gone,
        *here(after, card=card, urgent=is_pressing(before, after)),
    )


def is_news(before: Standing, after: Standing) -> bool:
    """Return whether the card says something that it did not say before."""
    return after.settled and (not before.settled or before.headline != after.headline)


def is_pressing(before: Standing, after: Standing) -> bool:
    """Return whether the card must be sent with sound."""
    first = after.settled and not before.settled
    return (first and after.told.level in PRESSING) or bool(changed(before, after))


def changed(before: Standing, after: Standing, given: tuple[str, ...] = ()) -> tuple[Changed, ...]:
    """Report a rise in urgency, or a change in a steroid decision already shown."""
    if not before.settled:
        return ()
    then, now = before.told, after.told
    risen = after.settled and rises(then, now)
    return (Changed(then, given),) if risen or then.steroid != now.steroid else ()


def rises(then: Told, now: Told) -> bool:
    """Return whether the urgency is higher or its limit shorter."""
    sooner = then.hours is not None and now.hours is not None and now.hours < then.hours
    return sooner or LEVELS.index(now.level) > LEVELS.index(then.level)


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
