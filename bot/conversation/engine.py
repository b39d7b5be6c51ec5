"""advance(): what one event does to a case. Pure: no clock, no storage, no words."""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from bot.conversation.changes import (
    became_emergency,
    before_images,
    is_news,
    moved,
    new_doubts,
    steroid_changed,
)
from bot.conversation.chosen_sections import chosen_sections
from bot.conversation.events import (
    AfterAnswer,
    Answered,
    AskedForCard,
    AskedForPlan,
    AskedWhatItMeans,
    BroughtIn,
    Closed,
    Corrected,
    Done,
    Edited,
    Event,
    Looked,
    NewSigns,
    Opened,
    Outdated,
    Picked,
    Scanned,
    Suggested,
    Ticked,
    Typed,
    WentBack,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.memory import Memory
from bot.conversation.replies import (
    Advanced,
    Ask,
    AskBack,
    Confirm,
    Define,
    Notice,
    Reply,
    ShowAnswers,
    ShowCard,
    ShowSections,
)
from bot.conversation.standing import WAITS_FOR, Standing
from bot.conversation.time_line import CORD_SIGNS, correct, follow, note, start_clock, still_there
from bot.conversation.typed_twice import is_retyped, without_yes
from bot.flows import triage
from bot.flows.grammar import UNKNOWN, Moment, Number, Question, Value
from bot.flows.typed import Clock, NotAnAnswer, allowed, read_typed, small_number
from bot.flows.wording import words_of
from bot.guidance.sections import MEANWHILE, sections_of
from bot.guidance.spoken_times import say_moment
from bot.logic.assessment import RULESET_VERSION
from bot.logic.urgency import Policy
from state.records import StoredCase

NOTHING_ASKED: Final = Notice("nothing_asked")
AT_ANY_TIME: Final = (triage.SUSPECTED_AT, triage.MRI)


class Engine:
    """The triage flow under one policy and time zone."""

    def __init__(self, machine: FlowMachine, policy: Policy, zone: tzinfo) -> None:
        self.machine = machine
        self.policy: Policy = policy
        self.zone = zone
        self._memory = Memory(machine, policy, zone)

    def forgetful(self) -> "Engine":
        """Give one like this that remembers no case, for a walk through many."""
        return Engine(self.machine, self.policy, self.zone)

    def stand(self, case: StoredCase, now: datetime) -> Standing:
        """Replay a case: where it stands and what the rules say at `now`."""
        seen = self._memory.see(case, now)
        trail, back = seen.trail, case.revisiting
        revisited = back is not None and (back in trail.keys or back == triage.SUSPECTED_AT)
        return Standing(
            trail=trail,
            key=back if back and revisited else trail.key,
            assessment=seen.assessment,
            settled=seen.settled,
        )

    def here(self, case: StoredCase, now: datetime) -> tuple[Reply, ...]:
        """Show where a case stands."""
        return self._here(self.stand(case, now))

    def advance(self, case: StoredCase, event: Event, who: str, now: datetime) -> Advanced:
        """Apply one event to a case."""
        case, changed = self._renew(case)
        turn = self._apply(case, event, who, now)
        after = turn.case
        if len(after.answers) > len(case.answers) and not isinstance(event, Corrected):
            turn = self._follow(case, turn, who, now)
            after = turn.case
        position = self._memory.see(after, now).trail.key
        status = after.status
        if status != "closed":
            status = "waiting" if position in WAITS_FOR else "open"
        adding = after.adding and after.revisiting == CORD_SIGNS
        kept = replace(after, position=position, status=status, touched_at=now, adding=adding)
        return Advanced(kept, (*changed, *turn.replies))

    def _follow(self, case: StoredCase, turn: Advanced, who: str, now: datetime) -> Advanced:
        """Put into the time line what an answer means for it; ask back what takes signs away."""
        standings = self.stand(case, now), self.stand(turn.case, now)
        followed = follow(case, turn.case, *standings, who, now)
        if followed is None:
            return Advanced(case, (AskBack(turn.case.latest[CORD_SIGNS]),))
        after, replies = followed
        return Advanced(after, (*replies, *turn.replies))

    def _renew(self, case: StoredCase) -> tuple[StoredCase, tuple[Reply, ...]]:
        """Take a case over from an older flow: keep what fits, name what is asked again."""
        flow = self.machine.flow
        if case.fingerprint == flow.fingerprint:
            return case, ()
        unknown = tuple(key for key in case.latest if flow.question(key) is None)
        misfits = (*self.machine.replay(case.latest, self.policy).misfits, *unknown)
        renewed = replace(case, fingerprint=flow.fingerprint, ruleset=RULESET_VERSION)
        return renewed, (Notice("flow_changed", keys=misfits),)

    def _apply(self, case: StoredCase, event: Event, who: str, now: datetime) -> Advanced:
        standing = self.stand(case, now)
        match event:
            case Opened():
                return Advanced(case, (Ask(standing.key),))
            case Looked():
                return self._look(case, now)
            case Outdated():
                return Advanced(case, (Notice("old_button"), *self._here(standing)))
            case Answered(key, value):
                return self._answer(case, standing, key, value, who, now)
            case BroughtIn():
                return self._bring_in(case, standing, event, who, now)
            case Typed(text):
                return self._typed(case, standing, text, who, now)
            case Suggested(text):
                return self._suggested(case, standing, text, who, now)
            case Picked(key, text):
                return self._picked(case, standing, key, text, who, now)
            case Ticked(key, option):
                return self._ticked(case, standing, key, option, who, now)
            case Done(key):
                value = case.latest.get(key, UNKNOWN)
                return self._answer(case, standing, key, value, who, now)
            case WentBack():
                return self._back(case, standing, now)
            case Edited(which):
                return self._edit(case, standing, which, now)
            case AskedForCard() | AskedForPlan() | AskedWhatItMeans():
                return Advanced(case, self._asked_for(event, standing))
            case Scanned() | NewSigns() | Corrected() | Closed():
                return self._after_answer(case, standing, event, who, now)

    def _after_answer(
        self, case: StoredCase, standing: Standing, event: AfterAnswer, who: str, now: datetime
    ) -> Advanced:
        """Apply what follows the answer of a case."""
        match event:
            case Scanned():
                noted = note(case, "mri_done", "", who, now)
                turn = self._answer(noted, standing, triage.MRI, "done", who, now)
                first = before_images(self.stand(turn.case, now))
                return replace(turn, replies=(*first, *turn.replies))
            case NewSigns():
                again = replace(case, revisiting=CORD_SIGNS, adding=CORD_SIGNS in case.latest)
                return Advanced(again, (Notice("new_signs"), Ask(CORD_SIGNS)))
            case Corrected(text):
                stated = replace(case, adding=False)
                turn = self._picked(stated, standing, CORD_SIGNS, text, who, now)
                kept = case if turn.case is stated else correct(case, turn.case, who, now)
                return replace(turn, case=kept)
            case Closed(outcome):
                noted = replace(note(case, "closed", outcome, who, now), status="closed")
                card = (ShowCard(),) if standing.settled else ()
                return Advanced(noted, (Notice("closed"), *card))

    def _asked_for(
        self, event: AskedForCard | AskedForPlan | AskedWhatItMeans, standing: Standing
    ) -> tuple[Reply, ...]:
        match event:
            case AskedForCard():
                return (ShowCard(), *self._here(standing))
            case AskedForPlan(which):
                return (chosen_sections(which, standing),)
        key = standing.asked
        return (Define(key), Ask(key)) if key != triage.PLAN else (NOTHING_ASKED,)

    def _look(self, case: StoredCase, now: datetime) -> Advanced:
        opened = replace(case, status="open")
        here = self._here(self.stand(opened, now), card=True)
        return Advanced(opened, (Notice("going_on", say_moment(case.begun_at, self.zone)), *here))

    def _typed(
        self, case: StoredCase, standing: Standing, text: str, who: str, now: datetime
    ) -> Advanced:
        if standing.key == triage.PLAN:
            return Advanced(case, (chosen_sections(text, standing),))
        meant_for_the_plan = standing.key in WAITS_FOR and small_number(text.strip())
        if meant_for_the_plan or self._is_retyped(case, standing, text, now):
            return self._suggested(case, standing, text, who, now)
        return self._picked(case, standing, standing.asked, without_yes(text), who, now)

    def _picked(
        self, case: StoredCase, standing: Standing, key: str, text: str, who: str, now: datetime
    ) -> Advanced:
        try:
            value = self._read(case, key, text, now)
        except NotAnAnswer as error:
            return Advanced(case, (Notice("not_an_answer", str(error)), Ask(key)))
        return self._answer(case, standing, key, value, who, now)

    def _suggested(
        self, case: StoredCase, standing: Standing, text: str, who: str, now: datetime
    ) -> Advanced:
        key = standing.asked
        if key == triage.PLAN:
            return Advanced(case, (NOTHING_ASKED, ShowSections()))
        asked = isinstance(self._question(key), Number | Moment)
        if asked and not self._is_retyped(case, standing, text, now):
            return self._picked(case, standing, key, text, who, now)
        try:
            return Advanced(case, (Confirm(key, self._read(case, key, text, now)),))
        except NotAnAnswer as error:
            return Advanced(case, (Notice("not_an_answer", str(error)), Ask(key)))

    def _ticked(
        self, case: StoredCase, before: Standing, key: str, option: str, who: str, now: datetime
    ) -> Advanced:
        question = self._question(key)
        if key != before.asked or not question.accepts([option]):
            return Advanced(case, (Notice("old_question"), *self._here(before)))
        ticks = case.latest.get(key)
        ticked = [*ticks] if isinstance(ticks, list) else []
        toggled = [each for each in ticked if each != option] + [option] * (option not in ticked)
        value: Value = toggled or UNKNOWN
        answered = start_clock(case, now).with_answer(key, value, who, now)
        after = self.stand(answered, now)
        card = (ShowCard(became_emergency(before, after)),) if is_news(before, after) else ()
        return Advanced(replace(answered, revisiting=key), (*card, Ask(key)))

    def _read(self, case: StoredCase, key: str, text: str, now: datetime) -> Value:
        question = self._question(key)
        words = words_of(self.machine.flow, question.id)
        return read_typed(text, question, words, Clock(now, self.zone, case.begun_at))

    def _is_retyped(self, case: StoredCase, standing: Standing, text: str, now: datetime) -> bool:
        clock = Clock(now, self.zone, case.begun_at)
        return is_retyped(case, self.machine.flow, standing.asked, text, clock)

    def _answer(
        self, case: StoredCase, before: Standing, key: str, value: Value, who: str, now: datetime
    ) -> Advanced:
        if key not in (before.asked, *AT_ANY_TIME):
            return Advanced(case, (Notice("old_question"), *self._here(before)))
        question = self._question(key)
        if not question.accepts(value):
            words = words_of(self.machine.flow, question.id)
            return Advanced(case, (Notice("not_an_answer", allowed(question, words)), Ask(key)))
        case = start_clock(case, now)
        if case.adding and key == CORD_SIGNS and isinstance(value, list) and value:
            value = still_there(case.latest[CORD_SIGNS], value)
        answered = replace(case.with_answer(key, value, who, now), revisiting=None, status="open")
        after = self.stand(answered, now)
        noted = (Notice("noted", keys=(key,)),) if isinstance(question, Number | Moment) else ()
        return Advanced(answered, (*noted, *self._changes(before, after, (key,), case)))

    def _bring_in(
        self, case: StoredCase, before: Standing, brought: BroughtIn, who: str, now: datetime
    ) -> Advanced:
        """Take several answers at once; none where the flow would not take one of them."""
        case = answered = start_clock(case, now)
        keys = tuple(key for key, _ in brought.answers)
        for key, value in brought.answers:
            if self._question(key).accepts(value):
                answered = answered.with_answer(key, value, who, now)
        answered = replace(answered, revisiting=None, status="open")
        after = self.stand(answered, now)
        if not set(keys) <= set(after.trail.keys):
            return Advanced(case, (Notice("old_question"), *self._here(before)))
        noted = Notice("noted", keys=keys)
        return Advanced(answered, (noted, *self._changes(before, after, keys, case)))

    def _changes(
        self, before: Standing, after: Standing, given: tuple[str, ...], case: StoredCase
    ) -> tuple[Reply, ...]:
        said = (*steroid_changed(before, after), *new_doubts(before, after))
        return (*said, *moved(before, after, given, case), *self._news(before, after))

    def _back(self, case: StoredCase, standing: Standing, now: datetime) -> Advanced:
        keys = standing.trail.keys
        place = keys.index(standing.key) if standing.key in keys else standing.trail.before
        if standing.key == triage.SUSPECTED_AT:
            back = replace(case, revisiting=None)
            return Advanced(back, self._here(self.stand(back, now)))
        if place == 0:
            return Advanced(case, (Notice("first_question"), Ask(standing.key)))
        return Advanced(replace(case, revisiting=keys[place - 1]), (Ask(keys[place - 1]),))

    def _edit(self, case: StoredCase, standing: Standing, which: str, now: datetime) -> Advanced:
        keys = standing.trail.keys
        if not which:
            return Advanced(case, (ShowAnswers(),))
        number = small_number(which)
        key = keys[number - 1] if number and number <= len(keys) else which
        if key not in keys and key != triage.SUSPECTED_AT:
            detail = (
                f"allowed: a number from 1 to {len(keys)}" if keys else "nothing is answered yet"
            )
            return Advanced(case, (Notice("not_an_answer", detail), *self._here(standing)))
        return Advanced(replace(case, revisiting=key, adding=False), (Ask(key),))

    def _news(self, before: Standing, after: Standing) -> tuple[Reply, ...]:
        gone = (Notice("no_longer"),) if before.settled and not after.settled else ()
        card = is_news(before, after) or after.trail.ended
        return (*gone, *self._here(after, card=card, urgent=became_emergency(before, after)))

    def _here(
        self, standing: Standing, *, card: bool = False, urgent: bool = False
    ) -> tuple[Reply, ...]:
        replies: list[Reply] = []
        if standing.settled and card:
            replies.append(ShowCard(urgent))
        if standing.key == triage.PLAN:
            replies.append(ShowSections())
        elif standing.key in WAITS_FOR:
            meanwhile = tuple(n for n in MEANWHILE if n in sections_of(standing.assessment))
            replies = [ShowSections(meanwhile), *replies] if meanwhile and card else replies
            replies += [Notice(standing.key), Ask(standing.asked)]
        else:
            replies.append(Ask(standing.key))
        return tuple(replies)

    def _question(self, key: str) -> Question:
        question = self.machine.flow.question(key)
        if question is None:
            raise KeyError(f"{key}: the flow has no such question")
        return question
