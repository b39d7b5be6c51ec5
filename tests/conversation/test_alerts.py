"""A rise or a changed decision sounds an alert in the same turn, once, and says why."""

from dataclasses import replace
from itertools import chain

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Answered, Edited, Ticked
from bot.conversation.machine import FlowMachine
from bot.conversation.move import Advanced
from bot.conversation.replies import (
    Alert,
    Ask,
    AskBack,
    Changed,
    Confirm,
    RenewAlert,
    ShowAnswers,
    ShowCard,
    ShowMore,
    ShowSections,
)
from bot.conversation.standing import Standing
from bot.flows.triage import FLOW
from bot.logic.assessment import RULESET_VERSION
from bot.logic.urgency import LEVELS, POLICIES
from bot.screens.alert import MOST_LINES, MOST_LINES_OVER_TICKS, draw_alert
from bot.screens.clocks import cauda_equina_line
from bot.screens.do_now import say_steroid_now
from bot.screens.draw import draw
from bot.screens.drawn_lines import screen_lines
from bot.screens.screen import Screen
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.records import Told, Value
from tests.conftest import NOON, stored_case
from tests.conversation.random_conversations import Turned, conversation
from tests.dialogue import WITHOUT_SYMPTOMS, answered

FOUR: dict[str, Value] = {
    "infection_signs": False, "renal": "normal", "cancer": "known", "blood_thinners": [],
}  # fmt: skip
ALERTS = Alert | RenewAlert
VIEWS = (Ask, AskBack, Confirm, ShowAnswers, ShowCard, ShowMore, ShowSections)
CONVERSATIONS = 80  # a policy
FEW = 10
CALL = "bleep 4321"


def drawn(engine: Engine, turn: Advanced) -> list[Screen]:
    return draw(turn.replies, View(turn.case, turn.standing, FLOW, NOON, engine.zone, CALL))


def alerts(engine: Engine, turn: Advanced) -> list[Screen]:
    return [screen for screen in drawn(engine, turn) if screen.alert]


def seen(standing: Standing) -> Told:
    """Return what a reader sees of urgency and steroid, worked out from the answers."""
    result = standing.assessment
    asked = all(getattr(result.case, field) is not None for field in result.steroid.ask)
    waits = result.steroid.decision == "give_now" and not asked
    steroid = "dose_waits" if waits else result.steroid.decision
    return Told(result.urgency.level, result.urgency.hours, steroid)


def rose(then: Told, now: Told) -> bool:
    shorter = then.hours is not None and now.hours is not None and now.hours < then.hours
    return LEVELS.index(now.level) > LEVELS.index(then.level) or shorter


def clock_moved(turned: Turned) -> bool:
    """Return whether it was suspected earlier than was known, and a deadline moved with that."""
    before, after = turned.case.latest, turned.turn.case.latest
    then, now = turned.before.assessment, turned.turn.standing.assessment
    if before.get("suspected_at") == after.get("suspected_at"):
        return False
    dues = ((then.due, now.due), (then.treatment_due, now.treatment_due))
    return any(old and new and new < old for old, new in dues)


def cauda_equina_added(turned: Turned) -> bool:
    """Return whether a limit of 4 h came to a case, otherwise than by its very first ticks."""
    then, now = turned.before.assessment, turned.turn.standing.assessment
    awaited = [
        "U11" in each.urgency.rules and each.case.mri != "done" and not each.found.read
        for each in (then, now)
    ]
    first_ticks = isinstance(turned.event, Ticked) and not turned.case.adding
    return awaited == [False, True] and not (
        first_ticks and [*turned.case.latest] == ["cord_signs"]
    )


