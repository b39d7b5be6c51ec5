"""The answers of a case as a QuestionnaireResponse: those that count, and all that came before.

Who gave an answer and when stands beside it; one that was changed or taken back stands in an
extension of its item. Each has its number in the order in which they were given.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from bot.export.fhir.canonical import NOTHING, canonical, option
from bot.export.fhir.elements import (
    ANSWERED,
    AUTHOR,
    EARLIER,
    NOT_OFFERED,
    SET_ASIDE,
    Resource,
    absent,
    extension,
    extensions,
    instant,
)
from bot.export.fhir.people import People
from bot.export.fhir.questionnaire import questionnaire
from bot.flows.grammar import UNKNOWN, Choice, Flow, Moment, Number, Question, Several, Value
from bot.logic.case import read_instant
from bot.screens.view import View
from state.records import TAKEN_BACK, Answer

STATUS: Final = {"open": "in-progress", "waiting": "in-progress", "closed": "completed"}


def response(view: View, people: People) -> Resource:
    """Return the QuestionnaireResponse of a case."""
    log = _Log(view, people)
    items = [*log.fill(asked(view.flow))]
    return {
        "resourceType": "QuestionnaireResponse",
        **({"extension": log.not_offered} if log.not_offered else {}),
        "questionnaire": canonical(view.flow),
        "status": STATUS[view.case.status],
        "authored": instant(
            max((each.at for each in view.case.answers), default=view.case.begun_at)
        ),
        **({"item": items} if items else {}),
    }


@cache
def asked(flow: Flow) -> tuple[Mapping[str, Any], ...]:
    """Return the items of a flow's questionnaire."""
    return tuple(questionnaire(flow)["item"])


def answer_values(view: View, question: Question, value: Value) -> list[dict[str, Any]]:
    """Return what an answer is in FHIR: one element for each option that is ticked."""
    match question:
        case Several() if isinstance(value, list):
            return [_coding(view, question, each) for each in value or [NOTHING]]
        case Choice():
            return [_coding(view, question, value)]
        case Number() if value != UNKNOWN:
            return [{"valueDecimal": value}]
        case Moment() if value != UNKNOWN:
            return [{"valueDateTime": read_instant(value).isoformat()}]
        case Number():
            return [{"_valueDecimal": absent("asked-unknown")}]
        case Moment():
            return [{"_valueDateTime": absent("asked-unknown")}]
    return [_coding(view, question, value)]


def _coding(view: View, question: Question, value: object) -> dict[str, Any]:
    return {"valueCoding": dict(option(view.flow, question, value))}


@dataclass(frozen=True)
class _Log:
    """The answers of a case in the order given, each with its number from 1."""

    view: View
    people: People

    @cached_property
    def _numbered(self) -> Mapping[str, list[tuple[int, Answer]]]:
        """The answers by their key; without those that the flow does not offer any more."""
        found: dict[str, list[tuple[int, Answer]]] = {}
        for number, answer in enumerate(self.view.case.answers, 1):
            if self._is_offered(answer):
                found.setdefault(answer.question, []).append((number, answer))
        return found

    @cached_property
    def not_offered(self) -> list[dict[str, Any]]:
        """Say the answers that the flow does not offer any more: they count for nothing."""
        return [
            extensions(
                NOT_OFFERED,
                [
                    extension("question", "String", answer.question),
                    extension("answer", "String", json.dumps(answer.value, ensure_ascii=False)),
                    *self._given(number, answer),
                    self._by(answer),
                ],
            )
            for number, answer in enumerate(self.view.case.answers, 1)
            if not self._is_offered(answer)
        ]

    def fill(self, items: Iterable[Mapping[str, Any]], lesion: int = 0) -> Iterator[Resource]:
        """Fill in the items of the questionnaire; those without an answer are left out."""
        for item in items:
            head = {key: item[key] for key in ("linkId", "text") if key in item}
            if item["type"] != "group":
                yield from self._answered(head, self.view.flow.questions[item["linkId"]], lesion)
            elif item.get("repeats"):
                for number in range(1, self._lesions + 1):
                    yield {**head, **_inside(self.fill(item["item"], number))}
            else:
                inside = _inside(self.fill(item["item"], lesion))
                if inside:
                    yield {**head, **inside}

    @cached_property
    def _lesions(self) -> int:
        """The highest number of a lesion that anything was answered about."""
        return max(
            (int(item) for key in self._numbered if (item := key.partition(".")[2])), default=0
        )

    def _answered(self, head: Resource, question: Question, lesion: int) -> Iterator[Resource]:
        """Yield the item of a question that was answered, even if all was taken back."""
        key = question.key(lesion)
        given = self._numbered.get(key, ())
        if not given:
            return
        counts = self.view.newest(key)
        earlier = [
            self._earlier(number, answer, question)
            for number, answer in given
            if answer is not counts
        ]
        item = {**head, "extension": earlier}
        for number, answer in given:
            if answer is counts:
                aside = key not in self.view.standing.trail.taken
                item["extension"] = [
                    extension(AUTHOR, "Reference", self.people.reference(answer.who)),
                    extensions(ANSWERED, self._given(number, answer)),
                    *([extension(SET_ASIDE, "Boolean", True)] if aside else []),
                    *earlier,
                ]
                item["answer"] = answer_values(self.view, question, answer.value)
        yield item

    def _earlier(self, number: int, answer: Answer, question: Question) -> dict[str, Any]:
        parts = [*self._given(number, answer), self._by(answer)]
        if answer.value == TAKEN_BACK:
            parts.append(extension("takenBack", "Boolean", True))
        else:
            values = answer_values(self.view, question, answer.value)
            parts += [{"url": "answer", **value} for value in values]
        return extensions(EARLIER, parts)

    def _given(self, number: int, answer: Answer) -> list[dict[str, Any]]:
        return [
            extension("number", "PositiveInt", number),
            extension("at", "DateTime", instant(answer.at)),
        ]

    def _by(self, answer: Answer) -> dict[str, Any]:
        return extension("by", "String", self.people.say(answer.who))

    def _is_offered(self, answer: Answer) -> bool:
        """Return whether the flow still has an answer's question, and still accepts the answer."""
        question = self.view.flow.question(answer.question)
        return question is not None and (
            answer.value == TAKEN_BACK or question.accepts(answer.value)
        )


def _inside(items: Iterator[Resource]) -> Resource:
    filled = [*items]
    return {"item": filled} if filled else {}
