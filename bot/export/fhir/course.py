"""The course of a case: the scan as ServiceRequest and Task, each call as Communication."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.export.fhir.codes import concept
from bot.export.fhir.elements import Resource, instant, narrative, words
from bot.export.fhir.people import People
from bot.screens.clocks import clock_lines
from bot.screens.notices import words as screen_words
from bot.screens.screen import say_line
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.time_line import say_entry, say_with_time
from bot.screens.view import View
from state.records import Entry

PRIORITIES: Final = {"emergency": "stat", "urgent": "urgent"}
CALLED: Final = "called"


@dataclass(frozen=True, slots=True)
class Course:
    """Draws what was asked for and done in a case; `subject` refers to the case."""

    view: View
    people: People
    subject: Resource

    def scan(self) -> Resource | None:
        """Return the request for the scan; None if none is due, noted or done."""
        view, requested = self.view, self._requested
        if not (view.result.due or requested or view.result.case.mri_done):
            return None
        if view.case.status == "closed" and not (requested or view.result.case.mri_done):
            return None
        lines = [say_line(line) for line in clock_lines(view)]
        due = view.result.due
        return {
            "resourceType": "ServiceRequest",
            "text": narrative(lines),
            "status": self._status(),
            "intent": "order" if requested else "proposal",
            "category": [concept(words("names")["imaging"], "imaging")],
            "priority": PRIORITIES.get(view.result.urgency.level, "routine"),
            "code": self._code(),
            "subject": self.subject,
            **({"occurrencePeriod": {"end": instant(due)}} if due else {}),
            **({"authoredOn": instant(requested.at)} if requested else {}),
            **({"requester": self.people.reference(requested.who)} if requested else {}),
            "bodySite": [concept(words("names")["spine"], "spine")],
            "note": [{"text": line} for line in lines],
        }

    def task(self, request: str) -> Resource:
        """Return how far the scan is: to be requested, requested or done."""
        view, requested = self.view, self._requested
        done = view.case.newest_entry("mri_done")
        noted = [each for each in (requested, done) if each]
        status = "completed" if view.result.case.mri_done else "requested" if requested else "draft"
        due = view.result.due
        return {
            "resourceType": "Task",
            "text": narrative(say_with_time(view, each) for each in noted) if noted else None,
            "status": status,
            "intent": "order" if requested else "proposal",
            "priority": PRIORITIES.get(view.result.urgency.level, "routine"),
            "code": concept(words("names")["task"], "fulfill"),
            "focus": {"reference": request},
            "for": self.subject,
            **({"executionPeriod": {"end": instant(done.at)}} if done else {}),
            **({"authoredOn": instant(requested.at)} if requested else {}),
            **({"lastModified": instant(max(each.at for each in noted))} if noted else {}),
            **({"requester": self.people.reference(requested.who)} if requested else {}),
            **({"restriction": {"period": {"end": instant(due)}}} if due else {}),
        }

    def calls(self) -> Iterator[tuple[int, Resource]]:
        """Return each call with its number in the time line, those taken back too."""
        for number, entry in enumerate(self.view.case.timeline, 1):
            if entry.kind == CALLED:
                yield number, self._call(entry)

    def _call(self, entry: Entry) -> Resource:
        view = self.view
        counts = any(each is entry for each in view.case.noted)
        recipient = screen_words("called", TIME_LINE).get(entry.detail, "")
        said = say_entry(view, entry)
        return {
            "resourceType": "Communication",
            "text": narrative([say_with_time(view, entry)]),
            "status": "completed" if counts else "entered-in-error",
            "category": [concept(words("names")["call"], "notification")],
            "subject": self.subject,
            "sent": instant(entry.at),
            **({"recipient": [{"display": recipient}]} if recipient else {}),
            "sender": self.people.reference(entry.who),
            "payload": [{"contentString": said}],
        }

    @property
    def _requested(self) -> Entry | None:
        return self.view.case.newest_entry("mri_requested")

    def _status(self) -> str:
        """Say how far a request is; of one in a closed case nobody says what became of it."""
        if self.view.result.case.mri_done:
            return "completed"
        if self.view.case.status == "closed":
            return "unknown"
        return "active" if self._requested else "draft"

    def _code(self) -> dict[str, Any]:
        ct = self.view.result.case.mri == "not_possible"
        return concept(words("names")["ct" if ct else "mri"], "ct_spine" if ct else "mri_spine")
