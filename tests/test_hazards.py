"""The hazard log is complete and fresh, and every test that it names exists and runs."""

from datetime import timedelta

import pytest

from bot.commands.waiting_lines import REMIND_AFTER
from tests import hazards
from tests.hazards import LIKELIHOODS, RATINGS, SEVERITIES, TOPICS, Hazard, Risk
from tests.named import ROOT, assert_collected, assert_runs

LOG = hazards.hazards()
TESTS = sorted({test for each in LOG for control in each.controls for test in control.tests})


def _steps(risk: Risk) -> tuple[int, int]:
    """Return how far up its scale each half of a risk is."""
    return list(SEVERITIES).index(risk.severity), list(LIKELIHOODS).index(risk.likelihood)


def test_the_page_is_fresh() -> None:
    assert hazards.PAGE.read_text("utf-8") == hazards.page()


def test_there_are_enough_hazards_and_tests() -> None:
    assert len(LOG) >= 40
    assert len(TESTS) >= 30


def test_every_hazard_has_an_id_and_a_sentence_of_its_own() -> None:
    assert [each.id for each in LOG] == [f"H{number:02}" for number in range(1, len(LOG) + 1)]
    assert len({each.hazard for each in LOG}) == len(LOG)
    assert {each.topic for each in LOG} == set(TOPICS)


@pytest.mark.parametrize("hazard", LOG, ids=lambda each: each.id)
def test_a_hazard_is_complete(hazard: Hazard) -> None:
    for said in (hazard.hazard, hazard.cause, hazard.effect, hazard.remains):
        assert said.endswith(".")
    assert hazard.passed_on == "" or hazard.passed_on.endswith(".")
    assert hazard.controls
    for control in hazard.controls:
        assert control.measure.endswith(".")
        assert control.tests
        assert control.where
        for name in control.where:
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("hazard", LOG, ids=lambda each: each.id)
def test_controls_lower_the_risk_to_one_that_may_remain(hazard: Hazard) -> None:
    before, after = _steps(hazard.before), _steps(hazard.after)
    assert after != before
    assert all(left <= right for left, right in zip(after, before, strict=True))
    assert hazard.after.rating <= 3


def test_the_log_and_the_decision_say_when_an_unconfirmed_emergency_is_shown_again() -> None:
    after = f"after {REMIND_AFTER // timedelta(minutes=1)} minutes"
    assert f"{after} without an answer it is shown once more" in hazards.page()
    decision = ROOT / "docs" / "decisions" / "0027-a-line-is-read-and-confirmed.md"
    assert f"is shown once more {after}" in decision.read_text("utf-8")


def test_a_word_off_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="severity: 'fatal' is none of minor, significant"):
        Risk("fatal", "low")
    with pytest.raises(ValueError, match="likelihood: 'rare' is none of very low, low"):
        Risk("minor", "rare")


def test_risk_rises_with_severity_and_with_likelihood() -> None:
    assert set(RATINGS) == set(LIKELIHOODS)
    for likelihood in LIKELIHOODS:
        row = [Risk(severity, likelihood).rating for severity in SEVERITIES]
        assert row == sorted(row)
    for severity in SEVERITIES:
        column = [Risk(severity, likelihood).rating for likelihood in LIKELIHOODS]
        assert column == sorted(column)
    assert Risk("major", "high").rating == 4
    assert Risk("catastrophic", "very low").rating == 3


@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_the_log_names_is_there_and_is_not_skipped(test: str) -> None:
    assert_runs(test)


@pytest.mark.slow
def test_pytest_collects_every_test_that_the_log_names() -> None:
    assert_collected(TESTS)
