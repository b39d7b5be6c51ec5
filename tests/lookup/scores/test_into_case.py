"""A result put into an open case: what the flow accepts and rejects; nothing overwritten."""

from collections.abc import Mapping

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import BroughtIn, Looked
from bot.conversation.replies import Ask, Notice
from state.records import StoredCase, Value
from tests.conftest import NOON, stored_case
from tests.dialogue import AFTER_NO_SIGN, WITHOUT_SYMPTOMS, ask, asked, do, script, typed
from tests.lookup.conftest import CHAT, Person

SINS = "/sins T11 mechanical lytic normal lt50 bilateral"
Stated = Mapping[str, Value]
TO_ASIA: Stated = {
    **WITHOUT_SYMPTOMS, "back_pain": True, "renal": "normal", "cancer": "known",
    "primary": "breast", "up_to": "asia",
}  # fmt: skip
TO_MRI: Stated = {**TO_ASIA, "asia": "D", "walking": "unaided", "up_to": "mri"}
NOT_READ: Stated = {**TO_MRI, "mri": "done", "up_to": "lesions_seen"}
TO_LEVEL: Stated = {**NOT_READ, "lesions_seen": "some", "up_to": "level"}
LESION: Stated = {
    "level": "T9", "escc": "1b", "pain": "none", "bone": "mixed", "alignment": "normal",
    "collapse": "none", "posterolateral": "none",
}  # fmt: skip
TO_ANOTHER: Stated = {**TO_LEVEL, **LESION, "up_to": "another_level"}
TO_KPS: Stated = {
    **TO_ANOTHER, "another_level": False, "previous_rt": "none", "life_expectancy": "ge3m",
    "ecog": 1, "up_to": "kps",
}  # fmt: skip
TO_CALCIUM: Stated = {
    **WITHOUT_SYMPTOMS, "back_pain": True, "renal": "normal", "cancer": "known",
    "up_to": "calcium",
}  # fmt: skip


def answers(ann: Person, *, up_to: str = "", **stated: Value) -> StoredCase:
    """Open a case and type its answers, confirming each one that is queried."""
    ann.types("/triage")
    for question, _, value in script(stated, up_to, lambda: asked(ann.service)):
        ann.types(typed(question, value))
        if any(button.label == "Yes, that is it" for button in ann.buttons):
            ann.taps("Yes, that is it")
    return case_of(ann)


def case_of(ann: Person) -> StoredCase:
    case = ann.service.store.cases.active(CHAT)
    assert case is not None
    return case


def numbers(case: StoredCase) -> dict[str, int]:
    """Return the numbers by which /edit changes the answers of a case that was never edited."""
    return {key: number for number, key in enumerate(case.latest, 1)}


def offered(ann: Person) -> list[str]:
    return [button.label for button in ann.buttons if button.label.startswith("Put into")]


def test_without_an_open_case_nothing_is_offered(ann: Person) -> None:
    ann.types(SINS)
    assert offered(ann) == []
    ann.types("/triage")
    ann.types(SINS)
    assert offered(ann) == []


