"""Draws an alert: how urgent it is, what changed, what to do first; at most eight lines."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.conversation.replies import Changed
from bot.conversation.standing import DOSE_WAITS
from bot.logic.assessment import RULESET_VERSION
from bot.logic.figures import say_hours
from bot.logic.steroid import GIVE_NOW
from bot.screens.card import title
from bot.screens.card_reasons import first_reason
from bot.screens.do_now import (
    CALLS,
    call_line,
    coordinator,
    say_steroid_now,
    steps_with_rules,
)
from bot.screens.drawn_lines import drawn_lines
from bot.screens.notices import words
from bot.screens.screen import Button, Rows, Screen, say_line, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.records import Told

MOST_LINES: Final = 8
MOST_LINES_OVER_TICKS: Final = 5


def draw_alert(
    view: View, changed: Changed | None = None, *, ticking: bool = False, sounds: bool = True
) -> Screen:
    """Draw an alert; over open ticks it is short and has no buttons.

    One that does not sound replaces what the newest alert of the case says.
    """
    head = urgency_line(view)
    if not head:
        over = "" if view.case.status == "closed" else words("notices")["no_longer"]
        return Screen("alert", title(view), (text(over),) if over else (), alert=sounds)
    steroid = changed is not None and _steroid_changed(view, changed)
    for what in _what(view, changed, ticking=ticking) if changed else ((),):
        news = [*what, *(_steroid_now(view, changed) if changed and steroid else ())]
        room = (MOST_LINES_OVER_TICKS if ticking else MOST_LINES) - drawn_lines(say_line(head))
        room -= sum(map(drawn_lines, news))
        steps = [*_fitting(view, room, steroid_said=steroid)]
        room -= sum(drawn_lines(f"• {step}") for step in steps)
        if room >= 0:
            break
    why = "" if changed else first_reason(view)
    why = why if drawn_lines(why) <= room else ""
    blocks = (
        text(*news, look="lead"), text(*([why] if why else [])), text(*steps, look="list"),
    )  # fmt: skip
    return Screen(
        "alert",
        "",
        tuple(block for block in blocks if block.lines),
        () if ticking else _rows(view),
        alert=sounds,
        head=head,
    )


def _rows(view: View) -> Rows:
    copy = Button("Copy number", "copy", view.call)
    return ((Button("Case", "card", typed="/card"), *((copy,) if view.call else ())),)


def _fitting(view: View, room: int, *, steroid_said: bool) -> Iterator[str]:
    """Return the first steps that fit, in their order; whom to call comes before any other.

    It is never left out; where it has no room, it is the number alone.
    """
    steps = [
        (rule, line)
        for rule, line in steps_with_rules(view)
        if not (steroid_said and rule == view.result.steroid.rule)
    ]
    steps += [("", line) for line in call_line(view)]
    steps = [(rule, _number_alone(view, rule, line, room)) for rule, line in steps]
    chosen = list[str]()
    for rule, line in sorted(steps, key=lambda step: step[0] not in (*CALLS, "")):
        lines = drawn_lines(f"• {line}")
        if lines <= room or (not chosen and rule in (*CALLS, "")):
            chosen.append(line)
            room -= lines
    yield from (line for _, line in steps if line in chosen)


def _number_alone(view: View, rule: str, line: str, room: int) -> str:
    return coordinator(view) if rule in CALLS and drawn_lines(f"• {line}") > room else line


def _what(view: View, changed: Changed, *, ticking: bool) -> Iterator[tuple[str, ...]]:
    """Say what changed and why, then more and more briefly; not at all over ticks, which show it."""
    said, then, now = words("changed"), changed.before, view.standing.told
    why = "; ".join(_why(view, changed))
    names = "; ".join(_why(view, changed, answers=False))
    if then is None:
        yield (said["not_kept"].format(why=why),)
        yield (said["not_kept"].format(why=names),)
        return
    if (then.level, then.hours) != (now.level, now.hours):
        yield (said["risen"].format(why=why, before=_urgency(then)),)
    yield (said["changed"].format(why=why),)
    yield (said["changed"].format(why=names),)
    if ticking:
        yield ()


def _steroid_now(view: View, changed: Changed) -> tuple[str, ...]:
    then, now = changed.before, view.standing.told
    kind = _kind(then.steroid, now.steroid) if then else "other"
    return (words("changed")[kind].format(steroid=say_steroid_now(view)),)


def _steroid_changed(view: View, changed: Changed) -> bool:
    return changed.before is None or changed.before.steroid != view.standing.told.steroid


def _kind(then: str, now: str) -> str:
    if then == GIVE_NOW and now != DOSE_WAITS:
        return "taken_back"
    return "stands" if (then, now) == (DOSE_WAITS, GIVE_NOW) else "other"


def _why(view: View, changed: Changed, *, answers: bool = True) -> Iterable[str]:
    """Name the answers that changed it, or only their questions, and newer rules or a policy."""
    said = words("changed")
    if changed.keys:
        given = {key: view.latest(key) or said["withdrawn"] for key in changed.keys}
        named = (f"{view.label(key)}{f': {given[key]}' if answers else ''}" for key in given)
        yield said["because"].format(answers=", ".join(named))
    if changed.ruleset:
        yield said["ruleset"].format(before=changed.ruleset, now=RULESET_VERSION)
    if changed.policy:
        yield said["policy"].format(before=changed.policy, now=view.result.policy)


def _urgency(told: Told) -> str:
    said = words("changed")
    limit = said["limit"].format(hours=say_hours(told.hours)) if told.hours else said["no_limit"]
    return f"{words('levels')[told.level]}, {limit}"
