"""advance(): what an event does to a case, without storage."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import (
    Answered,
    AskedForCard,
    AskedForPlan,
    AskedWhatItMeans,
    Closed,
    Corrected,
    Edited,
    Event,
    Looked,
    Opened,
    Ticked,
    Typed,
    WentBack,
    WentOn,
)
from bot.conversation.replies import (
    Alert,
    Ask,
    AskBack,
    Changed,
    Define,
    Notice,
    RenewAlert,
    Reply,
    ShowAnswers,
    ShowCard,
    ShowSections,
)
from bot.flows.triage import FLOW, SUSPECTED_AT
from bot.screens.draw import draw
from bot.screens.view import View
from state.records import StoredCase, Told, Value
from tests.conftest import NOON, stored_case
from tests.dialogue import AFTER_A_SIGN, AFTER_NO_SIGN, FIRST, WITHOUT_SYMPTOMS, answered

ROOT_PAIN: dict[str, Value] = {"radicular_pain": "unilateral", "back_pain": True}


@pytest.fixture
def case() -> StoredCase:
    return stored_case()


def play(
    engine: Engine, case: StoredCase, *events: Event | str
) -> tuple[StoredCase, tuple[Reply, ...]]:
    replies: tuple[Reply, ...] = ()
    for event in events:
        turn = engine.advance(case, Typed(event) if isinstance(event, str) else event, "ann", NOON)
        case, replies = turn.case, turn.replies
    return case, replies


def notices(replies: tuple[Reply, ...]) -> list[str]:
    return [show.name for show in replies if isinstance(show, Notice)]


def test_a_new_case_asks_for_cord_signs(engine: Engine, case: StoredCase) -> None:
    assert play(engine, case, Opened())[1] == (Ask(FIRST),)


def test_one_sign_answers_an_emergency_before_the_next_question(
    engine: Engine, case: StoredCase
) -> None:
    after, replies = play(engine, case, "1")
    noted = Notice("noted", keys=("cord_signs",))
    assert replies == (noted, Alert(), Ask(AFTER_A_SIGN))
    assert after.latest == {"cord_signs": ["weakness"]}
    assert after.position == AFTER_A_SIGN


def test_not_examined_counts_as_an_emergency_and_asks_on(engine: Engine, case: StoredCase) -> None:
    _, replies = play(engine, case, "not examined")
    assert replies == (Alert(), Ask(AFTER_NO_SIGN))


def test_without_symptoms_the_urgency_comes_after_the_fourth_answer(
    engine: Engine, case: StoredCase
) -> None:
    three = answered(engine, case, cord_signs=[], radicular_deficit="none", radicular_pain="none")
    assert three.replies == (Ask("back_pain"),)
    four = answered(engine, three.case, back_pain=False)
    assert len(four.case.answers) == 4
    assert four.replies == (RenewAlert(), Ask("infection_signs"))
    assert four.standing.settled and not three.standing.settled


def test_an_alert_comes_again_only_when_its_news_changed(engine: Engine, case: StoredCase) -> None:
    case = answered(engine, case, **{**WITHOUT_SYMPTOMS, **ROOT_PAIN}).case
    unchanged = answered(engine, case, renal="normal")
    assert unchanged.replies == (Ask(unchanged.case.position),)
    infected, _ = play(engine, case, Edited("infection_signs"))
    _, changed = play(engine, infected, "yes")
    told = Changed(Told("soon", 168, "not_routine"), ("infection_signs",))
    assert changed == (Alert(told), Ask(case.position))


def test_a_wrong_line_changes_nothing_and_says_what_is_allowed(
    engine: Engine, case: StoredCase
) -> None:
    after, replies = play(engine, case, "banana")
    assert after.answers == ()
    assert notices(replies) == ["not_an_answer"]
    assert replies[-1] == Ask("cord_signs")


def test_back_asks_the_question_before_and_keeps_every_answer(
    engine: Engine, case: StoredCase
) -> None:
    case = answered(engine, case, cord_signs=[], radicular_deficit="none", **ROOT_PAIN).case
    back, replies = play(engine, case, WentBack(), WentBack())
    assert replies == (Ask("radicular_pain"),)
    assert back.latest == case.latest
    _, again = play(engine, back, "bilateral")
    assert again[-1] == Ask(case.position)


def test_back_at_the_first_question_says_so(engine: Engine, case: StoredCase) -> None:
    assert notices(play(engine, case, WentBack())[1]) == ["first_question"]


def test_an_edit_names_what_it_sets_aside_and_brings_it_back_when_undone(
    engine: Engine, case: StoredCase
) -> None:
    deficit: dict[str, Value] = {"radicular_deficit": "unilateral_progressive", "deficit_days": 3}
    case = answered(engine, case, **{**WITHOUT_SYMPTOMS, **deficit}).case
    edited, replies = play(engine, case, Edited("1"), "gait")
    assert Notice("set_aside", keys=("radicular_deficit", "deficit_days")) in replies
    undone, replies = play(engine, edited, Edited("cord_signs"), Corrected("none"))
    assert Notice("brought_back", keys=("radicular_deficit", "deficit_days")) in replies
    assert undone.latest == case.latest
    assert engine.stand(undone, NOON).assessment == engine.stand(case, NOON).assessment


def test_edit_without_a_number_lists_and_with_a_wrong_one_refuses(
    engine: Engine, case: StoredCase
) -> None:
    case, _ = play(engine, case, "none")
    assert play(engine, case, Edited())[1] == (ShowAnswers(),)
    for wrong in ("0", "2", "x", "٣", "-1"):
        assert notices(play(engine, case, Edited(wrong))[1]) == ["not_an_answer"]


def test_an_answer_to_another_question_is_refused_and_shows_the_present_one(
    engine: Engine, case: StoredCase
) -> None:
    after, replies = play(engine, case, "none", Answered("cord_signs", ["gait"]))
    assert notices(replies) == ["old_question"]
    assert replies[-1] == Ask("radicular_deficit")
    assert after.latest == {"cord_signs": []}


@pytest.mark.parametrize("value", ["weakness", ["nonsense"], True, 3, [1]])
def test_a_value_that_does_not_fit_is_refused(
    engine: Engine, case: StoredCase, value: object
) -> None:
    after, replies = play(engine, case, Answered("cord_signs", value))  # type: ignore[arg-type]
    assert notices(replies) == ["not_an_answer"]
    assert after.answers == ()


def test_suspected_earlier_moves_the_deadline_and_keeps_who_moved_it(
    engine: Engine, case: StoredCase
) -> None:
    case, _ = play(engine, case, "gait")
    moved, replies = play(engine, case, Edited(SUSPECTED_AT), "3 h before")
    alert = Alert(Changed(engine.stand(case, NOON).told, (SUSPECTED_AT,)))
    assert replies[:2] == (Notice("noted", keys=(SUSPECTED_AT,)), alert)
    assert engine.stand(moved, NOON).assessment.due == NOON + timedelta(hours=9)
    assert (moved.answers[-1].question, moved.answers[-1].who) == (SUSPECTED_AT, "ann")
    twice, _ = play(engine, moved, Edited(SUSPECTED_AT), "3 h before")
    assert engine.stand(twice, NOON).assessment.due == NOON + timedelta(hours=9)
    undone, replies = play(engine, twice, Edited(SUSPECTED_AT), "0 h before")
    assert replies[:2] == (Notice("noted", keys=(SUSPECTED_AT,)), RenewAlert())
    assert engine.stand(undone, NOON).assessment.due == NOON + timedelta(hours=12)


def test_suspicion_is_never_later_than_the_case(engine: Engine, case: StoredCase) -> None:
    answered = case.with_answer("cord_signs", ["gait"], "ann", NOON)
    later = replace(answered, begun_at=NOON - timedelta(hours=2))
    _, replies = play(engine, later, Edited(SUSPECTED_AT), "1 h ago")
    assert notices(replies) == ["not_an_answer"]


def test_a_case_waits_for_its_mri_and_goes_on_when_the_images_are_there(
    engine: Engine, case: StoredCase
) -> None:
    before = answered(engine, case, cord_signs=["gait"], up_to="mri").case
    waiting, replies = play(engine, before, "not done yet")
    assert waiting.status == "waiting"
    assert waiting.position == "waiting"
    assert replies[-2:] == (Notice("waiting"), ShowCard())
    assert play(engine, waiting, WentOn())[1] == (Ask("mri"),)
    _, looked = play(engine, waiting, Looked())
    going_on = Notice("going_on", "Sun 22 Nov 12:00 UTC")
    assert looked == (going_on, Notice("waiting"), ShowCard())
    done, replies = play(engine, waiting, "done")
    assert done.status == "open"
    assert replies[-1] == Ask("lesions_seen")


def test_the_end_of_the_flow_offers_the_plan(engine: Engine, case: StoredCase) -> None:
    calm: dict[str, Value] = {"renal": "normal", "asia": "E", "mri": "done", "lesions_seen": "none"}
    turn = answered(engine, case, **WITHOUT_SYMPTOMS, **calm, up_to="plan")
    ended = turn.case
    assert ended.position == "plan"
    assert turn.replies[-1] == ShowCard()
    assert play(engine, ended, AskedForPlan())[1] == (ShowSections(),)
    assert play(engine, ended, "1")[1] == (ShowSections(("now",)),)
    assert play(engine, ended, AskedForPlan("steroid"))[1] == (ShowSections(("steroid",)),)
    assert len(play(engine, ended, AskedForPlan("ALL"))[1][0].names) > 5  # type: ignore[union-attr]
    assert notices(play(engine, ended, "99")[1]) == ["no_section"]


def test_the_card_and_the_meaning_of_options_are_there_at_every_question(
    engine: Engine, case: StoredCase
) -> None:
    assert play(engine, case, AskedForCard())[1] == (ShowCard(),)
    assert play(engine, case, AskedForCard(), WentOn())[1] == (Ask("cord_signs"),)
    assert play(engine, case, AskedWhatItMeans())[1] == (Define("cord_signs"), Ask("cord_signs"))


def test_a_closed_case_keeps_its_answers_and_can_be_looked_at_again(
    engine: Engine, case: StoredCase
) -> None:
    closed, replies = play(engine, case, "none", Closed())
    assert (closed.status, notices(replies)) == ("closed", ["closed"])
    reopened, _ = play(engine, closed, Looked())
    assert (reopened.status, reopened.latest) == ("open", closed.latest)


def test_a_changed_flow_keeps_what_fits_and_names_what_is_asked_again(
    engine: Engine, case: StoredCase
) -> None:
    case, _ = play(engine, case, "none", "none", "unilateral")
    old = replace(case, fingerprint="older").with_answer("radicular_deficit", "gone", "ann", NOON)
    renewed, replies = play(engine, old, Looked())
    assert replies[0] == Notice("flow_changed", keys=("radicular_deficit",))
    assert replies[-1] == Ask("radicular_deficit")
    assert renewed.fingerprint == FLOW.fingerprint
    _, again = play(engine, renewed, "none")
    assert again[-1] == Ask("back_pain")


def test_the_kept_position_is_what_a_replay_gives(engine: Engine, case: StoredCase) -> None:
    for key, value in {**WITHOUT_SYMPTOMS, "renal": "haemodialysis", "access": "catheter"}.items():
        case = answered(engine, case, **{key: value}).case
        assert case.position == engine.machine.replay(case.latest, engine.policy).key


def test_a_steroid_decision_that_is_taken_back_is_said(engine: Engine, case: StoredCase) -> None:
    turn = answered(engine, case, cord_signs=["gait"], infection_signs=True)
    (changed,) = (show.changed for show in turn.replies if isinstance(show, Alert))
    assert changed is not None
    assert changed.keys == ("infection_signs",)
    assert (changed.before, turn.standing.told) == (
        Told("emergency", 12, "dose_waits"), Told("emergency", 12, "discuss_first"),
    )  # fmt: skip


def test_a_line_of_the_card_that_reads_otherwise_is_news(engine: Engine, case: StoredCase) -> None:
    before = answered(engine, case, cord_signs=["gait"], up_to="blood_thinners").case
    thinner = answered(engine, before, blood_thinners=["doac"])
    assert thinner.replies == (RenewAlert(), Notice("new_step", "M7"), Ask("last_blood_thinner"))


def test_a_high_potassium_is_news(engine: Engine, case: StoredCase) -> None:
    before = answered(engine, case, cord_signs=["gait"], renal="haemodialysis").case
    calm = answered(engine, before, potassium=5)
    assert not any(isinstance(show, RenewAlert) for show in calm.replies)
    high = answered(engine, before, potassium=6.2)
    noted = Notice("noted", keys=("potassium",))
    assert high.replies == (noted, RenewAlert(), Notice("new_step", "G12"), Ask("calcium"))
    view = View(high.case, high.standing, FLOW, NOON, engine.zone, "bleep 4321")
    said = "Potassium 6.2: treat first; ECG, nephrology now, dialysis today."
    assert said in "\n".join(screen.plain() for screen in draw(high.replies, view))


def test_answers_that_contradict_each_other_are_asked_back(
    engine: Engine, case: StoredCase
) -> None:
    walking = answered(engine, case, **WITHOUT_SYMPTOMS, asia="E", walking="none")
    assert Notice("doubt_walking") in walking.replies
    asia = answered(engine, case, cord_signs=["gait"], asia="E")
    assert Notice("doubt_asia") in asia.replies


def test_an_mri_that_nobody_has_read_keeps_the_case_waiting(
    engine: Engine, case: StoredCase
) -> None:
    turn = answered(engine, case, cord_signs=["gait"], mri="done", lesions_seen="unknown")
    assert turn.case.status == "waiting"
    assert turn.replies[-2:] == (Notice("unread"), ShowCard())
    assert play(engine, turn.case, WentOn())[1] == (Ask("lesions_seen"),)
    _, replies = play(engine, turn.case, "yes")
    assert replies[-1] == Ask("level.1")


def test_a_question_that_opens_later_takes_nothing_back(engine: Engine, case: StoredCase) -> None:
    emergency = answered(engine, case, **WITHOUT_SYMPTOMS, renal="normal", asia="C").case
    assert engine.stand(emergency, NOON).assessment.urgency.level == "emergency"
    edited, replies = play(engine, emergency, Edited("renal"), "haemodialysis")
    assert engine.stand(edited, NOON).assessment.urgency.level == "emergency"
    assert replies[-1] == Ask("potassium")
    assert "set_aside" not in notices(replies)


def test_a_flow_with_a_new_question_keeps_every_answer(engine: Engine, case: StoredCase) -> None:
    old = answered(engine, case, cord_signs=["gait"], cancer="known", asia="C").case
    before = engine.stand(old, NOON).assessment
    without = tuple(each for each in old.answers if each.question != "cancer")
    renewed, replies = play(engine, replace(old, answers=without, fingerprint="older"), Looked())
    assert replies[-1] == Ask("cancer")
    assert engine.stand(renewed, NOON).assessment.urgency == before.urgency


def test_an_urgency_that_no_longer_holds_is_withdrawn(engine: Engine, case: StoredCase) -> None:
    _, replies = play(engine, case, "gait", Edited("1"), Corrected("none"))
    assert "no_longer" in notices(replies)
    assert replies[-1] == Ask("radicular_deficit")


def test_the_clock_starts_at_the_first_answer_when_the_question_stood_for_long(
    engine: Engine, case: StoredCase
) -> None:
    then = NOON - timedelta(hours=13)
    answered, _ = play(engine, replace(case, begun_at=then, touched_at=then), "gait")
    assert engine.stand(answered, NOON).assessment.due == NOON + timedelta(hours=12)


def test_the_clock_of_a_case_that_was_asked_for_long_ago_stays_if_it_was_just_shown(
    engine: Engine, case: StoredCase
) -> None:
    waited = replace(case, begun_at=NOON - timedelta(hours=5), touched_at=NOON)
    answered, _ = play(engine, waited, "gait")
    assert engine.stand(answered, NOON).assessment.due == NOON + timedelta(hours=7)


def test_an_edit_that_takes_a_sign_away_is_asked_back(engine: Engine, case: StoredCase) -> None:
    before = answered(engine, case, cord_signs=["weakness", "gait"], up_to="renal").case
    untick = Ticked("cord_signs", "weakness", on=False)
    for event in (Typed("gait"), Typed("none"), Typed("unknown"), untick):
        edited = engine.advance(before, Edited("1"), "ann", NOON).case
        turn = engine.advance(edited, event, "ann", NOON)
        assert isinstance(turn.replies[-1], AskBack)
        assert turn.case.answers == before.answers
    edited = engine.advance(before, Edited("1"), "ann", NOON).case
    added = engine.advance(edited, Typed("weakness, gait, bladder"), "ann", NOON).case
    assert added.latest["cord_signs"] == ["weakness", "gait", "bladder"]
    stated = engine.advance(edited, Corrected("gait"), "ann", NOON).case
    assert stated.latest["cord_signs"] == ["gait"]


def test_a_tick_set_by_mistake_is_taken_back_while_ticking(
    engine: Engine, case: StoredCase
) -> None:
    ticked, _ = play(engine, case, Ticked("cord_signs", "weakness", on=True))
    again, _ = play(engine, ticked, Ticked("cord_signs", "weakness", on=False))
    assert again.latest["cord_signs"] == "unknown"
