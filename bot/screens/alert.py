"""Draws an alert: how urgent it is, what changed, what to do first; at most eight lines."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.conversation.changes import PRESSING
from bot.conversation.replies import Changed
from bot.conversation.standing import DOSE_WAITS
from bot.guidance.card_lines import dose_waits
from bot.guidance.first_steps import KILLS
from bot.logic.assessment import RULESET_VERSION
from bot.logic.figures import say_hours
from bot.logic.steroid import GIVE_NOW, NOT_ROUTINE
from bot.screens.card import title
from bot.screens.card_reasons import first_reason
from bot.screens.case_row import CASE
from bot.screens.clocks import cauda_equina_line
from bot.screens.do_now import (
    CALLS,
    CAUDA_EQUINA,
    OVERDUE,
    call_line,
    coordinator,
    say_steroid_now,
    steps_with_rules,
    with_cauda_equina,
)
from bot.screens.drawn_lines import bulleted_lines, drawn_lines
from bot.screens.notices import words
from bot.screens.screen import Button, Rows, Screen, say_line, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.records import Told

MOST_LINES: Final = 8
MOST_LINES_OVER_TICKS: Final = 5
NOT_YET: Final = "not yet"
EXAMINE: Final = "M2"
COULD: Final = ". Could still change"


def draw_alert(
    view: View, changed: Changed | None = None, *, ticking: bool = False, sounds: bool = True
) -> Screen:
    """Draw an alert; over open ticks it is short and has no buttons.

    One that does not sound replaces what the newest alert of the case says.
    """
    head = urgency_line(view)
    steroid = changed is not None and _steroid_changed(view, changed)
    if not head:
        return _without_urgency(view, changed, steroid=steroid, sounds=sounds)
    variants = [*_news(view, changed, steroid=steroid)] if changed else [()]
    for news, call in (*((each, True) for each in variants), (variants[-1], ticking)):
        room = (MOST_LINES_OVER_TICKS if ticking else MOST_LINES) - drawn_lines(say_line(head))
        room -= sum(map(drawn_lines, news))
        steps = fitting_steps(
            view,
            room,
            steroid_said=steroid,
            ticking=ticking,
            call=call,
            clock=changed is None or changed.cauda_equina,
        )
        room -= sum(map(bulleted_lines, steps))
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


def _without_urgency(view: View, changed: Changed | None, *, steroid: bool, sounds: bool) -> Screen:
    """Say that the urgency shown before no longer applies, and first a changed steroid decision.

    Where both have no room, the title and the question below say that the urgency is open.
    """
    name, over = title(view), words("notices")["no_longer"]
    closed = view.case.status == "closed"
    if not changed or not steroid:
        return Screen("alert", name, () if closed else (text(over),), alert=sounds)
    brief = _steroid_now(view, changed)[1]
    news = (*_news(view, changed, steroid=True), (brief,))
    with_over = () if closed else tuple((*each, over) for each in news)
    for said in (*with_over, *news):
        if sum(map(drawn_lines, (name, *said))) <= MOST_LINES:
            break
    return Screen("alert", name, (text(*said, look="lead"),), alert=sounds)


def _rows(view: View) -> Rows:
    return ((CASE, *copy_number(view)),)


def copy_number(view: View) -> tuple[Button, ...]:
    """Return the button that copies whom to call; none if no number is set."""
    return (Button("Copy number", "copy", view.call),) if view.call else ()


def fitting_steps(
    view: View,
    room: int,
    *,
    steroid_said: bool = False,
    ticking: bool = False,
    call: bool = True,
    clock: bool = True,
    needed_alone: bool = False,
) -> list[str]:
    """Return the first steps that fit into `room` lines, in their order.

    Where hours count what kills, the steroid decision and whom to call come before any other, ever
    more briefly, with `clock` also the limit of a cauda equina. With `needed_alone` it is these
    alone, a dose that waits, and the examination if nobody has examined. Whom to call shrinks to
    the number, and without `call` to the button that copies it.
    """
    steroid = view.result.steroid.rule
    steps = [
        (rule, line)
        for rule, line in steps_with_rules(view)
        if rule != OVERDUE and not (rule == steroid and steroid_said)
    ]
    steps = with_cauda_equina(view, steps)
    if call:
        steps += [("", line) for line in call_line(view)]
    else:
        steps = [step for step in steps if step[0] not in CALLS]
        kills = sum(rule in KILLS for rule, _ in steps) > 1
        steps = [(rule, line.split(COULD)[0] if kills else line) for rule, line in steps]
    needed = _needed(view, steps, more=not (ticking or steroid_said), waits=needed_alone)
    needed += (CAUDA_EQUINA,) if needed and clock else ()
    needed += (EXAMINE,) if needed_alone and view.result.found.cord_signs_unknown else ()
    for brief in _ever_briefer(view, steps):
        steps = brief
        chosen = [line for rule, line in steps if rule in needed]
        left = room - sum(map(bulleted_lines, chosen))
        if left >= 0:
            break
    for _, line in steps:
        if line in chosen:
            continue
        left -= bulleted_lines(line)
        if needed_alone or left < 0:
            break
        chosen.append(line)
    return [line for _, line in steps if line in chosen]


def _ever_briefer(view: View, steps: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Return the steps as they are, then with more and more of them in few words."""
    yield steps
    clock = cauda_equina_line(view, brief=True)
    steps = [(rule, clock if rule == CAUDA_EQUINA else line) for rule, line in steps]
    yield steps
    steps = [(rule, coordinator(view) if rule in CALLS else line) for rule, line in steps]
    yield steps
    steps = [(rule, line.split(COULD)[0]) for rule, line in steps]
    yield steps
    steroid = view.result.steroid.rule
    yield [
        (rule, line.rpartition("; ")[0] or line if rule == steroid else line)
        for rule, line in steps
    ]


