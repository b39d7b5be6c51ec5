"""What has changed in a case since a screen with ticks was drawn."""

from dataclasses import replace
from itertools import pairwise

from state.groups import is_group
from state.records import TAKEN_BACK, Answer, Minted, StoredCase, Value


def only_ticked_since(minted: Minted, case: StoredCase, key: str) -> bool:
    """Return whether a case has changed since a screen was drawn, by ticks of its question alone.

    Each save since is then one tick more or less than the save before, from what the screen showed.
    """
    saves = case.version - minted.version
    return saves > 0 and _are_ticks(minted, case, key, saves)


def only_noted_since(minted: Minted, case: StoredCase, key: str, *, ticking: bool) -> bool:
    """Return whether a group's case has changed by notes alone; with `ticking` also by ticks.

    What somebody noted takes nothing from what another one answers at the same time.
    """
    saves = case.version - minted.version
    notes = range(1 if ticking else saves, min(saves, len(case.timeline)) + 1)
    return is_group(case.chat) and any(
        _are_ticks(minted, case, key, saves - each) for each in notes
    )


def unknown_ticks(minted: Minted, case: StoredCase, key: str, who: str) -> dict[str, Answer] | None:
    """Return the options whose tick somebody else has changed, each with the answer that did.

    A person knows the ticks that a screen showed, and their own since. None if a group's case has
    changed otherwise than by ticks and notes since the screen was drawn.
    """
    saves = case.version - minted.version
    notes = range(min(saves, len(case.timeline)) + 1) if is_group(case.chat) else range(0)
    ticks = next(
        (saves - each for each in notes if _are_ticks(minted, case, key, saves - each)), None
    )
    if ticks is None:
        return None
    first = len(case.answers) - ticks
    now = _ticks(replace(case, answers=case.answers[:first]).latest.get(key))
    known, changed = set(now), dict[str, Answer]()
    for answer in case.answers[first:]:
        (option,) = now ^ _ticks(answer.value)
        now, changed[option] = now ^ {option}, answer
        known = known ^ {option} if answer.who == who else known
    return {option: changed[option] for option in sorted(known ^ now)}


def knows_ticks(minted: Minted, case: StoredCase, key: str, who: str) -> bool:
    """Return whether the ticks of a group's case are those that a person knows."""
    return unknown_ticks(minted, case, key, who) == {}


def _are_ticks(minted: Minted, case: StoredCase, key: str, saves: int) -> bool:
    """Return whether the last so many saves are ticks, each one more or less than before."""
    if case.status == "closed" or not 0 <= saves <= len(case.answers):
        return False
    first = len(case.answers) - saves
    earlier, since = case.answers[:first], case.answers[first:]
    found = replace(case, answers=earlier).latest.get(key)
    ticks = [_ticks(found), *(_ticks(each.value) for each in since)]
    shown = {value for does, value in minted.actions if does == f"untick {key}"}
    one_each = all(len(then ^ now) == 1 for then, now in pairwise(ticks))
    here = all(each.question == key and each.value != TAKEN_BACK for each in since)
    return ticks[0] == shown and one_each and here


def _ticks(value: Value | None) -> set[str]:
    return set(value) if isinstance(value, list) else set()
