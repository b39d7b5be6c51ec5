"""The items of a score: question and values of each, and how a typed line fills them in order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.flows.grammar import UNKNOWN, Choice, Option, Value, option_key
from bot.flows.triage import FLOW
from bot.flows.typed import NotAnAnswer, read_choice
from bot.flows.wording import QuestionWords, words_of
from bot.logic.case_input import shown_id

MOST_WORDS: Final = 12
MOST_NAMED: Final = 12
LONGEST_LINE: Final = 300


class NotRead(ValueError):
    """A typed line that no calculator can read; the message says in one line what is allowed."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a score, worded as a question of the flow.

    `offered` are its buttons; those of `unscored` end the score, which then does not apply.
    """

    question: Choice
    words: QuestionWords
    offered: tuple[Option, ...]
    unscored: tuple[Option, ...] = ()

    @property
    def id(self) -> str:
        return self.question.id

    def say(self, value: Value) -> str:
        """Return an answer's label."""
        if value == UNKNOWN:
            return self.words.unknown.casefold()
        return next(self.words.in_full(o.key) for o in self.question.options if o.value == value)

    def allowed(self) -> str:
        """Say in one line what may be typed."""
        names = [self.words.option(option) for option in self.offered]
        few = names if len(names) <= MOST_NAMED else [f"{names[0]} to {names[-1]}"]
        return f"allowed: {', '.join((*few, self.words.unknown.casefold()))}"


def item_of(question_id: str) -> Item:
    """Make an item from a question of the flow, with its wording."""
    question = FLOW.questions[question_id]
    if not isinstance(question, Choice):
        raise TypeError(f"{question_id}: not one of several options")
    return Item(question, words_of(FLOW, question_id), question.options)


def read_items(typed: str, items: Sequence[Item]) -> tuple[Value, ...]:
    """Parse the answers to the first items, in order: separated by commas or spaces.

    Raises NotRead with one line: the item, what was given where it may be shown, what is allowed.
    """
    line = " ".join(typed.split())[:LONGEST_LINE]
    return tuple(_fill([part.split() for part in line.split(",")], items))


def _fill(parts: Sequence[Sequence[str]], items: Sequence[Item]) -> Iterator[Value]:
    """Fill one item after another, joining as many space-separated words as fit together."""
    left = [list(part) for part in parts if part]
    for item in items:
        if not left:
            return
        words = left[0]
        for many in range(min(MOST_WORDS, len(words)), 0, -1):
            value = _read(words[:many], item)
            if value is None:
                continue
            yield value
            del words[:many]
            break
        else:
            shown = shown_id(words[0], "that")
            raise NotRead(f"{item.words.label}: {shown} is not one of them; {item.allowed()}")
        if not words:
            del left[0]
    if left:
        names = ", ".join(item.words.label for item in items)
        shown = shown_id(left[0][0], "That")
        raise NotRead(f"{shown} is one too many; allowed: {names}, each once, in order")


def _read(words: Sequence[str], item: Item) -> Value | None:
    for joined in (" ".join(words), "_".join(words)):
        try:
            return read_choice(joined, item.question, item.words)
        except NotAnAnswer:
            continue
    return None


def write_items(values: Sequence[Value]) -> str:
    """Format answers as `read_items` parses them."""
    return ",".join(option_key(value) for value in values)


def by_id(items: Sequence[Item], values: Sequence[Value]) -> Mapping[str, Value]:
    """Return the answers by item id."""
    return {item.id: value for item, value in zip(items, values, strict=False)}