def _needed(
    view: View, steps: list[tuple[str, str]], *, more: bool, waits: bool
) -> tuple[str, ...]:
    """Name the rules whose steps an alert must say where hours count.

    Whom to call; with `more` also the first that kills, and the steroid decision, with `waits` even
    if the dose waits.
    """
    if view.result.urgency.level not in PRESSING:
        return ()
    steroid = view.result.steroid
    decided = more and steroid.decision != NOT_ROUTINE and (waits or not dose_waits(view.result))
    kills = [rule for rule, _ in steps if rule in KILLS][:1]
    return (*CALLS, "", *((*kills, steroid.rule) if decided else ()))


def _news(view: View, changed: Changed, *, steroid: bool) -> Iterator[tuple[str, ...]]:
    """Say what changed and why, and the steroid decision if it changed; then ever more briefly.

    The reader has just given the answers: naming them can be left out, the decision never is, nor
    a new limit of a cauda equina, below.
    """
    full, brief = _steroid_now(view, changed) if steroid else ("", "")
    *most, shortest = _what(view, changed)
    for what, decision in (*((each, full) for each in (*most, shortest)), (shortest, brief)):
        yield (what, decision) if decision else (what,)
    if brief or changed.cauda_equina:
        yield (brief,) if brief else ()


def _what(view: View, changed: Changed) -> Iterator[str]:
    """Say what changed and why, then more briefly."""
    said, then, now = words("changed"), changed.before, view.standing.told
    why = "; ".join(_why(view, changed))
    if then is None:
        yield said["not_kept"].format(why=why)
        yield said["anew_brief"]
        return
    if (then.level, then.hours) != (now.level, now.hours):
        yield said["risen"].format(why=why, before=_urgency(then, now))
    yield said["changed"].format(why=why)
    if changed.ruleset or changed.policy:
        yield said["anew_brief"]
    else:
        yield said["changed"].format(why="; ".join(_why(view, changed, brief=True)))


def _steroid_now(view: View, changed: Changed) -> tuple[str, str]:
    """Say the steroid decision with what it means, in full and briefly."""
    then, now, said = changed.before, view.standing.told, words("changed")
    kind = _kind(then.steroid, now.steroid) if then else "other"
    steroid = say_steroid_now(view)
    brief = "other" if kind == "stands" else kind
    if kind == "taken_back" and NOT_YET in steroid:
        brief = "taken_back_brief"
    if kind == "taken_back" and view.case.newest_entry("steroid_given"):
        brief = "other"
    return said[kind].format(steroid=steroid), said[brief].format(steroid=steroid)


def _steroid_changed(view: View, changed: Changed) -> bool:
    return changed.before is None or changed.before.steroid != view.standing.told.steroid


def _kind(then: str, now: str) -> str:
    if then == GIVE_NOW and now != DOSE_WAITS:
        return "taken_back"
    return "stands" if (then, now) == (DOSE_WAITS, GIVE_NOW) else "other"


def _why(view: View, changed: Changed, *, brief: bool = False) -> Iterable[str]:
    """Name the answers that changed it, and newer rules or another policy."""
    said = words("changed")
    if changed.keys:
        given = {key: view.latest(key) or said["withdrawn"] for key in changed.keys}
        named = (f"{view.label(key)}{'' if brief else f': {given[key]}'}" for key in given)
        yield said["because"].format(answers=", ".join(named))
    if changed.ruleset:
        yield said["ruleset"].format(before=changed.ruleset, now=RULESET_VERSION)
    if changed.policy:
        yield said["policy"].format(before=changed.policy, now=view.result.policy)


def _urgency(then: Told, now: Told) -> str:
    """Say the limit of then, with its level if that was another."""
    said = words("changed")
    limit = said["limit"].format(hours=say_hours(then.hours)) if then.hours else said["no_limit"]
    return limit if then.level == now.level else f"{words('levels')[then.level]}, {limit}"
