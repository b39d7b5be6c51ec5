"""Checks that a case that was read back is one that a conversation could have led to."""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from datetime import datetime
from typing import Final

from bot.conversation import alarm
from bot.conversation.case_codes import CODE
from bot.conversation.said_at import AT_ONCE, KEPT_FOR
from bot.conversation.time_line import OVERRIDDEN
from bot.export.fhir.taking import refused
from bot.flows.grammar import Flow, Moment, Several
from bot.logic.case import LONGEST_DEADLINE, read_instant
from bot.logic.urgency import LEVELS, POLICIES
from bot.refusal import Refusal
from bot.screens.notices import words
from bot.screens.time_line import WORDS
from state.groups import is_group
from state.records import HANDED_OVER, TAKEN_BACK, UNDONE, Answer, Entry, StoredCase

MOST_LINES: Final = 5000
PLAIN: Final = ("mri_requested", "mri_done", "steroid_given", "treatment_begun", *alarm.KINDS)
SIGNS: Final = ("new_signs", "corrected")
_RULESET: Final = re.compile(r"[A-Za-z0-9. _-]{1,40}", re.ASCII)
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{12}", re.ASCII)
_DECISION: Final = re.compile(r"[a-z_]{1,40}", re.ASCII)
_KEY: Final = re.compile(r"[a-z0-9_]+(\.[1-9]\d?)?", re.ASCII)
_TOPICS: Final = range(1, 2**31)


def check(case: StoredCase, flow: Flow, exported_at: datetime) -> None:
    """Raise Refusal, in one line, for the first thing that cannot be so."""
    if not CODE.fullmatch(case.code):
        raise refused("code", case.code, "the code of a case, such as KES-42")
    for name, given, form in (
        ("ruleset", case.ruleset, _RULESET),
        ("fingerprint", case.fingerprint, _FINGERPRINT),
    ):
        if not form.fullmatch(given):
            raise refused(name, given)
    if case.flow != flow.id:
        raise refused("flow", case.flow, flow.id)
    if case.policy not in ("", *POLICIES):
        raise refused("policy", case.policy, ", ".join(POLICIES))
    if case.revisiting is not None and not _is_asked(case.revisiting, flow):
        raise refused("revisiting", case.revisiting, "a question of the flow")
    if case.thread is not None and not is_group(case.chat):
        raise refused("topic", case.thread, "none, outside a group")
    if case.thread is not None and case.thread not in _TOPICS:
        raise refused("topic", case.thread, "the number of a topic")
    _check_told(case)
    _check_answers(case.answers)
    _check_start(case, flow)
    _check_time_line(case.timeline, flow)
    _check_times(case, exported_at)


def _is_asked(key: str, flow: Flow) -> bool:
    """Return whether a key is one of the flow's, written as it writes them."""
    return _KEY.fullmatch(key) is not None and flow.question(key) is not None


def _check_told(case: StoredCase) -> None:
    if case.told is None:
        return
    told, longest = case.told, LONGEST_DEADLINE.total_seconds() / 3600
    if told.level not in LEVELS:
        raise refused("level", told.level, ", ".join(LEVELS))
    if told.hours is not None and not 0 < told.hours <= longest:
        raise refused("hours", told.hours, f"1 to {longest:g}")
    if not _DECISION.fullmatch(told.steroid):
        raise refused("steroid", told.steroid)


def _check_answers(answers: Iterable[Answer]) -> None:
    """Raise Refusal if something is taken back that was not given."""
    counts: dict[str, int] = {}
    for answer in answers:
        counts[answer.question] = counts.get(answer.question, 0)
        counts[answer.question] += -1 if answer.value == TAKEN_BACK else 1
        if counts[answer.question] < 0:
            raise Refusal(f"{answer.question}: taken back before it was given")


def _check_start(case: StoredCase, flow: Flow) -> None:
    """Raise Refusal if a clock would start after the case did: its deadlines would come later."""
    for answer in case.answers:
        question = flow.question(answer.question)
        if isinstance(question, Moment) and question.before_start and answer.value != TAKEN_BACK:
            if not question.accepts(answer.value):  # no longer offered: it starts no clock
                continue
            if read_instant(answer.value) > case.begun_at:
                raise refused(answer.question, answer.value, "a time before the case was begun")


def _check_time_line(timeline: tuple[Entry, ...], flow: Flow) -> None:
    if len(timeline) > MOST_LINES:
        raise Refusal(f"{len(timeline)} lines given; allowed: at most {MOST_LINES}")
    for place, entry in enumerate(timeline):
        if entry.kind == UNDONE:
            _check_undone(entry, timeline[:place])
        elif entry.kind not in (*PLAIN, HANDED_OVER):
            fits = _details(flow).get(entry.kind)
            if fits is None:
                raise refused("line of the time line", entry.kind, "a kind that CordCall notes")
            if entry.detail and not fits(entry.detail):
                raise refused(entry.kind, entry.detail)
        elif entry.detail and entry.kind not in (HANDED_OVER, alarm.SEEN, alarm.COMING):
            raise refused(entry.kind, entry.detail, "nothing")


def _check_undone(entry: Entry, before: tuple[Entry, ...]) -> None:
    """Raise Refusal unless a line takes back one before it, which no other has taken back."""
    number = int(entry.detail) if re.fullmatch(r"[1-9]\d{0,4}", entry.detail, re.ASCII) else 0
    done = {each.detail for each in before if each.kind == UNDONE}
    fits = 0 < number <= len(before) and before[number - 1].kind != UNDONE
    if not fits or entry.detail in done:
        raise refused("taken back", entry.detail, "the number of a line before it")


def _details(flow: Flow) -> Mapping[str, Callable[[str], bool]]:
    """Return what the detail of each kind of line may be."""
    signs = flow.questions.get(flow.landmarks.cord_signs)
    named = {each.value for each in signs.options} if isinstance(signs, Several) else set()
    return {
        "called": lambda given: given in words("called", WORDS),
        "closed": lambda given: given in words("outcomes", WORDS),
        OVERRIDDEN: _is_override,
        **dict.fromkeys(SIGNS, lambda given: _are_signs(given.split(","), named)),
    }


def _are_signs(given: list[str], named: Set[object]) -> bool:
    return len(given) == len({*given}) and {*given} <= named


def _is_override(given: str) -> bool:
    what, _, why = given.partition(" ")
    return what in words("differs", WORDS) and why in words("reasons", WORDS)


def _check_times(case: StoredCase, exported_at: datetime) -> None:
    """Raise Refusal if something is from after the export, or out of order.

    A message may arrive a day after it was sent, behind one that was sent later.
    """
    for name, at in (("begun", case.begun_at), ("touched", case.touched_at)):
        if at - exported_at > AT_ONCE:
            raise refused(name, at.isoformat(), "a time before the export")
    for acts in (case.answers, case.timeline):
        newest = None
        for act in acts:
            if act.at - exported_at > AT_ONCE:
                raise refused("at", act.at.isoformat(), "a time before the export")
            if newest is not None and newest - act.at > KEPT_FOR:
                raise refused("at", act.at.isoformat(), "answers in the order of their times")
            newest = max(newest or act.at, act.at)
