"""Says the answers that were read from a line, the signs first and by themselves."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.conversation.events import Answers
from bot.flows.grammar import UNKNOWN, Several, Value
from bot.flows.triage_conditions import CT_LESIONS_SEEN, LESIONS_SEEN
from bot.flows.wording import words_of
from bot.screens.notices import words
from bot.screens.screen import Block, text
from bot.screens.view import View, in_a_sentence
from state.read_lines import ReadLine

WORDS: Final = "read_line.toml"
BEFORE_TICK: Final = ":"  # after its question, in the name of a thing that was read
DEFICIT: Final = "radicular_deficit"
DEFICIT_DAYS: Final = "deficit_days"
LEVEL: Final = "level"
SYMPTOMS: Final = ("cord", "roots")  # parts of the flow


def read_answers(view: View, line: ReadLine, answers: Answers) -> Iterator[Block]:
    """Say the answer to the open question and the signs in bold, then all others together.

    Without either it is the symptoms.
    """
    said, signs = words("said", WORDS), view.flow.landmarks.cord_signs
    asked = view.standing.asked if view.case.given else ""
    ranks = {key: _rank(view, key, asked, signs) for key, _ in answers}
    leading = {"asked", "signs"} & {*ranks.values()} or {"symptoms"}
    groups = dict[str, list[tuple[str, Value]]]()
    for key, value in answers:
        rank = ranks[key] if ranks[key] in leading else "others"
        groups.setdefault(rank, []).append((key, value))
    first = "read"
    for name in ("asked", "signs", "symptoms", "others"):
        if named := "; ".join(_answers(view, line, groups.get(name, ()))):
            yield text(
                said[first].format(answers=named), look="text" if name == "others" else "lead"
            )
            first = "also"


def say_again(view: View, line: ReadLine, answers: Answers) -> str:
    """Say in one line what a line repeats of the case."""
    return "; ".join(_answers(view, line, answers))


def _rank(view: View, key: str, asked: str, signs: str) -> str:
    if key == asked:
        return "asked"
    if key == signs:
        return "signs"
    question = view.flow.question(key)
    return "symptoms" if question and question.part in SYMPTOMS else "others"


def _answers(view: View, line: ReadLine, answers: Iterable[tuple[str, Value]]) -> Iterator[str]:
    """Say answers in the order of their questions, those about one lesion together."""
    given = dict(answers)
    seen = [each for each in (LESIONS_SEEN, CT_LESIONS_SEEN) if given.get(each) == "some"]
    items = dict[str, list[str]]()
    for key, value in given.items():
        name, _, item = key.partition(".")
        if item:
            items.setdefault(item, []).append(_answer(view, line, key, value, of=name))
        elif key == DEFICIT_DAYS and given.get(DEFICIT):
            continue
        elif key not in seen or not any("." in each for each in given):
            days = given.get(DEFICIT_DAYS) if key == DEFICIT else None
            over = f", {_answer(view, line, DEFICIT_DAYS, days)}" if days is not None else ""
            yield _answer(view, line, key, value) + over
    for item, of_one in items.items():
        level = given.get(f"{LEVEL}.{item}") or view.case.latest.get(f"{LEVEL}.{item}")
        named = str(level) if level not in (None, UNKNOWN) else f"lesion {item}"
        yield ": ".join(filter(None, (named, ", ".join(filter(None, of_one)))))


def _answer(view: View, line: ReadLine, key: str, value: Value, of: str = "") -> str:
    """Say one answer as its question does, after the one that it would replace.

    `of` names a question about a lesion, whose level stands before it.
    """
    question = view.flow.question(key)
    if question is None:
        raise KeyError(f"{key}: the flow has no such question")
    if of in (LEVEL, "another_level"):
        return ""
    said, before = words("said", WORDS), view.case.latest.get(key, UNKNOWN)
    if isinstance(question, Several) and isinstance(value, list):
        options = words_of(view.flow, question.id)
        read = [each for each in value if not value or each in line.fields.get(key, [])]
        ticked = [each for each in read if f"{key}{BEFORE_TICK}{each}" not in line.left_out]
        shown = [options.option(o) for o in question.options if str(o.value) in ticked]
        answer = ", ".join(shown) or said["none"]
    else:
        answer = view.answer(question, value)
        if before not in (UNKNOWN, value):
            answer = said["before"].format(answer=answer, before=view.latest(key))
    if key == DEFICIT_DAYS:
        return said["lasting"].format(answer=answer)
    label = in_a_sentence(words_of(view.flow, question.id).label)
    return f"{label} {answer}" if of else f"{label}: {answer}"
