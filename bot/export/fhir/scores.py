"""The scores and values of a case as Observations: SINS with its items, ESCC, ASIA, calcium …"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.export.fhir.canonical import option
from bot.export.fhir.codes import body_site, coding, concept, quantity
from bot.export.fhir.elements import Resource, instant, words
from bot.flows.wording import words_of
from bot.guidance.sections import sections_of
from bot.logic.case import Lesion, known
from bot.logic.points import Points
from bot.logic.sins import (
    COMPONENTS,
    HIGHEST_SINS,
    POTENTIALLY_UNSTABLE_FROM,
    POTENTIALLY_UNSTABLE_TO,
    STABLE_TO,
    UNSTABLE_FROM,
    Sins,
)
from bot.logic.sins import POINTS as SINS_POINTS
from bot.logic.stability import not_validated
from bot.logic.tokuhashi import (
    HIGHEST_TOKUHASHI,
    PARTS,
    SIX_MONTHS_FROM,
    SIX_MONTHS_TO,
    TWELVE_MONTHS_FROM,
    UNDER_SIX_MONTHS_TO,
)
from bot.screens.notices import words as screen_words
from bot.screens.sbar_recorded import WORDS as SBAR
from bot.screens.view import View, say_category, say_level

LABORATORY: Final = {
    "potassium": "mmol/L", "calcium": "mmol/L", "albumin": "g/L", "egfr": "mL/min",
    "pth_times_uln": "× ULN",
}  # fmt: skip
PERFORMANCE: Final = ("ecog", "kps")
CODES: Final = {
    "potassium": ("potassium",), "calcium": ("calcium",), "albumin": ("albumin",),
    "asia": ("asia",), "ecog": ("ecog", "ecog_observable"), "kps": ("kps", "kps_observable"),
}  # fmt: skip
Observed = tuple[str, Resource]


def observations(view: View) -> Iterator[Observed]:
    """Return each Observation with the name that is its own in the bundle."""
    yield from _Observing(view).all()


@dataclass(frozen=True, slots=True)
class _Observing:
    """Draws what is known of a case as Observations; what is not known has none."""

    view: View

    def all(self) -> Iterator[Observed]:
        case, result = self.view.result.case, self.view.result
        lesions = zip(case.lesions or (), result.sins, strict=True)
        for number, (lesion, score) in enumerate(lesions, 1):
            yield f"sins {number}", self._sins(number, lesion, score)
            if known(lesion.escc):
                yield f"escc {number}", self._escc(number, lesion)
        if known(case.asia):
            yield "asia", self._chosen("asia", "exam", case.asia)
        for field in PERFORMANCE:
            if known(value := getattr(case, field)):
                yield field, self._chosen(field, "survey", value)
        if result.tokuhashi and "prognosis" in sections_of(result):
            yield "tokuhashi", self._tokuhashi(result.tokuhashi)
        for field, unit in LABORATORY.items():
            if known(value := getattr(case, field)):
                yield field, self._measured(field, value, unit)
        if result.adjusted_calcium is not None:
            yield "calcium_adjusted", self._adjusted(result.adjusted_calcium)

    def _sins(self, number: int, lesion: Lesion, score: Sins) -> Resource:
        named = words("names")["sins"]
        bands = (
            ("stable", 0, STABLE_TO),
            ("potentially_unstable", POTENTIALLY_UNSTABLE_FROM, POTENTIALLY_UNSTABLE_TO),
            ("unstable", UNSTABLE_FROM, HIGHEST_SINS),
        )
        components = [self._item(f"{each}.{number}", lesion, each) for each in COMPONENTS]
        notes = self._not_validated()
        return {
            **self._head("imaging_category", concept(named), score, self._at(*_keys(number))),
            **self._value(score),
            "interpretation": [{"text": say_category(score)}],
            **({"note": notes} if notes else {}),
            **self._site(lesion),
            "referenceRange": [
                self._band(low, high, name.replace("_", " ")) for name, low, high in bands
            ],
            "component": components,
        }

    def _item(self, key: str, lesion: Lesion, field: str) -> Resource:
        """Say one item of a SINS: the answer, and its points as interpretation."""
        value, question = getattr(lesion, field), self.view.flow.questions[field]
        code = concept(words_of(self.view.flow, question.id).label)
        if not known(value):
            return {"code": code, "dataAbsentReason": _unknown()}
        answer = dict(option(self.view.flow, question, value))
        points = words("scores")["points"].format(points=SINS_POINTS[field][value])
        return {
            "code": code,
            "valueCodeableConcept": {"coding": [answer], "text": answer["display"]},
            "interpretation": [{"text": points}],
        }

    def _not_validated(self) -> list[dict[str, str]]:
        if not not_validated(self.view.result.found):
            return []
        infection = self.view.result.found.infection_suspected
        key = "not_validated_infection" if infection else "not_validated_cancer"
        return [{"text": screen_words("lines", SBAR)[key]}]

    def _escc(self, number: int, lesion: Lesion) -> Resource:
        question = self.view.flow.questions["escc"]
        answer = dict(option(self.view.flow, question, lesion.escc))
        at = self._at(f"escc.{number}")
        return {
            **self._head("imaging_category", concept(words("names")["escc"]), None, at),
            "valueCodeableConcept": {"coding": [answer], "text": answer["display"]},
            **self._site(lesion),
        }

    def _chosen(self, field: str, category: str, value: object) -> Resource:
        question = self.view.flow.questions[field]
        answer = dict(option(self.view.flow, question, value))
        return {
            **self._head(category, self._code(field), None, self._at(field)),
            "valueCodeableConcept": {"coding": [answer], "text": answer["display"]},
        }

    def _tokuhashi(self, score: Points) -> Resource:
        survival = screen_words("survival")
        bands = (
            ("lt6m", 0, UNDER_SIX_MONTHS_TO),
            ("ge6m", SIX_MONTHS_FROM, SIX_MONTHS_TO),
            ("ge12m", TWELVE_MONTHS_FROM, HIGHEST_TOKUHASHI),
        )
        band = getattr(score, "band", None)
        said = survival[band] if band else words("scores")["band_open"]
        return {
            **self._head("survey", concept(words("names")["tokuhashi"]), score, self._at(*PARTS)),
            **self._value(score),
            "interpretation": [{"text": said}],
            "referenceRange": [self._band(low, high, survival[name]) for name, low, high in bands],
            "component": [self._part(each) for each in PARTS],
        }

    def _part(self, field: str) -> Resource:
        value, question = getattr(self.view.result.case, field), self.view.flow.questions[field]
        code = concept(words_of(self.view.flow, question.id).label)
        if not known(value):
            return {"code": code, "dataAbsentReason": _unknown()}
        answer = dict(option(self.view.flow, question, value))
        return {
            "code": code,
            "valueCodeableConcept": {"coding": [answer], "text": answer["display"]},
        }

    def _measured(self, field: str, value: float, unit: str) -> Resource:
        keys = [key for key, each in self.view.flow.questions.items() if each.field == field]
        return {
            **self._head("laboratory", self._code(field), None, self._at(*keys)),
            "valueQuantity": quantity(value, unit),
        }

    def _adjusted(self, value: float) -> Resource:
        code = concept(words("names")["calcium_adjusted"], "calcium_adjusted")
        head = self._head("laboratory", code, None, self._at("calcium", "albumin"))
        said = screen_words("lines", SBAR)
        key = "adjusted" if known(self.view.result.case.albumin) else "taken_as_adjusted"
        note = said[key].format(adjusted=f"{value:.2f}")
        return {**head, "valueQuantity": quantity(value, "mmol/L"), "note": [{"text": note}]}

    def _head(self, category: str, code: Resource, score: Points | None, at: datetime) -> Resource:
        """Begin an Observation; a score is preliminary while items are missing."""
        return {
            "resourceType": "Observation",
            "status": "preliminary" if score and score.missing else "final",
            "category": [concept(words("categories")[category], category)],
            "code": code,
            "effectiveDateTime": instant(at),
        }

    def _code(self, field: str) -> Resource:
        question = next(q for q in self.view.flow.questions.values() if q.field == field)
        label = words_of(self.view.flow, question.id).label
        return concept(label, *CODES.get(field, ()))

    def _value(self, score: Points) -> Resource:
        if score.total is not None:
            return {"valueQuantity": quantity(score.total, "points")}
        low, high = quantity(score.low, "points"), quantity(score.high, "points")
        return {"valueRange": {"low": low, "high": high}}

    def _band(self, low: int, high: int, text: str) -> Resource:
        return {"low": quantity(low, "points"), "high": quantity(high, "points"), "text": text}

    def _site(self, lesion: Lesion) -> Resource:
        if known(lesion.level):
            return {"bodySite": body_site(str(lesion.level))}
        return {"bodySite": {"text": say_level(lesion)}}

    def _at(self, *keys: str) -> datetime:
        """Return when the newest of some answers was given: what it is about may be older."""
        found = [each.at for each in self.view.case.given if each.question in keys]
        return max(found, default=self.view.case.begun_at)


def _keys(number: int) -> Iterator[str]:
    return (f"{each}.{number}" for each in COMPONENTS)


def _unknown() -> Resource:
    return {"coding": [coding("unknown")], "text": words("names")["unknown"]}
