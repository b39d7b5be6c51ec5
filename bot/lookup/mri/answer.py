"""The answer of /mri for one presentation: its limit, doubts, and what follows from the rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Final

from bot.guidance.card_lines import COULD_CHANGE
from bot.guidance.texts import guidance, say_figures, say_sources_of, say_with_sources
from bot.logic.assessment import Assessment, assess
from bot.logic.case import Case, with_fixed_offset
from bot.logic.figures import say_hours
from bot.logic.findings import find
from bot.logic.fired_rule import Fired
from bot.logic.urgency import (
    CAUDA_EQUINA_HOURS,
    GUIDELINES,
    Policy,
    explain_rule,
    judge,
    limit_hours,
)
from bot.lookup.footer import say_disclaimer, say_sources
from bot.lookup.mri.doubts import cautions_of, may_be_one_root, readings_of
from bot.lookup.mri.presentations import (
    DEFICIT_ON_BOTH_SIDES,
    PRESENTATIONS,
    WITH_CORD_SIGN,
    mri_words,
    on_dialysis,
    with_infection,
)
from bot.lookup.mri.understood import WITHIN, Understood
from bot.screens.answer_first import MOST_LINES, fitting, folded
from bot.screens.clocks import deadline
from bot.screens.drawn_lines import drawn_lines
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Line, Screen, Style, say_line, text

EMERGENCY: Final = "emergency"
IMAGING: Final = ("I1", "I2", "I3")
ABSCESS: Final = "U10"
INFECTION_STEP: Final = "N2"
DIALYSIS: Final = ("G1", "G2", "G4", "N1")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one presentation under a policy, asked at `now`.

    `understood` is what was read of the words that found it; empty after a tap.
    Clock times are the hospital's, in `zone`, with those of `reader_zone`, if any, beside them.
    """

    row: str
    understood: Understood
    policy: Policy
    now: datetime
    zone: tzinfo
    reader_zone: tzinfo | None

    @property
    def result(self) -> Assessment:
        return self._assess(self._with_words(self._plain))

    def draw(self) -> Screen:
        """Draw the limit, then the doubts about the words that found it; fold the rest."""
        result = self.result
        limits = tuple(self._limits(result))
        shown, left = self._doubts(result, drawn_lines("\n".join(map(say_line, limits))))
        blocks = (
            Block(limits, look="lead"),
            *((text(*shown, look="help"),) if shown else ()),
            *folded((text(*left), *self._rest(result))),
        )
        level = words("levels")[result.urgency.level]
        title = mri_words()["rows"][self.row]["button"]
        if self.understood.infected:
            title = mri_words()["said"]["title_infection"].format(title=title)
        others = Button("Other presentations", "mri", typed="/mri")
        begin = Button("Begin a case", "triage", typed="/triage", style="primary")
        one_root = ((button(WITHIN),),) if may_be_one_root(self.understood, self.row) else ()
        rows = (*one_root, (others, begin))
        return Screen("plan", f"{title} · {level}", blocks, rows)

    def _doubts(self, result: Assessment, above: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Split the doubts into those shown and those folded, `above` lines being taken.

        What could make it more urgent is always shown.
        """
        cautions = tuple(cautions_of(self.understood))
        always = 0 if result.urgency.level == EMERGENCY else len(cautions)
        doubts = (*cautions, *readings_of(self.understood, self.row))
        return fitting(doubts, MOST_LINES - above, always)

    def _rest(self, result: Assessment) -> Iterator[Block]:
        reasons, protocol = self._reasons(result), _of(result, IMAGING)
        yield self._list("Whom to call", _of(result, ("C1",)))
        yield from self._steroids()
        yield self._list("Cultures and antibiotics", _of(result, (INFECTION_STEP,)))
        yield self._list("Why", reasons)
        yield self._list("MRI protocol", protocol)
        yield self._list("On haemodialysis", self._on_dialysis(result))
        yield text(*self._guidelines(result), heading="By guideline")
        entries = [guidance()[each.id] for each in (*reasons, *protocol)]
        citations = [source for entry in entries for source in entry.citations]
        yield say_sources(citations, (entry.status for entry in entries))
        yield say_disclaimer(f"Policy: {self.policy}.")

    def _list(self, heading: str, fired: list[Fired]) -> Block:
        return text(*self._say(fired), heading=heading, look="list")

    def _say(self, fired: list[Fired]) -> Iterator[str]:
        return (say_with_sources(each, self.zone) for each in fired)

    def _assess(self, case: Case) -> Assessment:
        return assess(case, self.policy, self.now.astimezone(self.zone))

    def _guidelines(self, result: Assessment) -> Iterator[str]:
        """Say the limit of each guideline, the policy's first."""
        for each in dict.fromkeys((self.policy, *GUIDELINES)):
            hours = limit_hours(result.urgency.rules, each)
            here = " – the policy here" if each == self.policy else ""
            limit = f"within {say_hours(hours)}" if hours else "no MRI for symptoms"
            yield f"{words('guidelines')[each]}: {limit}{here}"

    def _limits(self, result: Assessment) -> Iterator[Line]:
        rules, hours = result.urgency.rules, result.urgency.hours
        if hours and result.due:
            what = f"Suspected now: MRI within {say_hours(hours)}, by"
            yield deadline(what, result.due, self.now, self.zone, self.reader_zone)
        if "U11" in rules:
            asked = with_fixed_offset(self.now) + timedelta(hours=CAUDA_EQUINA_HOURS)
            what = f"Within {CAUDA_EQUINA_HOURS} h of the request, where offered; requested now: by"
            yield deadline(what, asked, self.now, self.zone, self.reader_zone)

    def _reasons(self, result: Assessment) -> list[Fired]:
        """Return the rules behind the limit, except those that ask only for a longer one."""
        limit, rules = result.urgency.hours, result.urgency.rules
        behind = [
            rule
            for rule in rules
            if rule == ABSCESS or limit_hours((rule,), self.policy) in (limit, None)
        ]
        return [explain_rule(result.found, rule, self.policy) for rule in behind]

    def _on_dialysis(self, plain: Assessment) -> list[Fired]:
        """Return what also fires on haemodialysis, including a different steroid rule."""
        dialysed = self._assess(on_dialysis(plain.case))
        wanted = [*DIALYSIS] if plain.urgency.level == EMERGENCY else [*DIALYSIS[:2], "N1"]
        if dialysed.steroid.rule != plain.steroid.rule and not self._dialysed:
            wanted.append(dialysed.steroid.rule)
        return _of(dialysed, tuple(wanted))

    @property
    def _dialysed(self) -> bool:
        return self.understood.on_haemodialysis

    @property
    def _plain(self) -> Case:
        both_sides = self.understood.deficit_on_both_sides
        return DEFICIT_ON_BOTH_SIDES if both_sides else PRESENTATIONS[self.row]

    def _with_words(self, case: Case) -> Case:
        return with_infection(case) if self.understood.infected else case

    def _steroids(self) -> Iterator[Block]:
        """Say the steroid decision for each case that the row and the words may mean."""
        for name, case in self._pictures():
            heading = f"Steroid – {name}" if name else "Steroid"
            yield text(*self._steroid(case), heading=heading, look="list")

    def _pictures(self) -> Iterator[tuple[str, Case]]:
        """Return the cases to decide for: a cord sign may be part."""
        row = mri_words()["rows"][self.row]
        if self.row in WITH_CORD_SIGN and not self.understood.deficit_on_both_sides:
            yield row["steroid"], self._with_words(self._plain)
            yield row["steroid_with_sign"], self._with_words(WITH_CORD_SIGN[self.row])
        else:
            yield "", self._with_words(self._plain)

    def _steroid(self, case: Case) -> Iterator[str]:
        """Say the steroid decision, and the one on haemodialysis if it differs."""
        said = mri_words()["said"]
        plain, dialysed = self._assess(case), self._assess(on_dialysis(case))
        (line,) = map(self._say_dose, _of(plain, (plain.steroid.rule,)))
        if dialysed.steroid.rule == plain.steroid.rule:
            yield line
        elif self._dialysed:
            yield from self._say(_of(dialysed, (dialysed.steroid.rule,)))
            yield said["cancer_proven"].format(text=line)
        else:
            yield line
            yield f"{said['one_call']} {say_sources_of(dialysed.steroid.rule)}"

    def _say_dose(self, fired: Fired) -> str:
        """Say a steroid decision; a dose stands behind what could still change it."""
        if fired.id != "D1" or COULD_CHANGE not in fired.say:
            return say_with_sources(fired, self.zone)
        alone = replace(fired, say=tuple(note for note in fired.say if note != COULD_CHANGE))
        ask = say_figures(fired)["steroid_ask"]
        dose = say_with_sources(alone, self.zone)
        return str(mri_words()["said"]["check_first"].format(ask=ask, text=dose))


def _of(result: Assessment, rules: tuple[str, ...]) -> list[Fired]:
    return [fired for rule in rules for fired in result.actions if fired.id == rule]


def button(key: str) -> Button:
    """Offer a presentation; an emergency by any rules is red."""
    row = mri_words()["rows"][key]
    style: Style = "danger" if _is_emergency(key) else "plain"
    return Button(row["button"], f"mri {key}", typed=f"/mri {row['typed']}", style=style)


@cache
def _is_emergency(key: str) -> bool:
    return judge(find(PRESENTATIONS[key]), "stepwise").level == EMERGENCY
