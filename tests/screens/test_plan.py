"""The plan: tonight's work before what can wait, clocks, plain names, the steroid questions."""

from datetime import timedelta
from typing import Any

from bot.conversation.engine import Engine
from bot.conversation.looking import choose_sections
from bot.conversation.replies import ShowSections
from bot.guidance.sections import PREFIXES, SECTIONS, WAIT_FOR_DAY, sections_of, unknown_fields
from bot.guidance.texts import guidance
from bot.screens.plan import DAY, draw_section
from tests.conftest import NOON
from tests.screens.views import STABLE_LESION, random_view, view_of

FULL = {
    "cord_signs": ["gait"], "infection_signs": False, "cancer": "known", "primary": "prostate",
    "renal": "haemodialysis", "blood_thinners": [], "potassium": 6.2, "calcium": 3.1,
    "kps": 60, "vertebral_mets": 2, "life_expectancy": "lt3m", "ecog": 3, "mri": "done",
    "lesions": [STABLE_LESION | {"escc": "2"}],
}  # fmt: skip
TONIGHT = {"M1", "M7", "C1", "C2", "C4", "G5", "G12", "G13", "B7", "B8", "D1", "N2", "I1", "R1"}


def section(engine: Engine, fields: dict[str, Any], name: str, **more: Any) -> list[str]:
    """Return a section from its title on; the urgency line stands above it."""
    drawn = draw_section(view_of(engine, fields, **more), name)
    assert drawn.head
    return drawn.plain().split("\n")[1:]


def test_what_waits_for_the_day_stands_below_tonight_s_work(engine: Engine) -> None:
    for name, waiting in (("bones", "B2"), ("imaging", "I5"), ("calls", "C6"), ("prognosis", "Q1")):
        said = section(engine, FULL, name)
        day = said.index(DAY)
        rules = [n for n, line in enumerate(said) if f"[{waiting}:" in line]
        assert rules and all(n > day for n in rules), name
    bones = section(engine, FULL, "bones")
    assert bones.index(DAY) > next(n for n, line in enumerate(bones) if "[B8:" in line)
    assert DAY not in section(engine, FULL, "now")


def test_every_action_stands_in_one_part_of_one_section(engine: Engine) -> None:
    assert not TONIGHT & set(WAIT_FOR_DAY)
    assert set(WAIT_FOR_DAY) <= set(guidance())
    assert set(PREFIXES) <= set(SECTIONS)
    for seed in range(60):
        view = random_view(engine, seed)
        said = "\n".join(draw_section(view, n).plain() for n in sections_of(view.result))
        for fired in (*view.result.actions, *view.result.warnings):
            assert f"[{fired.id}: " in said, fired.id


def test_potassium_and_calcium_that_kill_stand_first_of_all(engine: Engine) -> None:
    said = section(engine, FULL, "now")
    assert said[1].startswith("Potassium 6.2 mmol/L, treat first")
    assert said[2].startswith("Calcium dangerously high")
    assert SECTIONS.index("dialysis") < SECTIONS.index("bones")


def test_the_treatment_clock_names_from_when_others_count(engine: Engine) -> None:
    said = section(engine, FULL, "treatment")
    assert said[1] == "Treatment: begin by Mon 23 Nov 12:00 UTC, in 24 h"
    assert "NICE from the decision to treat" in said[2]
    febrile = section(engine, FULL | {"infection_signs": True}, "treatment")
    assert febrile[1].startswith("Drainage and antibiotics: begin by")
    assert "what cannot wait is drainage and antibiotics" in febrile[2]
    assert not any("begin by" in line for line in section(engine, {}, "treatment"))


def test_the_plan_gives_no_dose_before_the_questions_either(engine: Engine) -> None:
    asked = {"cord_signs": ["gait"], "cancer": "known"}
    said = section(engine, asked, "steroid")[1]
    assert said.startswith(
        "Dexamethasone: 1 question first (signs of infection). "
        "The dose appears here once each is answered, even with not known. [D1: "
    )
    assert "mg" not in said
    unknown = section(engine, asked | {"infection_signs": "unknown"}, "steroid")[1]
    assert "16 mg at once, by mouth or slowly IV" in unknown
    assert "Could still change this: signs of infection." in unknown


def test_the_reasons_say_when_their_limits_run_no_longer(engine: Engine) -> None:
    assert section(engine, FULL, "why")[-1] == (
        "The images are read: the MRI limits above no longer run."
    )
    impossible = {"cord_signs": ["gait"], "mri": "not_possible"}
    assert section(engine, impossible, "why")[-1] == (
        "The MRI is impossible: the limits above apply to the CT instead."
    )
    assert section(engine, impossible | {"lesions": []}, "why")[-1].endswith("CT myelography.")
    assert "[U1: " in section(engine, {"cord_signs": ["gait"]}, "why")[1]


def test_the_sessions_stand_with_their_windows(engine: Engine) -> None:
    fields = FULL | {"mri": "not_done", "lesions": None}
    sessions = {
        "last_dialysis": "2026-11-22T07:00:00+00:00",
        "next_dialysis": "2026-11-22T18:00:00+00:00",
    }
    (said,) = [each for each in section(engine, fields | sessions, "dialysis") if "[G15:" in each]
    assert "Next dialysis: Sun 22 Nov 18:00 UTC" in said
    assert "give contrast just before it" in said
    assert "Theatre: until Mon 23 Nov 07:00 UTC it is within 24 h of that session" in said
    assert "After surgery: the next session in 24–48 h" in said
    later = NOON + timedelta(hours=20)
    (late,) = [
        each
        for each in section(engine, fields | sessions, "dialysis", now=later)
        if "[G15:" in each
    ]
    assert "Theatre: until" not in late
    assert "over 24 h ago: one heparin-free session before theatre" in late


def test_what_is_unknown_has_plain_names(engine: Engine) -> None:
    fields = {"cord_signs": "unknown", "mri": "done", "lesions": [{"level": "T5"}]}
    said = section(engine, fields, "unknown")
    assert "Signs of infection: if present, MRI within 24 h and cultures before steroid" in said
    for seed in range(80):
        view = random_view(engine, seed)
        if unknown_fields(view.result):
            drawn = draw_section(view, "unknown").plain().split("\n")[2:]
            assert len(drawn) == len(unknown_fields(view.result))
            assert not any("_" in line.split(":")[0] for line in drawn)


def test_the_sections_beyond_the_first_six_have_a_page_of_their_own(engine: Engine) -> None:
    standing = view_of(engine, FULL).standing
    assert choose_sections(standing, "page 2") == (ShowSections(page=2),)
    assert choose_sections(standing, "now page 2") == (ShowSections(("now",), 2),)
    assert choose_sections(standing, "") == (ShowSections(),)
