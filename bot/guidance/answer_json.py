"""The answer as JSON, as read and written by `cordcall assess`."""

import json
from collections import Counter
from datetime import datetime
from typing import Any, Final

from bot.guidance.texts import cited, say
from bot.logic import escc
from bot.logic.assessment import RULESET_ID, RULESET_VERSION, Assessment, assess
from bot.logic.case import Lesion, known
from bot.logic.case_input import GivenTwice, read_case
from bot.logic.fired_rule import Fired
from bot.logic.sins import Sins
from bot.logic.tokuhashi import Tokuhashi
from bot.logic.urgency import Policy
from bot.refusal import Refusal

Json = dict[str, Any]
_PRETTY: Final[Json] = {"ensure_ascii": False, "indent": 2}


def answer_text(text: str, policy: Policy, now: datetime) -> str:
    """Answer one case, a list of cases or JSON lines, in the same shape.

    A case on one line is answered on one line, so that a single JSON line stays one line.

    Raises Refusal, starting with where the fault is, before anything is answered.
    """
    if not text.strip():
        raise Refusal("input: nothing given; allowed: a case, a list of cases or JSON lines")
    try:
        data = _decode(text)
    except json.JSONDecodeError as error:
        if _is_json_lines(text):
            return _answer_lines(text, policy, now)
        raise Refusal(f"line {error.lineno}: JSON: {_why(error)}") from None
    except (ValueError, RecursionError) as error:
        raise Refusal(f"JSON: {_why(error)}") from None
    if isinstance(data, list):
        answers = [_answer(f"item {n}: ", case, policy, now) for n, case in enumerate(data, 1)]
        return json.dumps(answers, **_PRETTY) + "\n"
    one = _answer("", data, policy, now)
    return _line(one) if "\n" not in text.strip() else json.dumps(one, **_PRETTY) + "\n"


def to_json(result: Assessment) -> Json:
    """Turn an assessment into the JSON of the specification, with texts and citations."""
    urgency, steroid, treatment = result.urgency, result.steroid, result.treatment
    others = [{"guideline": name, "hours": hours} for name, hours in urgency.others]
    return {
        "ruleset": {"id": RULESET_ID, "version": RULESET_VERSION, "policy": result.policy},
        "urgency": {
            "level": urgency.level,
            "hours": urgency.hours,
            "due": _iso(result.due),
            "provisional": urgency.provisional,
            "rules": list(urgency.rules),
            "others": others,
            "ask": list(urgency.ask),
        },
        "treatment_clock": urgency.treatment_hours
        and {"hours": urgency.treatment_hours, "due": _iso(result.treatment_due)},
        "lesions": [
            _lesion(lesion, score)
            for lesion, score in zip(result.case.lesions or (), result.sins, strict=True)
        ],
        "tokuhashi": _tokuhashi(result.tokuhashi),
        "adjusted_calcium": result.adjusted_calcium,
        "steroid": {
            "decision": steroid.decision,
            "rule": steroid.rule,
            "daily_mg": steroid.daily_mg,
            "ask": list(steroid.ask),
        },
        "treatment": {
            "pathway": treatment.pathway,
            "for": list(treatment.indications),
            "against": list(treatment.contraindications),
            "ask": list(treatment.ask),
        },
        "actions": [_action(fired) for fired in result.actions],
        "warnings": [{"id": fired.id, "text": say(fired)} for fired in result.warnings],
    }


def _answer_lines(text: str, policy: Policy, now: datetime) -> str:
    answers = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            place = f"line {number}: "
            try:
                case = _decode(line)
            except (ValueError, RecursionError) as error:
                raise Refusal(f"{place}JSON: {_why(error)}") from None
            answers.append(_answer(place, case, policy, now))
    return "".join(map(_line, answers))


def _line(answer: Json) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n"


def _answer(place: str, data: object, policy: Policy, now: datetime) -> Json:
    try:
        case = read_case(data)
    except Refusal as error:
        raise Refusal(f"{place}{error}") from None
    return to_json(assess(case, policy, now))


def _decode(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> Json | GivenTwice:
    once = dict(pairs)
    if len(once) == len(pairs):
        return once
    counts = Counter(name for name, _ in pairs)
    return GivenTwice(next(name for name, _ in pairs if counts[name] > 1))


def _is_json_lines(text: str) -> bool:
    first, *others = (line for line in text.split("\n") if line.strip())
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return bool(others)


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _action(fired: Fired) -> Json:
    return {"id": fired.id, "text": say(fired), "citations": list(cited(fired.id))}


def _lesion(lesion: Lesion, score: Sins) -> Json:
    grade = escc.grade(lesion)
    return {
        "level": lesion.level if known(lesion.level) else None,
        "sins": {
            "total": score.total,
            "low": score.low,
            "high": score.high,
            "category": score.category,
            "missing": list(score.missing),
        },
        "escc": {"grade": grade, "high_grade": escc.is_high(grade)},
    }


def _tokuhashi(score: Tokuhashi | None) -> Json:
    return {
        "applicable": score is not None,
        "total": score and score.total,
        "low": score and score.low,
        "high": score and score.high,
        "band": score and score.band,
        "missing": list(score.missing) if score else [],
    }
