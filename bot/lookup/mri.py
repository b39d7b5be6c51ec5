"""/mri: one tap from a presentation to its MRI limit, by the rules and under both guidelines."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any, Final

from bot.card import deadline
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case, with_fixed_offset
from bot.logic.findings import find
from bot.logic.fired import Fired
from bot.logic.urgency import (
    CAUDA_EQUINA_HOURS,
    GUIDELINES,
    Policy,
    explain_rule,
    judge,
    limit_hours,
)
from bot.lookup.cited import given, say_disclaimer, say_sources
from bot.lookup.complaints import LONGEST_READ, WITHIN, Complaint, read_complaint
from bot.lookup.presentations import PRESENTATIONS, WITH_CORD_SIGN, on_dialysis
from bot.moments import say_hours
from bot.screens import Block, Button, Line, Part, Screen, text
from bot.turn import Turn
from bot.view import words
from bot.words import guidance, say_with_sources

EMERGENCY: Final = "emergency"
IMAGING: Final = ("I1", "I2", "I3")
DIALYSIS: Final = ("G1", "G2", "G4", "N1")
BUTTONS_IN_ROW: Final = 2


def mri(turn: Turn, rest: str) -> None:
    """Show the presentations, or the answer for the one that was tapped or typed."""
    key = rest.strip().casefold().replace(" ", "_")
    if not rest.strip():
        turn.screens.append(_menu())
        return
    complaint = read_complaint(rest)
    row = key if key in PRESENTATIONS else next(iter(complaint.rows), None)
    if row is None:
        said = _words()["said"]["not_found"].format(given=given(rest))
        turn.say(said, *_rows())
        return
    engine = turn.setting.engine
    doubts = () if key in PRESENTATIONS else tuple(_doubts(complaint, row))
    turn.screens.append(
        Answer(row, engine.policy, turn.now, engine.zone, turn.reader_zone).draw(doubts)
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one presentation under a policy, asked at `now`.

    Clock times are the hospital's, in `zone`; those of `reader_zone`, if any, stand beside.
    """

    row: str
    policy: Policy
    now: datetime
    zone: tzinfo
    reader_zone: tzinfo | None

    @property
    def result(self) -> Assessment:
        return self._assess(PRESENTATIONS[self.row])

    def draw(self, doubts: tuple[str, ...]) -> Screen:
        """Draw the answer; what was doubtful in the words that found it stands below the limit."""
        result = self.result
        reasons, protocol = self._reasons(result), _of(result, IMAGING)
        blocks = [Block(tuple(self._limits(result)), look="lead")]
        if doubts:
            blocks.append(text(*doubts, look="help"))
        blocks.append(self._list("Why", reasons))
        blocks += [self._list(heading, said) for heading, said in self._steroids(result).items()]
        blocks.append(self._list("MRI protocol", protocol))
        blocks.append(self._list("On haemodialysis", self._on_dialysis(result)))
        entries = [guidance()[each.id] for each in (*reasons, *protocol)]
        citations = [source for entry in entries for source in entry.citations]
        blocks.append(say_sources(citations, (entry.status for entry in entries)))
        blocks.append(say_disclaimer(f"Policy: {self.policy}."))
        level = words("levels")[result.urgency.level]
        title = f"{_words()['rows'][self.row]['button']} · {level}"
        others = Button("Other presentations", "mri", typed="/mri")
        begin = Button("Begin a case", "triage", typed="/triage", style="primary")
        return Screen("plan", title, tuple(blocks), ((others, begin),))

    def _list(self, heading: str, fired: list[Fired]) -> Block:
        said = (say_with_sources(each, self.zone) for each in fired)
        return text(*said, heading=heading, look="list")

    def _assess(self, case: Case) -> Assessment:
        return assess(case, self.policy, self.now.astimezone(self.zone))

    def _limits(self, result: Assessment) -> Iterator[Line]:
        rules = result.urgency.rules
        for each in dict.fromkeys((self.policy, *GUIDELINES)):
            hours = limit_hours(rules, each)
            here = " – the policy here" if each == self.policy else ""
            limit = f"within {say_hours(hours)}" if hours else "no MRI for symptoms"
            yield (Part(f"{words('guidelines')[each]}: {limit}{here}"),)
        if result.due:
            yield deadline(
                "Suspected now: MRI by", result.due, self.now, self.zone, self.reader_zone
            )
        if "U11" in rules:
            asked = with_fixed_offset(self.now) + timedelta(hours=CAUDA_EQUINA_HOURS)
            what = f"Within {CAUDA_EQUINA_HOURS} h of the request, where offered; requested now: by"
            yield deadline(what, asked, self.now, self.zone, self.reader_zone)

    def _reasons(self, result: Assessment) -> list[Fired]:
        """Give the rules behind the limit; one that only asks for a longer one is left out."""
        limit, rules = result.urgency.hours, result.urgency.rules
        behind = [rule for rule in rules if limit_hours((rule,), self.policy) in (limit, None)]
        return [explain_rule(result.found, rule, self.policy) for rule in behind]

    def _on_dialysis(self, plain: Assessment) -> list[Fired]:
        """Give what fires on haemodialysis beyond the plain case, another steroid rule included."""
        dialysed = self._assess(on_dialysis(plain.case))
        wanted = [*DIALYSIS] if plain.urgency.level == EMERGENCY else [*DIALYSIS[:2], "N1"]
        if dialysed.steroid.rule != plain.steroid.rule:
            wanted.append(dialysed.steroid.rule)
        return _of(dialysed, tuple(wanted))

    def _steroids(self, plain: Assessment) -> dict[str, list[Fired]]:
        """Give the steroid decision; where a cord sign may be part of the picture, with it too."""
        row = _words()["rows"][self.row]
        if self.row not in WITH_CORD_SIGN:
            return {"Steroid": _of(plain, (plain.steroid.rule,))}
        signed = self._assess(WITH_CORD_SIGN[self.row])
        return {
            f"Steroid – {row['steroid']}": _of(plain, (plain.steroid.rule,)),
            f"Steroid – {row['steroid_with_sign']}": _of(signed, (signed.steroid.rule,)),
        }


