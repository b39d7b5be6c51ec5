"""What CordCall advises in a case: a GuidanceResponse, and each rule that fired as a Parameter."""

from typing import Any

from bot.export.content import Content, Step
from bot.export.fhir.canonical import RULES
from bot.export.fhir.elements import MODULE, Resource, instant, narrative
from bot.guidance.ruleset import ruleset_hash
from bot.logic.assessment import RULESET_ID, RULESET_VERSION
from bot.screens.sbar_missing import missing
from bot.screens.view import View


def guidance_response(view: View, said: Content, parameters: str, subject: Resource) -> Resource:
    """Return what the rules say: the sentences of urgency, first steps and plan."""
    now, plan = ([each.text for each in steps] for steps in (said.now, said.plan))
    return {
        "resourceType": "GuidanceResponse",
        "text": narrative(said.urgency, now, plan, (said.missing,), said.review, (said.end,)),
        "moduleCanonical": f"{MODULE}|{RULESET_VERSION}-{ruleset_hash()}",
        "status": _status(view),
        "subject": subject,
        "occurrenceDateTime": instant(view.now),
        "note": [{"text": line} for line in (*said.urgency, *now, said.missing, said.end)],
        "outputParameters": {"reference": parameters},
    }


def rules(said: Content) -> Resource:
    """Return every step of the plan, with its rules, sources and review status."""
    module = {"name": "ruleset", "valueString": f"{RULESET_ID} {RULESET_VERSION} {ruleset_hash()}"}
    return {
        "resourceType": "Parameters",
        "parameter": [
            module,
            *(_step("first", each) for each in said.now),
            *(_step("plan", each) for each in said.plan),
        ],
    }


def _step(name: str, step: Step) -> dict[str, Any]:
    where = ", ".join(filter(None, (step.section, step.heading)))
    coded = ({"system": RULES, "code": rule} for rule in step.rules)
    return {
        "name": name,
        "part": [
            *({"name": "rule", "valueCoding": each} for each in coded),
            {"name": "text", "valueString": step.text},
            *({"name": "source", "valueString": each} for each in step.sources),
            {"name": "status", "valueString": step.status},
            *([{"name": "section", "valueString": where}] if where else []),
        ],
    }


def _status(view: View) -> str:
    """Say whether an answer is needed before the urgency is settled, or would still help."""
    if not view.standing.settled:
        return "data-required"
    return "data-requested" if missing(view) else "success"
