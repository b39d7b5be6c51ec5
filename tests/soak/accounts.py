"""Accounts for every tap and every case after a soak, from what phones showed and what was stored.

What a tap should have stored follows from the label under the finger, and where a case should stand
from a replay of those answers: neither asks the program.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.conversation.engine import Engine
from bot.flows.grammar import UNKNOWN, Moment
from bot.flows.triage import FLOW, PLAN
from bot.flows.wording import words_of
from bot.screens.notices import words
from state.records import Minted, StoredCase, Told, Value
from state.store import Store
from tests.adapters.telegram.test_random_conversations import LONG_AGO, buttons_of
from tests.botapi import Message
from tests.botapi.chats import Chat
from tests.dialogue import labels
from tests.faults.steps import REPEAT
from tests.soak.crowd import TICKED, Acted, Crowd, Person
from tests.soak.told import SECONDS_TO_TELL, Notice, is_refused, notices_in, sent_in

TICKING = ("tick", "untick")
ANSWERING = (*TICKING, "answer", "done")
CONFIRMED = "Yes, that is it"
WAITED = re.escape(words("fixed")["from"].partition("{")[0])


OnCase = tuple[Acted, Minted]  # a tap, and what its buttons do
Untaken = tuple[int, ...]  # numbers of taps that nothing explains so far


@dataclass(slots=True)
class Accounts:
    """What became of every tap, and what is wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


def account(store: Store, engine: Engine, crowd: Crowd) -> Accounts:
    """Account for everybody's taps and cases."""
    accounts = Accounts()
    if set_aside := store.inbox.parked_count():
        accounts.lost.append(f"{set_aside} updates were set aside")
    for person in crowd.people:
        _account_person(accounts, store, engine, person)
    return accounts


def _account_person(accounts: Accounts, store: Store, engine: Engine, person: Person) -> None:
    chat = person.phone.chat
    cases = {case.code: case for case in store.cases.listed(str(chat.id), LONG_AGO)}
    on_case = taps_on_cases(accounts, store, person)
    for code, case in cases.items():
        account_answers(accounts, case, str(chat.id), on_case.pop(code, []), [*notices_in(chat)])
        account_state(accounts, engine, case)
        account_alerts(accounts, case, chat, changes_told(engine, case))
    for code in on_case:
        accounts.lost.append(f"{code}: the case is gone")


def taps_on_cases(accounts: Accounts, store: Store, person: Person) -> dict[str, list[OnCase]]:
    """Return a person's taps that answer, by case; account for those that only look."""
    on_case = defaultdict[str, list[OnCase]](list)
    for acted in person.acted:
        minted = store.buttons.find(acted.tap.data.partition(":")[0])
        verb, _ = _does(acted, minted)
        if minted and minted.code and verb in ANSWERING:
            on_case[minted.code].append((acted, minted))
        else:
            _account_look(accounts, acted)
    return on_case


def _account_look(accounts: Accounts, acted: Acted) -> None:
    """Check that a tap that only looks was answered, or that something was shown since."""
    shown = any(
        version.date >= int(acted.tap.time)
        for message in sent_in(acted.tap.message.chat)
        for version in message.versions[-1:]
    )
    accounts.counts["looked"] += 1
    if not (acted.tap.answered or shown):
        accounts.lost.append(f"nothing followed a tap on {acted.label!r}")


def account_answers(
    accounts: Accounts,
    case: StoredCase,
    who: str,
    taps: list[OnCase],
    notices: list[Notice],
    typed: Collection[str] = (),
) -> None:
    """Walk a person's taps along their stored answers: each is the next, or was told not to count.

    One whose fate was not seen, since its answer got lost, may be either; hence all ways are kept.
    Others may answer in between; what the person answered to the `typed` questions was not tapped.
    """
    own = [
        number
        for number, answer in enumerate(case.answers)
        if answer.who == who and answer.question not in typed
    ]
    ways: dict[int, Untaken] = {0: ()}  # by the number of answers so far
    for number, (acted, minted) in enumerate(taps):
        following = dict[int, Untaken]()

        def goes(at: int, left: Untaken, following: dict[int, Untaken] = following) -> None:
            following[at] = min(left, following.get(at, left), key=len)

        refused = is_refused(acted.tap.text)
        for at, left in ways.items():
            if not refused and at < len(own) and _fits(case, own[at], acted, minted):
                goes(at + 1, left)
            explained = refused or _held(case, own, at, acted, minted)
            goes(at, left if explained else (*left, number))
        ways = following
    if len(own) not in ways:
        accounts.lost.append(f"{case.code}: {len(own)} answers of {who}, only {max(ways)} tapped")
        return
    left = ways[len(own)]
    accounts.counts["answers"] += len(own)
    accounts.counts["told not to count"] += len(taps) - len(own)
    for number in left:
        acted, _ = taps[number]
        if not any(each.tells(acted) for each in notices):
            said = f"told {acted.tap.text!r}" if acted.tap.answered else "told nothing"
            at = datetime.fromtimestamp(acted.tap.time, UTC)
            accounts.lost.append(
                f"{case.code}: {acted.label!r} tapped at {at:%H:%M:%S} UTC, {said}"
            )


