"""What is worth saying about a change: a decision taken back, a doubt, answers set aside."""

from collections.abc import Iterable

from bot.conversation.replies import Notice, Reply
from bot.conversation.standing import Standing
from bot.flows.triage import LESIONS_SEEN
from bot.logic.contradictions import doubts
from bot.logic.steroid import GIVE_NOW
from state.records import StoredCase


def is_news(before: Standing, after: Standing) -> bool:
    """Tell whether the card says something that it did not say before."""
    return after.settled and (not before.settled or before.headline != after.headline)


def became_emergency(before: Standing, after: Standing) -> bool:
    """Tell whether the case has just become an emergency."""
    return after.emergency and not before.emergency


def steroid_changed(before: Standing, after: Standing) -> Iterable[Reply]:
    """Say it when a steroid decision that was shown does not hold any more."""
    then, now = before.assessment.steroid, after.assessment.steroid
    if before.settled and then.decision != now.decision:
        taken_back = then.decision == GIVE_NOW
        yield Notice("steroid_taken_back" if taken_back else "steroid_changed", now.rule)


def before_images(standing: Standing) -> Iterable[Reply]:
    """Say which question comes before those about the images, where one is open."""
    if standing.trail.key != LESIONS_SEEN and not standing.trail.ended:
        yield Notice("images_later", keys=(standing.key,))


def new_doubts(before: Standing, after: Standing) -> Iterable[Reply]:
    """Ask back where two answers contradict each other."""
    old = set(doubts(before.assessment.case))
    yield from (Notice(doubt) for doubt in doubts(after.assessment.case) if doubt not in old)


def moved(
    before: Standing, after: Standing, given: tuple[str, ...], case: StoredCase
) -> Iterable[Reply]:
    """Name the answers that an edit set aside, and those that it brought back."""
    then, now = before.trail.keys, after.trail.keys
    aside = tuple(each for each in then if each not in now and each not in given)
    back = tuple(each for each in now if each not in then and each not in given)
    if aside:
        yield Notice("set_aside", keys=aside)
    if back and case.answers:
        yield Notice("brought_back", keys=back)
