"""Finds every mistake in a flow that can be found at start-up, as a readable sentence."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Final

from bot.flows.button_rows import LONGEST_IN_ROW, TICK
from bot.flows.grammar import UNKNOWN, Choice, Flow, Moment, Number, Outcome, Question, Several
from bot.flows.wording import FlowWords, QuestionWords, flow_words
from bot.refusal import Refusal

LONGEST_ASK: Final = 60
LONGEST_HELP: Final = 114
LONGEST_OPTION: Final = LONGEST_IN_ROW[2]
LONGEST_BESIDE_TWO: Final = LONGEST_IN_ROW[3]
MOST_BUTTONS: Final = 9
LAST_ROW: Final = 3
LESION: Final = " (2)"
"""Follows the label of a repeated question on the button that changes its answer."""


class FlowError(Refusal):
    """A flow or its wording is wrong; the message lists every mistake."""


def check(flow: Flow) -> None:
    """Raise FlowError if anything is wrong."""
    mistakes = list(find_mistakes(flow, flow_words(flow.id, flow.words_in)))
    if mistakes:
        raise FlowError(f"flow {flow.id}: " + "; ".join(mistakes))


def find_mistakes(flow: Flow, words: FlowWords) -> Iterator[str]:
    """Name every mistake."""
    ids = [node.id for node in (*flow.nodes, *flow.aside)]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    yield from (f"{id} stands twice" for id in twice if not _asked_in_two_places(flow, id))
    last = flow.nodes[-1]
    if not isinstance(last, Outcome) or last.when is not None:
        yield f"{last.id} is last but is not an outcome that always applies"
    if flow.nodes[0].when is not None or isinstance(flow.nodes[0], Outcome):
        yield f"{flow.nodes[0].id} is first but not always asked"
    yield from _references(flow)
    for question in flow.questions.values():
        yield from _question(question, words.questions.get(question.id))
        if question.part not in words.parts:
            yield f"{question.id}: part {question.part} has no name"
    yield from (f"{id} has wording but no question" for id in words.questions if id not in ids)
    waiting = {node.id for node in flow.nodes if isinstance(node, Outcome) and node.waits_for}
    yield from (f"{id} waits but has no wording" for id in sorted(waiting - words.outcomes.keys()))
    yield from (
        f"{id} has wording for waiting but does not wait"
        for id in sorted(words.outcomes.keys() - waiting)
    )


def _asked_in_two_places(flow: Flow, id: str) -> bool:
    """Return whether an id belongs to one question with a condition in each place."""
    if any(question.id == id for question in flow.aside):
        return False
    nodes = [node for node in flow.nodes if node.id == id]
    alike = all(replace(node, when=None) == replace(nodes[0], when=None) for node in nodes)
    return alike and all(isinstance(node, Question) and node.when for node in nodes)


def _references(flow: Flow) -> Iterator[str]:
    """Name references in a flow to questions that it does not have."""
    for end in (flow.repeat_from, flow.repeat_asks):
        if end and (end not in flow.questions or not flow.questions[end].repeated):
            yield f"{end} bounds the repeated questions but is not a question"
    if bool(flow.repeat_from) != bool(flow.repeat_asks):
        yield "repeat_from and repeat_asks must both be set, or neither"
    for name, id in asdict(flow.landmarks).items():
        if id and id not in flow.questions:
            yield f"{id} is the landmark {name} but not a question"
    for node in flow.nodes:
        if isinstance(node, Outcome) and node.waits_for:
            awaited = flow.questions.get(node.waits_for)
            if awaited is None or awaited.repeated:
                yield f"{node.id} waits for {node.waits_for}, which is not asked once"


def _question(question: Question, words: QuestionWords | None) -> Iterator[str]:
    if words is None:
        yield f"{question.id} has no wording"
        return
    if len(words.ask) > LONGEST_ASK:
        yield f"{question.id}: the question has {len(words.ask)} characters, {LONGEST_ASK} fit"
    if not words.help or len(words.help) > LONGEST_HELP:
        yield f"{question.id}: the help line has {len(words.help)} characters, {LONGEST_HELP} fit"
    room = LONGEST_OPTION - (len(LESION) if question.repeated else 0)
    if len(words.label) > room:
        yield f"{question.id}: the label has {len(words.label)} characters, {room} fit"
    labels = list[str]()
    match question:
        case Choice(options=options) | Several(options=options):
            labels += [words.option(option) for option in options]
            yield from _unused(question, words)
        case Number(picks=picks):
            labels += [question.said(pick) for pick in picks]
            if any(not question.accepts(pick) or question.implausible(pick) for pick in picks):
                yield f"{question.id}: a pick is out of range"
            yield from _implausible(question, words)
        case Moment(picks=picks):
            labels += [words.options.get(pick, pick) for pick in picks]
    yield from _buttons(question, words, labels)
    folded = [label.casefold() for label in (*labels, words.unknown)]
    if len(set(folded)) < len(folded):
        yield f"{question.id}: two options read the same"


def _buttons(question: Question, words: QuestionWords, labels: list[str]) -> Iterator[str]:
    """Name labels too long for the row they stand in, and a question with too many buttons.

    A long list stands three in a row, any other option two; not known stands between two others.
    """
    if words.rows:
        yield from _rows(question.id, words.rows, labels)
    long_list = isinstance(question, Choice) and question.long_list
    ticked = len(TICK) if isinstance(question, Several) else 0
    fits = (LONGEST_BESIDE_TWO if long_list else LONGEST_OPTION) - ticked
    limits = [(label, fits) for label in labels] + [(words.unknown, LONGEST_BESIDE_TWO)]
    yield from (
        f"{question.id}: option {label!r} is longer than {fits}"
        for label, fits in limits
        if len(label) > fits
    )
    if not long_list and not ticked and len(labels) + LAST_ROW > MOST_BUTTONS:
        most = MOST_BUTTONS - LAST_ROW
        yield f"{question.id}: {len(labels)} buttons, {most} fit above the last row"


def _rows(id: str, rows: tuple[int, ...], labels: list[str]) -> Iterator[str]:
    """Name rows that do not hold every button, and a label too long for its row."""
    if sum(rows) != len(labels):
        yield f"{id}: rows for {sum(rows)} buttons, but {len(labels)} options"
    beside = (many for many in rows for _ in range(many))
    for label, many in zip(labels, beside, strict=False):
        fits = LONGEST_IN_ROW[many]
        if len(label) > fits:
            yield f"{id}: option {label!r} is longer than {fits}, with {many} in a row"


def _unused(question: Choice | Several, words: QuestionWords) -> Iterator[str]:
    """Name full wording that belongs to no option."""
    keys = {UNKNOWN, *(option.key for option in question.options)}
    yield from (f"{question.id}: full.{key} is of no option" for key in words.full.keys() - keys)


def _implausible(question: Number, words: QuestionWords) -> Iterator[str]:
    """Name a side on which a number is queried without wording, and unused wording."""
    sides = {question.implausible(end) for end in (question.low, question.high)} - {""}
    for side in sorted(sides ^ words.implausible.keys()):
        yield f"{question.id}: implausible.{side} has no wording, or wording but no range"
