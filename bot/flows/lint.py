"""Finds every mistake in a flow that can be found at start-up, as a readable sentence."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Final

from bot.flows.grammar import Choice, Flow, Moment, Number, Outcome, Question, Several
from bot.flows.wording import FlowWords, QuestionWords, flow_words
from bot.refusal import Refusal

LONGEST_ASK: Final = 60
LONGEST_OPTION: Final = 20
LONGEST_HELP: Final = 160


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
    labels = [words.unknown]
    match question:
        case Choice(options=options) | Several(options=options):
            labels += [words.option(option) for option in options]
        case Number(picks=picks):
            labels += [question.said(pick) for pick in picks]
            if any(not question.accepts(pick) or question.implausible(pick) for pick in picks):
                yield f"{question.id}: a pick is out of range"
            yield from _implausible(question, words)
        case Moment(picks=picks):
            labels += [words.options.get(pick, pick) for pick in picks]
    yield from (
        f"{question.id}: option {label!r} is longer than {LONGEST_OPTION}"
        for label in labels
        if len(label) > LONGEST_OPTION
    )
    folded = [label.casefold() for label in labels]
    if len(set(folded)) < len(folded):
        yield f"{question.id}: two options read the same"


def _implausible(question: Number, words: QuestionWords) -> Iterator[str]:
    """Name a side on which a number is queried without wording, and unused wording."""
    sides = {question.implausible(end) for end in (question.low, question.high)} - {""}
    for side in sorted(sides ^ words.implausible.keys()):
        yield f"{question.id}: implausible.{side} has no wording, or wording but no range"
