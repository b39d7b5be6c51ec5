"""Draws the question that is sent to one colleague, and what becomes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.flows.grammar import UNKNOWN
from bot.screens.case_row import CASE
from bot.screens.drawn_lines import is_high
from bot.screens.notices import words
from bot.screens.pages import page_of
from bot.screens.question import draw_question
from bot.screens.screen import Block, Button, Rows, Screen, in_rows, text
from bot.screens.still_open import open_keys
from bot.screens.time_line import say_time
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View, in_a_sentence
from state.groups import Colleague
from state.records import Answer
from state.requests import Request

WORDS: Final = "asking.toml"
REPLIES: Final = {
    "answer": "reply",
    "tick": "reply_tick",
    "untick": "reply_untick",
    "done": "reply_done",
}
"""What a button of a question does in place of what it would do in the case itself."""
MOST_NAMED: Final = 30


def draw_whom(view: View, key: str, people: Sequence[Colleague], number: int) -> Screen:
    """Ask which colleague is asked a question."""
    said = words("asks", WORDS)
    page = page_of(people, number, beside=2)
    asks = [(each.name[:MOST_NAMED], f"sendto to {each.who} {key}") for each in page.shown]
    buttons = [Button(name, does, typed=f"/{does}") for name, does in asks]
    another = Button(said["another"], "sendto which", typed="/sendto which")
    more = [another] if len(open_keys(view)) > 1 else []
    last = (*page.turn(f"sendto about {key}"), *more, CASE)
    asked = said["whom"].format(code=view.case.code, question=_name(view, key))
    return _asking(view, asked, (*in_rows(buttons, 1), *in_rows(last, 2)))


def draw_which(view: View, number: int) -> Screen:
    """Ask which of the open questions is sent."""
    page = page_of(open_keys(view), number, beside=1)
    buttons = [Button(view.short_label(key), f"sendto about {key}") for key in page.shown]
    rows = in_rows((*buttons, *page.turn("sendto which"), CASE), 2)
    return _asking(view, words("asks", WORDS)["which"].format(code=view.case.code), rows)


def draw_request(
    view: View, request: Request, name: str, role: str, until: str, *, sounds: bool
) -> Screen:
    """Draw a question for the one colleague who is asked it, with its own buttons.

    Its help is left out where a small phone would not show the urgency beside it.
    """
    said, code = words("request", WORDS), view.case.code
    asked = draw_question(view, request.question)
    rows = tuple(_replies(asked.rows))
    typed = not any(button.value != UNKNOWN for row in rows for button in row)
    who = said["asks_role" if role else "asks"].format(name=name, role=role, code=code)
    blocks = [text(who, view.patient[:1].upper() + view.patient[1:])]
    blocks.append(text(said["until"].format(until=until, name=name), look="help"))
    blocks += asked.blocks
    if typed:
        blocks.append(text(said["typed"].format(code=code)))
    here = request.question == view.standing.asked
    leads = f"resume {code}" if here else f"edit {request.question}"
    opens = Button(said["open"].format(code=code), leads, typed=f"/resume {code}")
    title = "" if asked.head else code
    shown = (*rows, (opens,))
    drawn = Screen("card", title, tuple(blocks), shown, alert=sounds, head=asked.head)
    helps = [each for each in asked.blocks if each.look == "help"]
    if not is_high(drawn):
        return drawn
    return replace(drawn, blocks=tuple(each for each in drawn.blocks if each not in helps))


def draw_thanks(view: View, request: Request, given: Answer, owner: str, own: str | None) -> Screen:
    """Thank somebody for an answer, and lead back to what they were working on."""
    said, code = words("reply", WORDS), view.case.code
    thanks = said["thanks"].format(
        owner=owner, question=view.label(request.question), answer=say_answer(view, given)
    )
    go_on = [Button(said["go_on"].format(code=own), f"resume {own}", typed=f"/resume {own}")]
    row = (*(go_on if own else ()), _opens(code))
    return Screen("card", "", (text(thanks, look="notice"),), (row,), head=urgency_line(view))


def draw_no_longer(view: View, request: Request, name: str) -> Screen:
    """Say in place of a question that it is not needed any more, and who answered it, if any."""
    said, code = words("reply", WORDS), view.case.code
    key = "no_longer_answered" if name else "no_longer"
    line = said[key].format(code=code, name=name, question=_name(view, request.question))
    rows: Rows = () if view.case.status == "closed" else ((_opens(code),),)
    return Screen("card", "", (text(line, look="notice"),), rows, head=urgency_line(view))


def draw_told(view: View, key: str, request: Request, **said: str) -> Screen:
    """Tell the owner of a case what became of a question that they had sent, below the urgency."""
    code = view.case.code
    line = words("told", WORDS)[key].format(
        code=code,
        question=_name(view, request.question),
        since=say_time(request.asked_at, view.now, view.zone),
        **said,
    )
    go_on = words("reply", WORDS)["go_on"].format(code=code)
    rows: Rows = ((Button(go_on, f"resume {code}", typed=f"/resume {code}"),),)
    rows = () if view.case.status == "closed" else rows
    return Screen("info", "CordCall", (text(line),), rows, alert=True, head=urgency_line(view))


def say_answer(view: View, given: Answer) -> str:
    """Say an answer in the words of its question."""
    question = view.flow.question(given.question)
    return view.answer(question, given.value) if question else str(given.value)


def _replies(rows: Rows) -> Iterator[tuple[Button, ...]]:
    """Turn the buttons of a question into replies to it; those that lead elsewhere go."""
    for row in rows:
        kept = []
        for button in row:
            verb, _, key = button.does.partition(" ")
            if verb in REPLIES:
                kept.append(button._replace(does=f"{REPLIES[verb]} {key}"))
        if kept:
            yield tuple(kept)


def _asking(view: View, sentence: str, rows: Rows) -> Screen:
    blocks: tuple[Block, ...] = (text(sentence),)
    title = f"{view.case.code} · {words('asks', WORDS)['title']}"
    return Screen("notice", title, blocks, rows, head=urgency_line(view))


def _name(view: View, key: str) -> str:
    return in_a_sentence(view.label(key))


def _opens(code: str) -> Button:
    label = words("request", WORDS)["open"].format(code=code)
    return Button(label, f"resume {code}", typed=f"/resume {code}")
