"""A second flow, three questions long, with no landmark of the first."""

from typing import Final

from bot.flows.conditions import answered
from bot.flows.grammar import Choice, Flow, Number, Option, Outcome

WARD_CHECK: Final = Flow(
    id="ward_check",
    words_in="tests.conversation",
    urgency_settled=lambda facts: facts.was_asked("back_pain"),
    nodes=(
        Choice(
            id="walking",
            part="ward",
            options=(Option("none", danger=True), Option("aided"), Option("unaided")),
        ),
        Choice(id="back_pain", part="ward", options=(Option(True), Option(False))),
        Number(id="calcium", part="blood", low=0.5, high=5, unit="mmol/L", picks=(1.9, 2.3, 2.7)),
        Outcome("blood_awaited", when=answered("calcium", "unknown"), waits_for="calcium"),
        Outcome("checked"),
    ),
)
