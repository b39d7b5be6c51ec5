"""advance(): what one event does to a case. Pure: no clock, no storage, no words."""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from bot.conversation.alarm import ALARMED, alarm
from bot.conversation.answering import answer, bring_in, finish, pick, take_line, tick
from bot.conversation.events import (
    Answered,
    Answering,
    BroughtIn,
    Corrected,
    Done,
    Event,
    Looking,
    Noting,
    Picked,
    ReadFromLine,
    Replied,
    Suggested,
    TakenOver,
    Ticked,
    Typed,
    Undone,
)
from bot.conversation.looking import look
from bot.conversation.machine import FlowMachine
from bot.conversation.move import Advanced, Move, here
from bot.conversation.noting import follow, note_down
from bot.conversation.replies import Alert, Changed, Notice, RenewAlert, Reply
from bot.conversation.replying import take_reply
from bot.conversation.said_at import apart, is_overtaken
from bot.conversation.standing import Standing, Standings
from bot.conversation.taking_over import assessed_anew, renewed, told
from bot.conversation.time_line import start_clock
from bot.conversation.typed_lines import suggest, take_typed
from bot.conversation.undoing import take_back
from bot.logic.assessment import RULESET_VERSION
from bot.logic.urgency import Policy
from state.groups import is_group
from state.records import Status, StoredCase


class Engine:
    """One flow under one policy and time zone."""

    ruleset: Final = RULESET_VERSION

    def __init__(self, machine: FlowMachine, policy: Policy, zone: tzinfo) -> None:
        self.machine = machine
        self.policy: Policy = policy
        self.zone = zone
        self._standings = Standings(machine, policy, zone)

    def forgetful(self) -> "Engine":
        """Return a copy that remembers no case, for going through many cases."""
        return Engine(self.machine, self.policy, self.zone)

    def stand(self, case: StoredCase, now: datetime) -> Standing:
        """Return where a case stands, and what the rules say of it at `now`."""
        return self._standings.of(case, now)

    def here(self, case: StoredCase, now: datetime) -> tuple[Reply, ...]:
        """Show where a case stands."""
        return here(self.stand(case, now))

    def new_case(self, code: str, chat: str, owner: str, begun_at: datetime) -> StoredCase:
        """Return a case without answers, started at `begun_at`."""
        flow = self.machine.flow
        return StoredCase(
            code=code,
            chat=chat,
            owner=owner,
            status="open",
            begun_at=begun_at,
            flow=flow.id,
            fingerprint=flow.fingerprint,
            ruleset=RULESET_VERSION,
            touched_at=begun_at,
            policy=self.policy,
        )

    def advance(
        self,
        case: StoredCase,
        event: Event,
        who: str,
        now: datetime,
        said: datetime | None = None,
    ) -> Advanced:
        """Apply one event to a case. Nothing else changes a case.

        `said` is when the person acted; None if that is `now`.
        """
        at = apart(said, case) if said else now
        begins = event.read_at if isinstance(event, ReadFromLine) else at
        case = case if isinstance(event, TakenOver) else start_clock(case, begins)
        before = self.stand(case, now)
        anew = assessed_anew(case, before, self.policy)
        if isinstance(event, TakenOver) and not anew:
            kept = replace(
                case, ruleset=RULESET_VERSION, policy=self.policy, told=told(case, before, before)
            )
            return Advanced(kept, (), before)
        case, renewal = renewed(case, before, self.machine.flow)
        overtaken = said is not None and is_overtaken(case, said, now)
        move = Move(case, before, who, now, self._standings, at, overtaken)
        advanced = _apply(move, event)
        answered = len(advanced.case.answers) > len(case.answers)
        if answered and not isinstance(event, Corrected | Undone):
            advanced = follow(move, advanced)
        trail = advanced.standing.trail
        still_open: Status = "waiting" if trail.waits_for else "open"
        led_to_signs = advanced.case.revisiting == self.machine.flow.landmarks.cord_signs
        after = _raise_alarm(move, advanced)
        kept = replace(
            after,
            ruleset=RULESET_VERSION,
            policy=self.policy,
            told=told(after, before, advanced.standing),
            position=trail.key,
            status="closed" if after.status == "closed" else still_open,
            adding=after.adding and led_to_signs,
            touched_at=now,
        )
        replies = (*renewal, *advanced.replies)
        return Advanced(kept, _once(anew, replies) if anew else replies, advanced.standing)


def _raise_alarm(move: Move, advanced: Advanced) -> StoredCase:
    """Note that an emergency that has newly arisen calls the group of its case."""
    case = advanced.case
    calls = any(isinstance(each, Alert) for each in advanced.replies)
    if not (is_group(case.chat) and calls and advanced.standing.emergency):
        return case
    if alarm(case) and move.before.emergency:
        return case
    return case.with_entry(move.entry(ALARMED))


def _apply(move: Move, event: Event) -> Advanced:
    if isinstance(event, Noting):
        return note_down(move, event)
    if isinstance(event, Undone):
        return take_back(move, event)
    if isinstance(event, TakenOver):
        return move.stay(*here(move.before))
    if isinstance(event, Looking):
        return look(move, event)
    return _take_answer(move, event)


def _once(anew: Changed, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Put what new rules changed into the alert of the event, or in front of its replies."""
    change, ticking = anew, False
    for reply in replies:
        if isinstance(reply, Alert):
            told = reply.changed or anew
            change = replace(anew, keys=told.keys, cauda_equina=told.cauda_equina)
            ticking = reply.ticking
    others = (reply for reply in replies if not isinstance(reply, Alert | RenewAlert))
    newer = (Notice("newer_rules", anew.ruleset),) if anew.ruleset else ()
    other = (Notice("other_policy", anew.policy),) if anew.policy else ()
    return (Alert(change, ticking), *newer, *other, *others)


def _take_answer(move: Move, event: Answering) -> Advanced:
    match event:
        case Answered(key, value):
            return answer(move, key, value)
        case BroughtIn(answers):
            return bring_in(move, answers)
        case ReadFromLine(answers):
            return take_line(move, answers)
        case Typed(text, elsewhere):
            return take_typed(move, text, elsewhere=elsewhere)
        case Suggested(text, elsewhere):
            return suggest(move, text, elsewhere=elsewhere)
        case Picked(key, text):
            return pick(move, key, text)
        case Ticked(key, option, on):
            return tick(move, key, option, on=on)
        case Replied():
            return take_reply(move, event)
        case Done(key):
            return finish(move, key)
