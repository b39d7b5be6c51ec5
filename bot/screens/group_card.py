"""Draws a case for its group: one card, below it the question if it is answered there."""

from collections.abc import Iterator
from typing import Final

from bot.flows.grammar import Choice, Question
from bot.screens.alarm_state import say_alarm
from bot.screens.do_now import coordinator, do_now
from bot.screens.notices import words
from bot.screens.question import draw_question
from bot.screens.screen import Block, Button, Rows, Screen, text
from bot.screens.team import WORDS, Team
from bot.screens.time_line import say_time
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.groups import Asks

MOST_STEPS: Final = 3
YES_AND_NO: Final = {True, False}


def draw_group_card(view: View, team: Team) -> Screen:
    """Draw the card of a case as it stands in its group."""
    head = urgency_line(view)
    question = asked_here(view, team)
    blocks = [*_blocks(view, team), *(question.blocks if question else ())]
    title = "" if head else view.case.code
    rows = (*_options(question), *_last_rows(view))
    return Screen("card", title, tuple(blocks), rows, head=head)


def _blocks(view: View, team: Team) -> Iterator[Block]:
    said = words("card", WORDS)
    if view.case.status == "closed":
        yield text(said["closed"])
        return
    since = say_time(team.owned_since, view.now, view.zone)
    owned = said["owner"].format(name=team.name(team.owner), since=since)
    owned = owned if team.has_owner else said["no_owner"]
    yield text(owned, view.patient[:1].upper() + view.patient[1:])
    if steps := do_now(view)[:MOST_STEPS] if view.standing.settled else []:
        yield text(*steps, look="list")
    if state := say_alarm(view, team):
        yield text(state)
    else:
        yield text(coordinator(view))
    if answered := _answered(view, team):
        yield text(said["answered"].format(answers=answered))
    now = team.answering_now(view.now)
    if now:
        since = say_time(now.at, view.now, view.zone)
        yield text(said["answering"].format(name=team.name(now.who), since=since))


def _answered(view: View, team: Team) -> str:
    """Say who has answered, and when last: "AB 02:14, CD 02:20"."""
    last = {answer.who: answer.at for answer in view.case.given}
    return ", ".join(
        f"{team.initials(who)} {say_time(at, view.now, view.zone)}" for who, at in last.items()
    )


def asked_here(view: View, team: Team) -> Screen | None:
    """Return the open question if its group answers it: as a rule the cord signs, and yes or no."""
    key = view.standing.asked
    question = view.flow.question(key)
    ended = view.case.status == "closed" or view.standing.at_end
    if question is None or ended or not _is_for_groups(view, question, team.asks):
        return None
    drawn = draw_question(view, key)
    return drawn if _options(drawn) else None


def _is_for_groups(view: View, question: Question, asks: Asks) -> bool:
    if asks != "signs":
        return asks == "all"
    if question.id == view.flow.landmarks.cord_signs:
        return True
    return isinstance(question, Choice) and {each.value for each in question.options} == YES_AND_NO


def _options(question: Screen | None) -> Rows:
    """Return the buttons that answer a question, without those that lead elsewhere."""
    if question is None:
        return ()
    answers = ("answer", "tick", "untick", "done")
    rows = (
        tuple(each for each in row if each.does.partition(" ")[0] in answers)
        for row in question.rows
    )
    return tuple(row for row in rows if row)


def _last_rows(view: View) -> Rows:
    labels, code = words("buttons", WORDS), view.case.code
    if view.case.status == "closed":
        return ()
    opens = Button(labels["open"], f"open {code}", typed=f"/open {code}", style="primary")
    have = Button(labels["have"], f"have {code}", typed=f"/have {code}")
    return ((opens, have),)
