"""A plan that the team departs from: what differs and why, beside the rules' own advice."""

from dataclasses import replace
from itertools import product

import pytest

from bot.conversation.engine import Engine
from bot.incoming import Command, Incoming
from bot.screens.card import draw_card
from bot.screens.drawn_lines import screen_lines
from bot.screens.more import draw_more
from bot.screens.notices import words
from bot.screens.pages import MOST_BUTTONS
from bot.screens.time_line import WORDS
from bot.service.service import Service
from state.records import Entry
from tests.commands.test_notes import SETTLED, at_work, cards, labels
from tests.conftest import NOON, Clock
from tests.dialogue import CHAT, do, tap, triage
from tests.limits import assert_fits, assert_labels_fit
from tests.screens.views import random_view

SAID = "Plan overridden: MRI time – senior decision (12:50)"


@pytest.fixture
def differs(service: Service, clock: Clock) -> Service:
    """A settled emergency whose MRI time differs from the plan since 12:50."""
    triage(service, **SETTLED)
    clock.pass_by(minutes=50)
    do(service, "/differs urgency senior")
    return service


def test_it_is_noted_with_its_reason_and_changes_nothing_else(
    service: Service, clock: Clock
) -> None:
    triage(service, **SETTLED)
    engine, before = service.setting.engine, at_work(service)
    reminders = service.store.reminders.pending(before.code)
    clock.pass_by(minutes=50)
    answer = engine.stand(before, clock.now).assessment
    do(service, "/differs urgency senior")
    case = at_work(service)
    (entry,) = case.timeline
    assert (entry.kind, entry.detail) == ("overridden", "urgency senior")
    assert engine.stand(case, clock.now).assessment == answer
    assert service.store.reminders.pending(case.code) == reminders
    assert case.answers == before.answers


def test_card_plan_and_hand_over_say_it_beside_the_rules_own_advice(differs: Service) -> None:
    (card,) = cards(do(differs, "/card"))
    assert SAID in card.plain() and "MRI: whole spine, by Mon 23 Nov 00:00" in card.plain()
    assert SAID in replace(card, blocks=card.blocks[:2]).plain()
    assert "12:50 Plan overridden: MRI time – senior decision" in card.plain()
    assert SAID in do(differs, "/plan")[-1].plain()
    why = do(differs, "/plan why")[-1].plain()
    assert (SAID in why and "U1" in why) or "emergency" in why.casefold()
    sbar = do(differs, "/sbar")[0].plain()
    assert SAID in sbar and "EMERGENCY, MRI within" in sbar


def test_it_is_chosen_from_lists_by_tap(service: Service) -> None:
    triage(service, **SETTLED)
    touched = replace(service, touch=True)
    touched.take(Incoming(CHAT, "ann", Command("more")))
    assert labels(tap(touched, "Plan differs")) == [
        "MRI time", "Steroid", "Treatment", "Other", "Case",
    ]  # fmt: skip
    assert labels(tap(touched, "Steroid"))[:2] == ["Local protocol", "Senior decision"]
    shown = tap(touched, "Contraindication")
    assert "Plan overridden: Steroid – contraindication (12:00)" in shown[-1].plain()
    assert "Undo: Plan overridden" in "".join(labels(shown))


def test_no_free_text_is_kept(service: Service) -> None:
    triage(service, **SETTLED)
    for line in ("/differs smith", "/differs steroid because Dr Smith says so", "/differs"):
        screens = do(service, line)
        assert "Smith" not in "".join(each.plain() for each in screens)
        assert len(labels(screens)) in (5, 7)
    assert at_work(service).timeline == ()


def test_before_the_urgency_is_settled_there_is_no_plan(service: Service) -> None:
    do(service, "/triage")
    assert "no plan yet" in do(service, "/differs urgency senior")[-1].plain()
    assert at_work(service).timeline == ()


def test_the_newest_of_each_kind_counts_and_can_be_taken_back(differs: Service) -> None:
    do(differs, "/differs urgency resources", "/differs steroid contraindication")
    (card,) = cards(do(differs, "/card"))
    assert "Plan overridden: Steroid – contraindication (12:50)" in card.plain()
    assert "Plan overridden: MRI time – resources (12:50)" in card.plain()
    assert SAID not in card.plain()
    do(differs, "/undo differs", "/undo differs")
    (card,) = cards(do(differs, "/card"))
    assert SAID in card.plain() and "contraindication (12:50)" not in card.plain()
    do(differs, "/undo differs")
    (card,) = cards(do(differs, "/card"))
    assert SAID not in card.plain()
    assert "Taken back: 12:50 plan overridden: MRI time – senior decision" in card.plain()


@pytest.mark.parametrize("seed", range(20))
def test_a_card_with_every_departure_fits_a_phone(engine: Engine, seed: int) -> None:
    view = random_view(engine, seed)
    decisions, reasons = words("differs", WORDS), words("reasons", WORDS)
    case = view.case
    for what, why in zip(decisions, [*reasons][1:], strict=False):
        case = case.with_entry(Entry("overridden", f"{what} {why}", "ann", NOON))
    card = draw_card(replace(view, case=case))
    assert_fits(card)
    assert screen_lines(card) <= 16


def test_every_choice_is_said(differs: Service) -> None:
    for what, why in product(words("differs", WORDS), words("reasons", WORDS)):
        do(differs, f"/differs {what} {why}")
        said = words("differs", WORDS)[what]
        assert f"Plan overridden: {said} – " in cards(do(differs, "/card"))[0].plain()


@pytest.mark.parametrize("seed", range(20))
def test_more_has_pages_of_at_most_nine_buttons(engine: Engine, seed: int) -> None:
    view = replace(random_view(engine, seed), touch=True)
    pages = [draw_more(view, number) for number in (1, 2)]
    assert all(sum(map(len, each.rows)) <= MOST_BUTTONS for each in pages)
    offered = [label for each in pages for label in labels([each])]
    assert {"Plan differs", "Close case", "Settings"} <= {*offered}
    for page in pages:
        assert_labels_fit(page)
