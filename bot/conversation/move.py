"""A move: one event applied to one case, with what its handlers receive and return."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation.replies import Ask, Notice, Reply, ShowCard
from bot.conversation.said_at import has_waited
from bot.conversation.standing import Standing, Standings
from bot.flows.grammar import Flow, Question, Value
from bot.flows.typed import Clock, read_typed
from bot.flows.wording import QuestionWords, words_of
from state.records import Answer, Entry, StoredCase


@dataclass(frozen=True, slots=True)
class Advanced:
    """A case after an event, what to show, in order, and where the case now stands."""

    case: StoredCase
    replies: tuple[Reply, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Move:
    """A case when an event reaches it: where it stood before, and who acts.

    `at` is when the person acted, and what is recorded; `now` is the present. With `overtaken` the
    case has gone on in between.
    """

    case: StoredCase
    before: Standing
    who: str
    now: datetime
    standings: Standings
    at: datetime
    overtaken: bool = False

    @property
    def flow(self) -> Flow:
        return self.standings.machine.flow

    @property
    def clock(self) -> Clock:
        waited = has_waited(self.at, self.now)
        return Clock(self.at, self.standings.zone, self.case.begun_at, waited)

    def stay(self, *replies: Reply) -> Advanced:
        """Leave the case as it is."""
        return Advanced(self.case, replies, self.before)

    def refuse(self, notice: str, detail: str = "") -> Advanced:
        """Leave the case as it is, say why, and show where it stands."""
        return self.stay(Notice(notice, detail), *here(self.before))

    def turn_to(self, key: str, *, adding: bool = False) -> "Move":
        """Continue at another question; the answers stay. An empty key returns to the trail."""
        return self.on(replace(self.case, revisiting=key or None, adding=adding))

    def on(self, case: StoredCase) -> "Move":
        """Continue with a case that has the same answers and the same clock."""
        return replace(self, case=case, before=self.standings.led_by(case, self.before))

    def answered(self, *given: tuple[str, Value], revisiting: str | None) -> StoredCase:
        """Return the case with more answers, reopened if it was closed."""
        new = [Answer(key, value, self.who, self.at) for key, value in given]
        answers = (*self.case.answers, *new)
        return replace(self.case, answers=answers, revisiting=revisiting, status="open")

    def stand(self, case: StoredCase) -> Standing:
        """Return where the case would stand with more answers."""
        return self.standings.of(case, self.now)

    def entry(self, kind: str, detail: str = "") -> Entry:
        """Return an entry for the time line, with who acts and when."""
        return Entry(kind, detail, self.who, self.at)

    def question(self, key: str) -> Question:
        """Return a question of the flow. Raises KeyError if there is none."""
        question = self.flow.question(key)
        if question is None:
            raise KeyError(f"{key}: the flow has no such question")
        return question

    def words(self, key: str) -> QuestionWords:
        return words_of(self.flow, self.question(key).id)

    def read(self, key: str, text: str) -> Value:
        """Read what was typed for a question. Raises NotAnAnswer."""
        return read_typed(text, self.question(key), self.words(key), self.clock)


def here(standing: Standing) -> tuple[Reply, ...]:
    """Show where a case stands: its question; at an outcome its card, with what it waits for."""
    if standing.at_end:
        return (ShowCard(),)
    if standing.waits_for:
        return (Notice(standing.key), ShowCard())
    return (Ask(standing.key),)