class Reader:
    """Someone who reads every alert and every urgency line, and knows what each turn is to say."""

    def __init__(self) -> None:
        self.told: Told | None = None

    def news(self, turned: Turned) -> set[str]:
        """Name what a turn has to say with sound."""
        before, after, told = turned.before, turned.turn.standing, self.told
        now = seen(after)
        if after.settled:
            self.told = now
        elif told and before.settled:
            self.told = replace(told, steroid=now.steroid)
        other = self._other_rules(turned, told)
        then = seen(before) if other and before.settled else told
        found = {"other rules"} if other else set[str]()
        if after.settled and not before.settled and now.level in ("urgent", "emergency"):
            found.add("pressing")
        if then and after.settled and rose(then, now):
            found.add("risen")
        if turned.before.settled and after.settled and clock_moved(turned):
            found.add("sooner")
        if then and (before.settled or after.settled) and then.steroid != now.steroid:
            found.add("steroid")
        if other and told and told.steroid != now.steroid:
            found.add("steroid")
        if before.settled and after.settled and cauda_equina_added(turned):
            found.add("cauda equina")
        return found

    @staticmethod
    def _other_rules(turned: Turned, told: Told | None) -> bool:
        """Return whether newer rules or another policy made something else of the case."""
        older = turned.case.ruleset != RULESET_VERSION
        if not turned.before.settled:
            return False
        if turned.case.told is None:
            return older
        policy = turned.case.policy != turned.before.assessment.policy
        return (older or policy) and told != seen(turned.before)


@pytest.fixture(scope="module", params=[FEW, pytest.param(CONVERSATIONS, marks=pytest.mark.slow)])
def conversations(machine: FlowMachine, request: pytest.FixtureRequest) -> list[list[Turned]]:
    seeded = enumerate(POLICIES * request.param)
    return [[*conversation(machine, policy, seed, CALL)] for seed, policy in seeded]


@pytest.mark.slow
@pytest.mark.parametrize("conversations", [CONVERSATIONS], indirect=True)
def test_news_sounds_once_in_the_same_turn_and_nothing_else_sounds(
    conversations: list[list[Turned]],
) -> None:
    rises, decisions = 0, 0
    for turns in conversations:
        reader = Reader()
        for turned in turns:
            news = reader.news(turned)
            said = [show for show in turned.turn.replies if isinstance(show, Alert)]
            sounding = [screen for screen in turned.screens if screen.alert]
            assert len(said) == len(sounding) == bool(news), (turned.event, turned.turn.replies)
            assert len([show for show in turned.turn.replies if isinstance(show, ALERTS)]) <= 1
            if "cauda equina" in news:
                clock = [cauda_equina_line(turned.view, brief=brief) for brief in (True, False)]
                assert any(line in sounding[0].plain() for line in clock)
            if "steroid" in news:
                assert say_steroid_now(turned.view) in sounding[0].plain()
            rises += news == {"risen"}
            decisions += news == {"steroid"}
    assert min(rises, decisions) > 15


def test_a_turn_shows_one_view_and_all_of_a_case_begins_with_its_urgency(
    conversations: list[list[Turned]],
) -> None:
    for turned in chain.from_iterable(conversations):
        views = [show for show in turned.turn.replies if isinstance(show, VIEWS)]
        assert len(views) == bool(turned.turn.replies), (turned.event, turned.turn.replies)
        head = urgency_line(turned.view)
        settled = turned.turn.standing.settled and turned.turn.case.status != "closed"
        assert bool(head) == settled
        for screen in turned.screens:
            assert screen.head == head or (screen.kind == "notice" and not screen.rows)


def test_an_alert_is_short_and_shorter_over_ticks(conversations: list[list[Turned]]) -> None:
    """Whom to call stays where it takes a line more: over ticks, and where nothing was kept."""
    for turned in chain.from_iterable(conversations):
        for show in (each for each in turned.turn.replies if isinstance(each, ALERTS)):
            (screen,) = (each for each in turned.screens if each.kind == "alert")
            changed = show.changed if isinstance(show, Alert) else None
            unkept = changed is not None and changed.before is None
            over_ticks = show.ticking and say_steroid_now(turned.view) in screen.plain()
            most = MOST_LINES_OVER_TICKS if show.ticking else MOST_LINES
            assert screen_lines(screen) <= most + (unkept or over_ticks), screen.plain()
            assert not (show.ticking and screen.rows)
            assert len(screen.rows) <= 2


def test_the_dose_first_stands_once_what_decides_it_was_asked(engine: Engine) -> None:
    two: dict[str, Value] = {"infection_signs": False, "renal": "normal"}
    case = answered(engine, stored_case(), cord_signs=["gait"], **two).case
    assert engine.stand(case, NOON).told.steroid == "dose_waits"
    stands = answered(engine, case, cancer="known")
    (alert,) = (show for show in stands.replies if isinstance(show, Alert))
    assert alert == Alert(Changed(Told("emergency", 12, "dose_waits"), ("cancer",)))
    (screen,) = alerts(engine, stands)
    said = screen.plain()
    assert "Every question that decides it has been asked. Dexamethasone: 16 mg now" in said
    assert "Changed: Cancer: Known." in said


