"""Accounts for the reminders of a case: when each is due follows from its answers alone."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.conversation.alarm import REPEAT, UNANSWERED, unanswered_since, was_repeated
from bot.conversation.engine import Engine
from bot.conversation.reminders import counts_again, wanted
from bot.conversation.standing import Standing
from bot.screens.notices import words
from bot.screens.reminder import WORDS
from bot.screens.team import WORDS as TEAM
from bot.service.group_reminding import AT_THE_DEADLINE
from state.groups import Group, is_group
from state.records import Answer, Entry, StoredCase
from tests.botapi import Message
from tests.faults.steps import REPEAT as MARK
from tests.night.stood import READ_LATE, note
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Followed, Watch

LATEST = 180.0  # seconds of the clock
EARLIEST = 5.0
UNSET = Group("", "", datetime.fromtimestamp(0, UTC))
NOBODY = words("alarm", TEAM)["nobody"].partition("{")[0]
REMINDER = words("fixed", WORDS)["title"]


@dataclass(slots=True)
class Due:
    """A reminder that a case needs from some time on: when it may come first, and must have come.

    Each change of the case may put it later, as a restart does; `until` is when it was not needed
    any more.
    """

    kind: str
    deadline: float
    since: float
    first: float
    last: float
    until: float = field(default=math.inf)

    def is_of(self, key: tuple[str, float]) -> bool:
        return (self.kind, self.deadline) == key


def account(
    counts: Counter[str],
    ward: Ward,
    watch: Watch,
    program: Program,
    engine: Engine,
    case: StoredCase,
) -> None:
    """Check that each reminder that fell due was shown to the owner, and at a deadline to all."""
    now, followed = watch.read_at, watch.cases[case.code]
    place = ward.place_of(int(followed.begun_in))
    for due in dues(engine, case, ways_of(ward, watch, case), followed):
        waited = LATEST + program.seconds_down(due.first, due.last + LATEST)
        window = due.first - EARLIEST, due.last + waited
        if window[1] > min(now, due.until) or followed.is_closed_in(due.since, window[1]):
            continue
        counts["reminders due"] += 1
        chats, groups = followed.chats_in(*window), followed.groups_in(*window)
        if due.kind == REPEAT:
            shown = (_shown(ward, chat, case.code, NOBODY, window) for chat in groups)
            if groups and not any(shown):
                watch.tell(case.code, f"{due.kind} was not repeated, {_say(due)}", due.first)
            continue
        desks = {chat for chat in chats if not is_group(chat)}
        for owner in followed.owners_in(*window):
            desks |= {owner} if place.is_in(int(owner), window[0]) else set()
            desks |= chats if not place.is_in(int(owner), window[1]) else set()
        if not any(_shown(ward, desk, case.code, REMINDER, window) for desk in desks):
            watch.tell(case.code, f"{due.kind} was missed by its owner, {_say(due)}", due.first)
        if due.kind in AT_THE_DEADLINE and groups:
            counts["deadlines of groups"] += 1
            if not any(_shown(ward, chat, case.code, REMINDER, window) for chat in chats):
                watch.tell(case.code, f"{due.kind} was missed by its group, {_say(due)}", due.first)
    _account_rows(counts, ward, watch, program, case)


def ways_of(ward: Ward, watch: Watch, case: StoredCase) -> list[tuple[float, Group]]:
    """Return the ways that the group of a case has had, each since when."""
    place = ward.place_of(int(watch.cases[case.code].begun_in))
    histories = (watch.stood.ways[str(chat)] for chat in place.chats)
    read = sorted((since, ways) for each in histories for since, ways in each if ways)
    kept = list[tuple[float, Group]]()
    for since, ways in read:
        note(kept, since, replace(UNSET, repeat_min=ways.repeat_min))
    return kept


def _moments(
    case: StoredCase, ways: list[tuple[float, Group]], followed: Followed
) -> Iterator[tuple[float, StoredCase, Group, bool]]:
    """Return a case and its group's ways after each change of either; and whether the case did."""
    found = [(state.touched_at.timestamp(), state) for state in states(case)]
    changes = [(since, None) for since, _ in ways[1:]]
    newest = None
    for at, state in sorted([*found, *changes], key=lambda each: each[0]):
        newest = state or newest
        group = [group for since, group in ways if since <= max(at, ways[0][0])][-1]
        if newest:
            yield at, replace(newest, chat=followed.chat_at(at + READ_LATE)), group, bool(state)


