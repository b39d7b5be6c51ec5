"""Draws a hand-over for its receiver: what is offered, and what is read back of each case."""

from collections.abc import Sequence
from datetime import datetime

from bot.conversation.reading_back import (
    DEADLINE,
    READ_BACK,
    STEP,
    Options,
    deadline_of,
    deadlines,
    next_sign,
    steps,
)
from bot.flows.wording import words_of
from bot.guidance.card_lines import say_step
from bot.guidance.spoken_times import say_moment
from bot.screens.do_now import do_now
from bot.screens.handover import WORDS, button, case_lines, say_codes
from bot.screens.notices import say_call, words
from bot.screens.screen import Block, Button, Rows, Screen, text
from bot.screens.view import View, in_a_sentence
from state.handovers import HandOver


def draw_offer(views: Sequence[View], handover: HandOver, giver: str) -> Screen:
    """Draw what a colleague is offered, with sound."""
    said, labels = words("receive", WORDS), words("buttons", WORDS)
    rows = (
        (button(labels["read_back"], f"read {handover.offer}", "primary"),),
        (button(labels["decline_all"], f"decline {handover.offer}"),),
    )
    blocks = text(*case_lines(views), look="list"), text(said["offered"].format(giver=giver))
    return Screen("notice", said["title"].format(name=giver), blocks, rows, alert=True)


def draw_read_back(
    view: View, handover: HandOver, giver: str, left: int, *above: str, wrong: bool = False
) -> Screen:
    """Draw what is read back next of a case, or that it may be accepted.

    `left` counts the cases of the offer that are left, this one included. After a `wrong` tap it
    names the right option first. What is said `above` comes before everything.
    """
    said = words("receive", WORDS)
    blocks = [text(*above)] if above else []
    if handover.read == len(READ_BACK):
        blocks += _last(view)
        rows: Rows = (_accept(handover),)
    elif READ_BACK[handover.read] == DEADLINE:
        found = deadlines_of(view, handover)
        labels = [_say_deadline(each, view) for each in found.shown]
        blocks += [text(said["wrong"].format(what=labels[found.right]))] if wrong else []
        kind, _ = deadline_of(view.case, view.standing)
        blocks.append(text(said[f"deadline_{kind}"], look="lead"))
        rows = tuple((_option(handover, n, label),) for n, label in enumerate(labels))
    else:
        lines = step_lines(view, handover)
        right = steps(view.case, view.standing, handover.facts).right
        blocks += [text(said["wrong"].format(what=lines[right]))] if wrong else []
        blocks.append(text(said["step"], look="lead"))
        blocks.append(text(*(f"{n}. {line}" for n, line in enumerate(lines, 1))))
        rows = (tuple(_option(handover, n, str(n + 1)) for n in range(len(lines))),)
    title = said["title"].format(name=giver)
    named = text(said["left"].format(code=handover.code, count=left))
    return Screen("notice", title, (named, *blocks), (*rows, (_decline(handover),)))


def deadlines_of(view: View, handover: HandOver) -> Options[datetime | None]:
    """Return the deadlines of which one is read back."""
    case, at = view.case, handover.offered_at
    return deadlines(case, view.standing, handover.facts, at, view.zone)


def step_lines(view: View, handover: HandOver) -> list[str]:
    """Say the steps of which one is read back; the right one as the card says it."""
    found = steps(view.case, view.standing, handover.facts)
    return [
        _next_step(view) if n == found.right else say_step(each, view.zone)
        for n, each in enumerate(found.shown)
    ]


def is_right(view: View, handover: HandOver, option: int) -> bool:
    """Return whether an option is the right one of what is read back now."""
    if READ_BACK[handover.read] == STEP:
        return option == steps(view.case, view.standing, handover.facts).right
    return option == deadlines_of(view, handover).right


def draw_complete(handover: HandOver) -> Screen:
    """Say that a case is the receiver's, and that nothing of the hand-over is left."""
    said, code = words("receive", WORDS), handover.code
    lines = said["yours"].format(code=code), said["complete"]
    opens = Button(
        words("buttons", WORDS)["open"].format(code=code), f"resume {code}", typed=f"/resume {code}"
    )
    return Screen("notice", words("give", WORDS)["title"], (text(*lines),), ((opens,),))


def draw_waits_for_receiver(
    rows: Sequence[HandOver], giver: str, *, has_owner: bool = True
) -> Screen:
    """Remind a receiver of what waits for them, with sound."""
    said = words("waits", WORDS)["receiver" if has_owner else "receiver_alone"]
    labels = words("buttons", WORDS)
    buttons = (
        (button(labels["read_back"], f"read {rows[0].offer}", "primary"),),
        (button(labels["decline_all"], f"decline {rows[0].offer}"),),
    )
    codes = say_codes([each.code for each in rows])
    title = words("receive", WORDS)["title"].format(name=giver)
    blocks = (text(said.format(codes=codes, giver=giver)),)
    return Screen("notice", title, blocks, buttons, alert=True)


def _last(view: View) -> tuple[Block, ...]:
    """Say that everything is read back, and what is done if something new comes."""
    said, key = words("receive", WORDS), next_sign(view.case, view.flow)
    asked = words_of(view.flow, view.flow.landmarks.cord_signs)
    sign = in_a_sentence(asked.in_full(key)) if key else said["worse"]
    line = said["if_then"].format(sign=sign, call=say_call(view.call))
    return text(said["read"]), text(line, look="lead")


def _next_step(view: View) -> str:
    if view.standing.settled:
        return do_now(view)[0]
    asked = in_a_sentence(view.label(view.standing.asked))
    return words("receive", WORDS)["go_on"].format(what=asked)


def _say_deadline(due: datetime | None, view: View) -> str:
    return say_moment(due, view.zone) if due else words("receive", WORDS)["none_so_far"]


def _option(handover: HandOver, number: int, label: str) -> Button:
    does = f"back {handover.offer} {handover.code} {handover.read} {number}"
    return button(label, does)


def _accept(handover: HandOver) -> tuple[Button, ...]:
    label = words("buttons", WORDS)["accept"].format(code=handover.code)
    return (button(label, f"accept {handover.offer} {handover.code}", "primary"),)


def _decline(handover: HandOver) -> Button:
    label = words("buttons", WORDS)["decline"]
    return button(label, f"decline {handover.offer} {handover.code}")
