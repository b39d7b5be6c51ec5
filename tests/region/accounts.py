"""Accounts for a region at its end: every tap, case, line and call of a group, and every budget."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

from bot.conversation.engine import Engine
from bot.screens.notices import words
from state.groups import is_group
from state.records import StoredCase
from state.store import Store
from tests.adapters.telegram.test_random_conversations import LONG_AGO
from tests.botapi import BotApi, Message
from tests.botapi.chats import Chat
from tests.botapi.quota import MOST_A_MINUTE
from tests.faults.steps import REPEAT
from tests.night.alarms import calls_in, changes_of
from tests.region import reminded
from tests.region.crowd import Crowd
from tests.region.found import Found
from tests.region.people import Asking
from tests.soak.accounts import (
    OnCase,
    account_alerts,
    account_answers,
    account_state,
    taps_on_cases,
)
from tests.soak.told import notices_in, sent_in

WITHOUT_US = words("fixed")["fail_safe"].partition("{")[0]
TYPED = ("suspected_at",)


def account(store: Store, engine: Engine, server: BotApi, crowd: Crowd) -> Found:
    """Account for everything; what is amiss is listed in what is found."""
    found = Found()
    if set_aside := store.inbox.parked_count():
        found.lost.append(f"{set_aside} updates were set aside")
    cases = {
        case.code: case
        for chat in server.world.chats
        for case in store.cases.listed(str(chat), LONG_AGO)
    }
    now = server.clock.now()
    closed = {code: at for person in crowd.asking for code, at in person.closed.items()}
    _account_taps(found, store, server, crowd, cases)
    for case in cases.values():
        chat = server.world.chats[int(case.chat)]
        account_state(found, engine, case)
        changes = len(changes_of(engine, case))
        if is_group(case.chat):
            _account_calls(found, case, chat, changes)
        else:
            account_alerts(found, case, chat, changes)
        if case.status != "closed" or case.code in closed:
            open_until = closed.get(case.code, now)
            reminded.account(found, engine, case, crowd.desks_of(chat), open_until)
    for person in crowd.asking:
        _account_lines(found, person)
        _account_dated(found, cases, person)
    for chat in server.world.chats.values():
        _account_shown(found, store, chat)
    _account_budgets(found, server)
    return found


def _account_taps(
    found: Found, store: Store, server: BotApi, crowd: Crowd, cases: dict[str, StoredCase]
) -> None:
    """Account for the taps of each person on each case, whichever chat they were made in."""
    in_group = {
        code: [*notices_in(server.world.chats[int(case.chat)], code)]
        for code, case in cases.items()
        if is_group(case.chat)
    }
    for person in crowd.people:
        who, private = str(person.phone.user.id), [*notices_in(person.phone.chat)]
        typed = TYPED if isinstance(person, Asking) else ()
        on_case = defaultdict[str, list[OnCase]](list, taps_on_cases(found, store, person))
        answered = (code for code, case in cases.items() if _has_answered(case, who))
        for code in {*on_case, *answered}:
            if code in cases:
                notices = [*private, *in_group.get(code, ())]
                account_answers(found, cases[code], who, on_case[code], notices, typed)
            else:
                found.lost.append(f"{code}: the case is gone")


def _has_answered(case: StoredCase, who: str) -> bool:
    return any(answer.who == who for answer in case.answers)


def _account_calls(found: Found, case: StoredCase, chat: Chat, changes: int) -> None:
    """Check that a group was called at each change of an emergency, once unless marked."""
    calls = calls_in(chat, case.code)
    unmarked = [each for each in calls if not _is_marked(each)]
    found.counts["calls of groups"] += len(calls)
    if changes and not calls:
        found.lost.append(f"{case.code}: its group was not called")
    if len(unmarked) > changes:
        found.repeated.append(f"{case.code}: {len(unmarked)} calls for {changes} changes")


def _account_lines(found: Found, person: Asking) -> None:
    """Check that each numbered line was answered once, and in the order they were typed."""
    answers = [each for each in sent_in(person.phone.chat) if "calcium" in _text(each)]
    numbers = list[int]()
    for line in person.lines:
        of_line = [
            each.id
            for each in answers
            if each.id > line.typed.id and f"{line.number} mmol/L" in _text(each)
        ]
        unmarked = [each for each in of_line if not _is_marked(person.phone.chat.messages[each])]
        found.counts["lines"] += 1
        if not of_line:
            found.lost.append(f"line {line.number} of {person.phone.user.id} was not answered")
            continue
        if len(unmarked) > 1:
            found.repeated.append(f"line {line.number} of {person.phone.user.id}: {unmarked}")
        if numbers and of_line[0] < numbers[-1]:
            found.disordered.append(f"line {line.number} of {person.phone.user.id}")
        numbers.append(of_line[0])


def _account_dated(found: Found, cases: dict[str, StoredCase], person: Asking) -> None:
    """Check that the deadlines that a person brought near were taken."""
    for code in person.dated:
        if code not in cases or TYPED[0] not in cases[code].latest:
            found.lost.append(f"{code}: its typed deadline was not taken")


def _account_shown(found: Found, store: Store, chat: Chat) -> None:
    """Count what was repeated and what was said of outages; no message went back in its case."""
    for message in sent_in(chat):
        found.counts["marked repeats"] += _is_marked(message)
        found.counts["outage notices"] += WITHOUT_US in _text(message)
        shown = [*_versions_shown(store, message)]
        if any(later < sooner for (sooner, _), (later, _) in pairwise(shown)):
            said = ", ".join(f"{version} at {_clock(date)}" for version, date in shown)
            found.disordered.append(f"message {message.id} of {chat.id} went back: {said}")


def _versions_shown(store: Store, message: Message) -> Iterable[tuple[int, int]]:
    """Return the versions of the case that a message has shown, in order, and since when."""
    code = None
    for version in message.versions:
        markup = version.reply_markup or {}
        data = [
            button["callback_data"]
            for row in markup.get("inline_keyboard", [])
            for button in row
            if "callback_data" in button
        ]
        minted = store.buttons.find(data[0].partition(":")[0]) if data else None
        if minted and minted.code and code in (None, minted.code):
            code = minted.code
            yield minted.version, version.date


def _account_budgets(found: Found, server: BotApi) -> None:
    for chat in server.world.chats:
        busiest = server.quota.busiest_minute(chat) if chat < 0 else 0
        found.busiest = max(found.busiest, busiest)
        if busiest > MOST_A_MINUTE or any(each.chat_id == chat for each in server.quota.refused):
            found.over_budget.append(f"group {chat}: {busiest} in a minute")


def _clock(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}"


def _text(message: Message) -> str:
    return message.versions[0].text


def _is_marked(message: Message) -> bool:
    return _text(message).startswith(REPEAT)