def _wanted(
    state: StoredCase, standing: Standing, group: Group, *, again: bool
) -> dict[tuple[str, float], float | None]:
    """Return when each reminder of a case is due: at least at its deadlines, and of its alarm.

    A deadline that has passed is due at once: for the MRI only if it counts `again`, else at None.
    """
    at = state.touched_at
    found = {
        (each.kind, each.deadline.timestamp()): each.due_at.timestamp() if each.due_at else None
        for each in wanted(state, standing, at, group, again=again)
    }
    called = unanswered_since(state)
    if standing.settled and called and not was_repeated(state):
        found[REPEAT, called.timestamp()] = called.timestamp() + 60 * group.repeat_min
    if standing.settled:
        result = standing.assessment
        deadlines = {"mri_due": result.due, "treatment_due": result.treatment_due}
        if state.newest_entry("treatment_begun"):
            deadlines["treatment_due"] = None
        for kind, deadline in deadlines.items():
            if deadline:
                due = deadline.timestamp()
                late = at.timestamp() if again or kind == "treatment_due" else None
                found[kind, due] = due if deadline > at else late
    return found


def dues(
    engine: Engine, case: StoredCase, ways: list[tuple[float, Group]], followed: Followed
) -> list[Due]:
    """Work out every reminder that a case needed at any time, from its answers and notes.

    One that had fallen due before it was not needed for a while comes once, then or now.
    """
    bare = replace(case, answers=(), timeline=(), status="open")
    known, before = dict[tuple[str, float], Due](), engine.stand(bare, case.begun_at)
    ended = list[Due]()
    for at, state, group, is_changed in _moments(case, ways, followed):
        standing = engine.stand(state, state.touched_at)
        again, before = counts_again(state, before, standing), standing
        found = _wanted(state, standing, group, again=again)
        if not is_changed:
            for key, each in known.items():
                due = found.get(key)
                if key[0] == REPEAT and at < each.last and due:
                    each.last = max(due, at)
                    each.first = min(each.first, each.last)
            continue
        repeated = state.newest_entry(UNANSWERED)
        for key in known.keys() - found.keys():
            sent = key[0] == REPEAT and repeated and repeated.at == state.touched_at
            ended.append(replace(known.pop(key), until=math.inf if sent else at))
        for key, due in found.items():
            if due is None:
                continue
            if key in known:
                if at < known[key].last:
                    known[key].last = max(known[key].last, due)
            else:
                fell = [each.first for each in ended if each.is_of(key) and each.last <= each.until]
                known[key] = Due(*key, at, min([due, *fell]), due)
    return [*ended, *known.values()]


def states(case: StoredCase) -> Iterator[StoredCase]:
    """Return the case after each of its answers and notes, open."""
    acts: list[Answer | Entry] = [*case.answers, *case.timeline]
    acts.sort(key=lambda each: (each.at, isinstance(each, Entry)))
    answers, timeline = list[Answer](), list[Entry]()
    for act in acts:
        if isinstance(act, Answer):
            answers.append(act)
        else:
            timeline.append(act)
        yield replace(
            case,
            answers=tuple(answers),
            timeline=tuple(timeline),
            status="open",
            touched_at=act.at,
            revisiting=None,
        )


def _account_rows(
    counts: Counter[str], ward: Ward, watch: Watch, program: Program, case: StoredCase
) -> None:
    """Check that each stored reminder that was due, snoozed ones too, was claimed in time."""
    for row in watch.reminders.values():
        if row.code != case.code:
            continue
        end = row.due + LATEST + program.seconds_down(row.due, row.due + LATEST)
        if end > watch.read_at or (row.gone and row.gone < end):
            continue
        counts["stored reminders"] += 1
        counts["snoozed"] += row.kind.endswith("_snoozed")
        if row.claimed is None:
            watch.tell(case.code, f"{row.kind} was never claimed")
        elif row.claimed > end:
            watch.tell(case.code, f"{row.kind} was claimed {row.claimed - row.due:.0f} s late")


def _shown(
    ward: Ward, chat: str, code: str, said: str, window: tuple[float, float]
) -> Message | None:
    """Find a message in a chat that says this of a case, within a time."""
    begun, ended = window
    for message in ward.server.world.chats[int(chat)].messages.values():
        text = message.versions[0].text.removeprefix(MARK)
        if begun <= message.date <= ended and code in text and said in text:
            return message
    return None


def _say(due: Due) -> str:
    return f"due {datetime.fromtimestamp(due.first, UTC):%H:%M:%S}"