def _of(result: Assessment, rules: tuple[str, ...]) -> list[Fired]:
    return [fired for rule in rules for fired in result.actions if fired.id == rule]


def _menu() -> Screen:
    said = _words()["said"]
    blocks = (text(said["ask"], look="lead"), text(said["help"], look="help"))
    return Screen("plan", said["title"], blocks, _rows())


def _rows() -> tuple[tuple[Button, ...], ...]:
    rows = _words()["rows"]
    buttons = [
        Button(
            rows[key]["button"],
            f"mri {key}",
            typed=f"/mri {rows[key]['typed']}",
            style="danger" if _is_emergency(key) else "plain",
        )
        for key in PRESENTATIONS
    ]
    places = range(0, len(buttons), BUTTONS_IN_ROW)
    return tuple(tuple(buttons[place : place + BUTTONS_IN_ROW]) for place in places)


@cache
def _is_emergency(key: str) -> bool:
    return judge(find(PRESENTATIONS[key]), "stepwise").level == EMERGENCY


def _doubts(complaint: Complaint, row: str) -> Iterator[str]:
    said, rows = _words()["said"], _words()["rows"]
    others = ", ".join(rows[each]["button"] for each in complaint.rows if each != row)
    if others:
        yield said["also"].format(rows=others)
    if complaint.days_alone:
        yield said["days_alone"]
    if complaint.days_assumed and row == WITHIN:
        yield said["days_assumed"]
    if complaint.cut:
        yield said["cut"].format(most=LONGEST_READ)
    if complaint.negated:
        yield said["negated"]
    if complaint.words_not_read:
        yield said["not_read"].format(count=complaint.words_not_read)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("bot.lookup").joinpath("mri.toml").read_text("utf-8"))