@pytest.mark.parametrize(
    ("stated", "line", "why"),
    [
        (TO_ASIA, SINS, "{code} asks for lesions once the MRI is done."),
        (TO_MRI, SINS, "{code} asks for lesions once the MRI is done."),
        (NOT_READ, SINS, "{code} asks first whether the MRI shows a lesion."),
        (
            {**NOT_READ, "lesions_seen": "unknown", "up_to": ""},
            SINS,
            "{code} asks first whether the MRI shows a lesion.",
        ),
        (
            {**TO_LEVEL, "level": "T9", "up_to": "escc"},
            SINS,
            "{code} is at another lesion: finish that one first.",
        ),
        (TO_KPS, SINS, "{code} has its lesions; /edit and a number changes one."),
        (TO_MRI, "/escc 2", "{code} asks for lesions once the MRI is done."),
        (TO_LEVEL, "/escc 2", "{code} asks for the level first."),
        (TO_ANOTHER, "/escc 2", "{code} asks for the level first."),
        ({"cord_signs": []}, "/asia C", f"ASIA: {{code}} stands at “{ask(AFTER_NO_SIGN)}”"),
        (
            {"cord_signs": []},
            "/calcium 2.1 30",
            f"Calcium, Albumin: {{code}} stands at “{ask(AFTER_NO_SIGN)}”",
        ),
        (TO_MRI, "/asia C", "ASIA: {code} says D; /edit {number[asia]} changes it."),
        (TO_MRI, "/asia D", "ASIA: {code} has it already."),
        (TO_MRI, "/asia ecog 2", f"ECOG: {{code}} stands at “{ask('mri')}”"),
        (
            TO_KPS,
            "/tokuhashi 70 0 1 none colon D",
            "Primary: {code} says Breast; /edit {number[primary]} changes",
        ),
    ],
)
def test_what_does_not_fit_now_is_said_in_one_line(
    ann: Person, stated: Stated, line: str, why: str
) -> None:
    before = answers(ann, **stated)
    ann.types(line)
    said = why.format(code=before.code, number=numbers(before))
    assert sum(said in each for each in ann.text.splitlines()) == 1
    put = f"{line} into {before.code}"
    if not offered(ann):
        assert "Not put in: " in ann.sees(put)
        assert case_of(ann).answers == before.answers


def test_asia_is_taken_where_it_is_asked_and_the_case_goes_on(ann: Person) -> None:
    code = answers(ann, **TO_ASIA).code
    ann.types("/asia C")
    ann.taps(f"Put into {code}")
    case = case_of(ann)
    assert case.latest["asia"] == "C"
    assert case.position == "walking"
    assert "Noted – ASIA: C." in ann.text
    assert any(screen.kind == "alert" and screen.alert for screen in ann.screens)
    assert case.answers[-1].who == "ann"


def test_an_answer_that_was_not_known_is_filled_in(ann: Person) -> None:
    code = answers(ann, **{**TO_MRI, "asia": "unknown"}).code
    ann.types("/asia E")
    ann.taps(f"Put into {code}")
    assert case_of(ann).latest["asia"] == "E"
    assert case_of(ann).position == "mri"


def test_sins_gives_the_lesion_that_is_asked_for_and_its_escc_is_asked_next(ann: Person) -> None:
    code = answers(ann, **TO_LEVEL).code
    ann.types(SINS)
    ann.taps(f"Put into {code}")
    case = case_of(ann)
    assert {key: case.latest[key] for key in case.latest if key.endswith(".1")} == {
        "level.1": "T11",
        "pain.1": "mechanical",
        "bone.1": "lytic",
        "alignment.1": "normal",
        "collapse.1": "lt50",
        "posterolateral.1": "bilateral",
    }
    assert case.position == "escc.1"
    assert ask("escc") in ann.text
    assert "SINS 13 or more: unstable, surgeon urgently" in ann.sees("/card")
    ann.types("/escc 2")
    ann.taps(f"Put into {code}")
    assert case_of(ann).latest["escc.1"] == "2"
    assert case_of(ann).position == "another_level.1"


def test_where_another_level_is_asked_sins_adds_a_lesion(ann: Person) -> None:
    code = answers(ann, **TO_ANOTHER).code
    ann.types("/sins T11 mechanical ? normal lt50 bilateral")
    ann.taps(f"Put into {code}")
    latest = case_of(ann).latest
    assert latest["another_level.1"] is True
    assert (latest["level.1"], latest["level.2"]) == ("T9", "T11")
    assert (latest["bone.1"], latest["bone.2"]) == ("mixed", "unknown")
    assert case_of(ann).position == "escc.2"


