"""Accounts for what was sent twice, or to the wrong person: reminders, and marked repeats."""

from collections import Counter, defaultdict
from itertools import pairwise

from state.groups import is_group
from tests.botapi import Message
from tests.faults.steps import REPEAT
from tests.night.crowd import CODE
from tests.night.reminded import LATEST, REMINDER
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch

LONGEST_REPEAT = 600.0  # seconds of the clock, after a kill
SOONEST_AGAIN = 1_500.0  # a reminder that is put off comes after half an hour


def account(counts: Counter[str], ward: Ward, watch: Watch, program: Program) -> None:
    """Check every message of the bot."""
    for chat in ward.server.world.chats.values():
        sent = defaultdict[str, list[Message]](list)
        for message in chat.messages.values():
            said = message.versions[0].text
            if not message.sender.is_bot:
                continue
            if said.startswith(REPEAT):
                counts["marked (repeat)"] += 1
                _account_repeat(watch, program, message)
            if REMINDER in said and CODE.search(said):
                counts["reminders sent"] += 1
                counts["reminders repeated, and marked so"] += said.startswith(REPEAT)
                _account_owner(ward, watch, program, message)
                if not said.startswith(REPEAT):
                    sent[said].append(message)
        for said, messages in sent.items():
            _account_twice(watch, said, messages)


def _account_repeat(watch: Watch, program: Program, message: Message) -> None:
    """Check that a marked repeat comes after a kill."""
    killed = (kill for kill in program.kills if 0 <= message.date - kill + 1 <= LONGEST_REPEAT)
    if not any(killed):
        said = message.versions[0].text
        watch.tell(_code(said), f"a repeat without a kill: {said[:80]!r}", message.date)


def _account_owner(ward: Ward, watch: Watch, program: Program, message: Message) -> None:
    """Check that nobody is reminded in private of a case that is not theirs."""
    who, code = str(message.chat.id), _code(message.versions[0].text)
    since = message.date - LATEST - program.seconds_down(message.date - LATEST, message.date)
    if not is_group(who) and who not in watch.cases[code].owners_in(since, message.date):
        watch.tell(code, f"{ward.name_of(who)}, who does not own it, was reminded", message.date)


def _account_twice(watch: Watch, said: str, messages: list[Message]) -> None:
    """Check that the same was not said twice, unmarked, before it could be put off."""
    for first, second in pairwise(messages):
        if second.date - first.date < SOONEST_AGAIN:
            watch.tell(_code(said), f"reminded twice, unmarked: {said[:120]!r}", second.date)


def _code(said: str) -> str:
    found = CODE.search(said)
    return found[0] if found else ""