def test_not_known_lets_the_dose_stand_too(engine: Engine) -> None:
    unknown: dict[str, Value] = dict.fromkeys(("infection_signs", "renal", "cancer"), "unknown")
    stands = answered(engine, stored_case(), cord_signs=["gait"], **unknown)
    assert alerts(engine, stands)
    assert stands.standing.told.steroid == "give_now"


def test_a_dose_that_is_taken_back_says_so_and_why(engine: Engine) -> None:
    case = answered(engine, stored_case(), cord_signs=["gait"], **FOUR).case
    case = engine.advance(case, Edited("infection_signs"), "ann", NOON).case
    turn = engine.advance(case, Answered("infection_signs", True), "ann", NOON)
    (screen,) = alerts(engine, turn)
    assert "Dexamethasone: not yet, abscess first" in screen.plain()
    assert "Say if a dose was given." in screen.plain()


def test_an_urgency_that_rises_says_from_what_and_why(engine: Engine) -> None:
    pain: dict[str, Value] = {**WITHOUT_SYMPTOMS, "back_pain": True}
    case = answered(engine, stored_case(), **pain, renal="normal").case
    case = engine.advance(case, Edited("radicular_pain"), "ann", NOON).case
    turn = engine.advance(case, Answered("radicular_pain", "unilateral"), "ann", NOON)
    (screen,) = alerts(engine, turn)
    head, changed, *_ = screen.plain().split("\n")
    assert head == "SOON · MRI by Sun 29 Nov 12:00 (in 7 d) · KES-42"
    assert changed == "Changed: Root pain: One side. Before: ROUTINE, MRI within 2 weeks."


def test_a_shorter_limit_sounds_at_the_same_level(engine: Engine) -> None:
    stable: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_deficit": "unilateral_stable"}
    case = answered(engine, stored_case(), **stable, renal="normal").case
    case = engine.advance(case, Edited("radicular_deficit"), "ann", NOON).case
    turn = engine.advance(
        case, Answered("radicular_deficit", "unilateral_progressive"), "ann", NOON
    )
    (screen,) = alerts(engine, turn)
    head, changed, *_ = screen.plain().split("\n")
    assert head == "URGENT (provisional) · MRI by Mon 12:00 (in 24 h) · KES-42"
    assert changed.endswith("Before: MRI within 48 h.")


def test_at_the_same_level_a_change_names_the_limit_alone(engine: Engine) -> None:
    images: dict[str, Value] = {"mri": "done", "lesions_seen": "none"}
    case = answered(engine, stored_case(), cord_signs=["gait"], **FOUR, **images).case
    turn = Advanced(case, (), engine.stand(case, NOON))
    before = replace(turn.standing.told, hours=12)
    (screen,) = drawn(engine, replace(turn, replies=(Alert(Changed(before)),)))
    head, changed, *_ = screen.plain().split("\n")
    assert head.startswith("EMERGENCY · Treat by ") or "images read" in head
    assert changed.endswith("Before: MRI within 12 h.")


def test_what_stands_beside_the_decision_goes_first_where_there_is_no_room(engine: Engine) -> None:
    case = answered(engine, stored_case(), cord_signs=["gait"], **FOUR).case
    case = engine.advance(case, Edited("infection_signs"), "ann", NOON).case
    turn = engine.advance(case, Answered("infection_signs", True), "ann", NOON)
    (show,) = (each for each in turn.replies if isinstance(each, Alert))
    view = View(turn.case, turn.standing, FLOW, NOON, engine.zone, "bleep")
    for call in ("bleep 4321", "Spinal coordinator, 020 7946 0000", ""):
        said = draw_alert(replace(view, call=call), show.changed).plain()
        assert say_steroid_now(view) in said
        assert f"Call: {call or 'no number set here'}" in said
        assert "Say if a dose was given" in said


def test_a_fall_of_the_urgency_alone_makes_no_sound(engine: Engine) -> None:
    pain: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_pain": "unilateral"}
    case = answered(engine, stored_case(), **pain, renal="normal").case
    case = engine.advance(case, Edited("radicular_pain"), "ann", NOON).case
    turn = engine.advance(case, Answered("radicular_pain", "none"), "ann", NOON)
    assert turn.standing.told.level == "no_mri"
    assert alerts(engine, turn) == []