def test_sins_completes_the_lesion_of_its_level_and_overwrites_nothing(ann: Person) -> None:
    lesion: Stated = {**LESION, "level": "T11", "pain": "unknown", "collapse": "unknown"}
    before = answers(ann, **{**TO_ANOTHER, **lesion})
    code, number = before.code, numbers(before)["bone.1"]
    ann.types(SINS)
    assert f"Bone (lesion 1): {code} says Mixed; /edit {number} changes it." in ann.text
    ann.taps(f"Put into {code}")
    latest = case_of(ann).latest
    assert (latest["pain.1"], latest["collapse.1"]) == ("mechanical", "lt50")
    assert (latest["bone.1"], latest["posterolateral.1"]) == ("mixed", "none")
    assert "level.2" not in latest
    assert f"Not put in: Bone (lesion 1): {code} says Mixed" in ann.text


def test_calcium_and_albumin_go_in_together(ann: Person) -> None:
    code = answers(ann, **TO_CALCIUM).code
    ann.types("/calcium 1.98 30")
    ann.taps(f"Put into {code}")
    case = case_of(ann)
    assert (case.latest["calcium"], case.latest["albumin"]) == (1.98, 30)
    ann.types("/plan bones")
    assert "Adjusted calcium: 2.18 mmol/L" in ann.text


def test_tokuhashi_gives_what_is_exact_and_a_button_for_several_gives_nothing(ann: Person) -> None:
    code = answers(ann, **TO_KPS).code
    ann.types("/tokuhashi")
    for label in ("50–70", "2", "3", "Removable", "Breast, Prostate …", "C–D"):
        ann.taps(label)
    assert "KPS, Primary, ASIA: one button covers several answers" in ann.text
    ann.taps(f"Put into {code}")
    assert "Not put in: KPS, Primary, ASIA: one button covers several answers" in ann.text
    latest = case_of(ann).latest
    assert "kps" not in latest
    assert (latest["extraspinal_bone"], latest["vertebral_mets"]) == (2, 3)
    assert (latest["organ_mets"], latest["primary"], latest["asia"]) == ("removable", "breast", "D")
    assert case_of(ann).position == "kps"


@pytest.mark.parametrize("code", ["NEM-99", "'; DROP TABLE cases; --", "x" * 4000, ""])
def test_a_code_that_is_none_is_refused(ann: Person, code: str) -> None:
    before = answers(ann, **TO_ASIA)
    said = ann.sees(f"/asia C into {code}")
    assert ("no open case" in said) or not code
    assert case_of(ann).answers == before.answers


def test_a_case_of_another_chat_takes_nothing(ann: Person) -> None:
    do(ann.service, "/triage", chat="other", who="eve")
    do(ann.service, "gait", chat="other", who="eve")
    other = ann.service.store.cases.active("other")
    assert other is not None
    assert "no open case" in ann.sees(f"/asia C into {other.code}")
    assert ann.service.store.cases.active(CHAT) is None


def test_a_button_tapped_late_is_worked_out_anew(ann: Person) -> None:
    code = answers(ann, **TO_ASIA).code
    ann.types("/asia C")
    token, screens = ann.token, ann.screens
    ann.types("/look")
    ann.types("D")
    ann.taps("Yes, that is it")
    ann.token, ann.screens = token, screens
    ann.taps(f"Put into {code}")
    assert case_of(ann).latest["asia"] == "D"
    assert f"{code} says D" in ann.text


@pytest.mark.parametrize(
    "brought",
    [
        (("asia", "C"), ("kps", 80)),
        (("asia", "F"),),
        (("level.1", "T11"),),
    ],
)
def test_the_engine_takes_all_that_is_brought_in_or_nothing(
    engine: Engine, brought: tuple[tuple[str, str | int], ...]
) -> None:
    case = stored_case().with_answer("cord_signs", [], "ann", NOON)
    case = engine.advance(case, Looked(), "ann", NOON).case
    after = engine.advance(case, BroughtIn(brought), "ann", NOON)
    assert after.case.answers == case.answers
    assert after.replies == (Notice("old_question"), Ask(AFTER_NO_SIGN))