def _fits(case: StoredCase, at: int, acted: Acted, minted: Minted) -> bool:
    """Return whether the next stored answer is what the label says."""
    verb, key = _does(acted, minted)
    answer = case.answers[at]
    question = FLOW.question(key)
    if question is None or answer.question != key:
        return False
    before, after = _ticks(_latest(case, at, key)), _ticks(answer.value)
    label = acted.label.removeprefix(TICKED)
    if verb in TICKING:
        options = words_of(FLOW, question.id).options
        return [options[each] for each in before ^ after] == [label]
    if verb == "done":
        return before == after != set()
    if label == CONFIRMED or (isinstance(question, Moment) and answer.value != UNKNOWN):
        return label != words_of(FLOW, question.id).unknown  # the label says no more
    return labels(question, answer.value) == [label]


def _held(case: StoredCase, own: list[int], at: int, acted: Acted, minted: Minted) -> bool:
    """Return whether all was as the button says at some time since the answer before it."""
    since = own[at - 1] + 1 if at else 0
    until = own[at] if at < len(own) else len(case.answers)
    return any(
        _holds_already(case, each, acted, minted)
        or _was_given(case, each, acted, minted)
        or _was_overtaken(case, each, acted)
        for each in range(since, until + 1)
    )


def _was_given(case: StoredCase, at: int, acted: Acted, minted: Minted) -> bool:
    """Return whether somebody else had given the same answer last: nothing need be said of it."""
    newest = case.answers[at - 1] if at else None
    if newest is None or newest.who == str(acted.tap.user.id):
        return False
    return _fits(case, at - 1, acted, minted)


def _was_overtaken(case: StoredCase, at: int, acted: Acted) -> bool:
    """Return whether somebody else had answered, which Telegram took too late to be told."""
    newest = case.answers[at - 1] if at else None
    if acted.tap.answered or newest is None or newest.who == str(acted.tap.user.id):
        return False
    lately = timedelta(seconds=SECONDS_TO_TELL)
    return newest.at >= datetime.fromtimestamp(acted.tap.time, UTC) - lately


def _holds_already(case: StoredCase, at: int, acted: Acted, minted: Minted) -> bool:
    """Return whether a tick was as its button says before the tap."""
    verb, key = _does(acted, minted)
    question = FLOW.question(key)
    if verb not in TICKING or question is None:
        return False
    options = words_of(FLOW, question.id).options
    ticked = {options[each] for each in _ticks(_latest(case, at, key))}
    return (acted.label.removeprefix(TICKED) in ticked) == (verb == "tick")


def account_state(accounts: Accounts, engine: Engine, case: StoredCase) -> None:
    """Check a case against a replay of its answers."""
    trail = engine.machine.replay(case.latest, engine.policy)
    waits = trail.ended and trail.key != PLAN
    accounts.counts["cases"] += 1
    if case.position != trail.key or trail.misfits:
        accounts.lost.append(f"{case.code} stands at {case.position}, its answers at {trail.key}")
    elif case.status not in ("closed", "waiting" if waits else "open"):
        accounts.lost.append(f"{case.code} is {case.status}; its answers leave it at {trail.key}")


def changes_told(engine: Engine, case: StoredCase) -> int:
    """Count how often an emergency was to be said: at first, and at each change of it."""
    told: Told | None = None
    changes = 0
    for number in range(1, len(case.answers) + 1):
        standing = engine.stand(replace(case, answers=case.answers[:number]), case.begun_at)
        changes += standing.emergency and standing.told != told
        told = standing.told if standing.settled else None
    return changes


def account_alerts(accounts: Accounts, case: StoredCase, chat: Chat, changes: int) -> None:
    """Check that an emergency was said, and once for each change unless marked as a repeat."""
    alerts = [message for message in sent_in(chat) if _is_alert(message, case.code)]
    marked = sum(message.versions[0].text.startswith(REPEAT) for message in alerts)
    accounts.counts["emergencies"] += changes > 0
    accounts.counts["alerts"] += len(alerts)
    accounts.counts["alerts repeated, and marked so"] += marked
    if changes and not alerts:
        accounts.lost.append(f"{case.code}: no alert of an emergency")
    if len(alerts) - marked > changes:
        unmarked = len(alerts) - marked
        accounts.repeated.append(f"{case.code}: {unmarked} alerts for {changes} changes")


def _is_alert(message: Message, code: str) -> bool:
    """Return whether a message came as an alert of a case: its head, and nothing to answer.

    Above the head it may say when the tap was made, if that has waited.
    """
    labels = {button["text"] for button in buttons_of(message, 0)}
    text = message.versions[0].text.removeprefix(REPEAT)
    found = re.match(rf"({WAITED}[^\n]*\n)?EMERGENCY[^\n]* · {code}\n", text)
    return bool(found) and labels <= {"Case"}


def _does(acted: Acted, minted: Minted | None) -> tuple[str, str]:
    """Return the verb and the question of a tapped button."""
    if minted is None:
        return "", ""
    does, _ = minted.actions[int(acted.tap.data.partition(":")[2])]
    verb, _, key = does.partition(" ")
    return verb, key


def _latest(case: StoredCase, at: int, key: str) -> Value | None:
    return replace(case, answers=case.answers[:at]).latest.get(key)


def _ticks(value: Value | None) -> set[str]:
    return set(value) if isinstance(value, list) else set()
