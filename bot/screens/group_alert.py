"""Draws an emergency for its group: whom it calls, who has answered, and how to answer."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot.conversation.alarm import alarm
from bot.screens.alarm_state import say_alarm
from bot.screens.alert import draw_alert
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Part, Screen, text
from bot.screens.team import WORDS, Team
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.view import View, in_a_sentence
from state.groups import Colleague

MOST_CALLED: Final = 20


def draw_group_alert(view: View, team: Team, drawn: Screen | None = None) -> Screen:
    """Draw the alarm of a case: the alert as `drawn`, or as it is now without sound."""
    said, code, called = words("buttons", WORDS), view.case.code, alarm(view.case) is not None
    alert = drawn or draw_alert(view, sounds=False)
    rows = (
        (
            Button(said["coming"], f"coming {code}", typed=f"/coming {code}", style="primary"),
            Button(said["seen"], f"seen {code}", typed=f"/seen {code}"),
        ),
        (Button(said["have"], f"have {code}", typed=f"/have {code}"),),
    )
    if not called:
        return replace(alert, rows=())
    asker = (text(words("card", WORDS)["asked_by"].format(name=_raised_by(view, team))),)
    state = say_alarm(view, team)
    people = (*asker, *_owner(view, team), *_on_call(team))
    blocks = (*_signs(view, alert), *alert.blocks, *people, *([text(state)] if state else ()))
    return replace(alert, blocks=blocks, rows=() if view.case.status == "closed" else rows)


def draw_repeated_alarm(view: View, team: Team, everybody: Iterable[Colleague]) -> Screen:
    """Draw an alarm that nobody has answered, for everybody of the group, with sound."""
    again = draw_group_alert(view, team, draw_alert(view))
    called = [each for each in everybody][:MOST_CALLED]
    if not called:
        return again
    names = _listed(Part(each.name, person=each.who) for each in called)
    line = (Part(words("alarm", WORDS)["everybody"]), *names)
    return replace(again, blocks=(*again.blocks, Block((line,))))


def _raised_by(view: View, team: Team) -> str:
    raised = alarm(view.case)
    who = raised.who if raised else team.owner
    return team.name(who) if who in (view.colleagues or {}) else in_a_sentence(team.name(who))


def _signs(view: View, alert: Screen) -> Iterator[Block]:
    """Say which cord signs there are if the alert has no room for them: its readers ask why."""
    signs = view.latest(view.flow.landmarks.cord_signs)
    if signs and signs.casefold() not in alert.plain().casefold():
        yield text(f"{view.label(view.flow.landmarks.cord_signs)}: {signs}")


def _owner(view: View, team: Team) -> Iterator[Block]:
    """Call the owner of an open case if somebody else raised its alarm."""
    raised, is_open = alarm(view.case), view.case.status != "closed"
    if is_open and team.has_owner and raised and raised.who != team.owner:
        name = Part(team.name(team.owner), person=team.owner)
        yield Block(((Part(words("alarm", WORDS)["owner"]), name),))


def _on_call(team: Team) -> Iterator[Block]:
    """Call who is on call, by role."""
    if not team.on_call:
        return
    roles = words("called", TIME_LINE)
    calls = [
        (Part(each.name, person=each.who), f" ({roles[each.role].lower()})")
        for each in team.on_call
    ]
    line = (Part(words("alarm", WORDS)["on_call"]), *_listed(*zip(*calls, strict=True)))
    yield Block((line,))


def _listed(names: Iterable[Part], after: Iterable[str] = ()) -> Iterator[Part]:
    """Write names one after the other, each with what comes after it."""
    tails = iter(after)
    for number, name in enumerate(names):
        if number:
            yield Part(", ")
        yield name
        if tail := next(tails, ""):
            yield Part(tail)
