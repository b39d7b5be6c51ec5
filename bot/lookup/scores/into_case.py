"""Puts the answers of a finished score into the chat's open case, or says why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.conversation.events import BroughtIn
from bot.conversation.time_line import is_under_way
from bot.flows.grammar import Value
from bot.logic.case_input import shown_id
from bot.lookup.scores.fit_into_case import Fit, Fitting
from bot.screens.screen import Block, Button, text
from bot.turn import Turn
from state.records import StoredCase

INTO: Final = " into "
Fits = Callable[[Fitting], Fit]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a finished score offers an open case: a line or two, and a button if it fits."""

    blocks: tuple[Block, ...] = ()
    row: tuple[Button, ...] = ()

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        return (self.row,) if self.row else ()


def split_code(rest: str) -> tuple[str, str]:
    """Split the input of a score from the code of the case it is put into, if any."""
    answers, _, code = rest.partition(INTO)
    return answers.strip(), code.strip()


def offer(turn: Turn, command: str, fits: Fits) -> Offer:
    """Offer the answers to the chat's open case; `command` reproduces the score."""
    case = turn.store.cases.active(turn.chat)
    if case is None or not is_under_way(case):
        return Offer()
    fit = fits(_fitting(turn, case))
    lines = tuple(f"{line}." for line in fit.left_out)
    blocks = (text(*lines, look="help"),) if lines else ()
    if not fit.answers:
        return Offer(blocks)
    does = f"{command}{INTO}{case.code}"
    put = Button(f"Put into {case.code}", does, typed=f"/{does}", style="primary")
    return Offer(blocks, (put,))


def put(turn: Turn, code: str, fits: Fits) -> None:
    """Put the answers into a case of this chat, as if they had been given there."""
    turn.look_up = ""
    case = turn.store.cases.find(code.upper())
    if case is None or not turn.may_work_on(case) or not is_under_way(case):
        turn.say(f"{shown_id(code, 'That')}: no open case; allowed: a code that /cases lists")
        return
    fit = fits(_fitting(turn, case))
    if fit.left_out:
        turn.say("\n".join(f"Not put in: {line}." for line in fit.left_out))
    if fit.answers:
        turn.take_up(case)
        turn.advance(BroughtIn(fit.answers))


def _fitting(turn: Turn, case: StoredCase) -> Fitting:
    return Fitting(turn.view(case), turn.setting.engine.machine)


def fit_answers(answers: Mapping[str, Value]) -> Fits:
    return lambda fitting: fitting.answers(answers)
