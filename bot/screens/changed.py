"""Draws a change in urgency or steroid decision, and why; sent with sound."""

from collections.abc import Iterator

from bot.conversation.replies import Changed
from bot.conversation.standing import DOSE_WAITS
from bot.logic.assessment import RULESET_VERSION
from bot.logic.figures import say_hours
from bot.logic.steroid import GIVE_NOW
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.screens.view import View
from state.records import Told


def draw_changed(view: View, changed: Changed, steroid: str) -> Screen:
    """Draw a change; `steroid` is the decision in short form."""
    said = words("changed")
    title = said["title"].format(code=view.case.code)
    lead = text(*_what(view, changed, steroid), look="lead")
    return Screen("notice", title, (lead, text(*_why(view, changed))), alert=True)


def _what(view: View, changed: Changed, steroid: str) -> Iterator[str]:
    said, then, now = words("changed"), changed.before, view.standing.told
    if then is None:
        yield _urgency(now)
        yield said["other"].format(steroid=steroid)
        return
    if view.standing.settled and (then.level, then.hours) != (now.level, now.hours):
        yield _change(then, now)
    if then.steroid != now.steroid:
        yield said[_kind(then.steroid, now.steroid)].format(steroid=steroid)


def _kind(then: str, now: str) -> str:
    if then == GIVE_NOW and now != DOSE_WAITS:
        return "taken_back"
    return "stands" if (then, now) == (DOSE_WAITS, GIVE_NOW) else "other"


def _why(view: View, changed: Changed) -> Iterator[str]:
    said = words("changed")
    if changed.keys:
        answers = [(view.label(key), view.latest(key)) for key in changed.keys]
        why = ", ".join(f"{label}: {answer or said['withdrawn']}" for label, answer in answers)
        yield said["because"].format(answers=why)
    if changed.ruleset:
        yield said["ruleset"].format(before=changed.ruleset, now=RULESET_VERSION)
    if changed.policy:
        yield said["policy"].format(before=changed.policy, now=view.result.policy)
    if changed.before is None:
        yield said["not_kept"]


def _change(then: Told, now: Told) -> str:
    """Say what changed of the urgency, and nothing that stayed."""
    said, level = words("changed"), words("levels")
    if then.level == now.level:
        new = _limit(now) if now.hours else said["limit_gone"]
        return said["urgency"].format(now=new, before=_limit(then))
    old = level[then.level] if then.hours == now.hours else _urgency(then)
    return said["urgency"].format(now=_urgency(now), before=old)


def _limit(told: Told) -> str:
    said = words("changed")
    return said["limit"].format(hours=say_hours(told.hours)) if told.hours else said["no_limit"]


def _urgency(told: Told) -> str:
    limit = f", {_limit(told)}" if told.hours else ""
    return f"{words('levels')[told.level]}{limit}"
