"""The terms that the rules share: cord sign, deficit, unexplained, anuric, kidneys, infection."""

from typing import Any

import pytest

from bot.logic.case_input import read_case
from bot.logic.findings import Findings, find
from bot.logic.urgency import threatened

NO_LESION: dict[str, Any] = {"mri": "done", "lesions": []}
ZERO: dict[str, Any] = {"mri": "done", "lesions": [{"escc": "0"}]}
HD: dict[str, Any] = {"renal": "haemodialysis"}
QUIET: dict[str, Any] = {
    "cord_signs": [],
    "radicular_deficit": "none",
    "radicular_pain": "none",
    "back_pain": False,
}


def found(**case: Any) -> Findings:
    return find(read_case(case))


@pytest.mark.parametrize(
    ("case", "cord_sign"),
    [
        ({}, False),
        ({"cord_signs": "unknown"}, False),
        ({"cord_signs": []}, False),
        ({"cord_signs": ["lhermitte"]}, True),
        ({"asia": "A"}, True),
        ({"asia": "C"}, True),
        ({"asia": "D"}, True),
        ({"asia": "D", "radicular_deficit": "unknown"}, True),
        ({"asia": "D", "radicular_deficit": "none"}, True),
        ({"asia": "D", "radicular_deficit": "bilateral"}, True),
        ({"asia": "D", "radicular_deficit": "unilateral_stable"}, False),
        ({"asia": "D", "radicular_deficit": "unilateral_progressive"}, False),
        ({"asia": "E"}, False),
        ({"paralysis_hours": 0}, True),
        ({"paralysis_hours": 5, "asia": "unknown"}, True),
        ({"paralysis_hours": 5, "asia": "B"}, True),
        ({"paralysis_hours": 5, "asia": "E"}, False),
        ({"paralysis_hours": 5, "asia": "D", "radicular_deficit": "unilateral_stable"}, False),
        ({"paralysis_hours": "unknown"}, False),
    ],
)
def test_cord_sign(case: dict[str, Any], cord_sign: bool) -> None:
    assert found(**case).cord_sign == cord_sign


@pytest.mark.parametrize(
    ("case", "deficit"),
    [
        ({"cord_signs": ["gait"]}, True),
        ({"radicular_deficit": "unilateral_stable"}, True),
        ({"radicular_deficit": "bilateral"}, True),
        ({"radicular_deficit": "unknown"}, False),
        ({"asia": "D", "radicular_deficit": "unilateral_stable"}, True),
        ({"asia": "E"}, False),
        ({"radicular_pain": "bilateral"}, False),
    ],
)
def test_deficit(case: dict[str, Any], deficit: bool) -> None:
    assert found(**case).deficit == deficit


@pytest.mark.parametrize(
    ("case", "pain"),
    [
        ({"back_pain": True}, True),
        ({"radicular_pain": "unilateral"}, True),
        ({"lesions": [{"pain": "non_mechanical"}]}, True),
        ({"lesions": [{"pain": "none"}, {"pain": "mechanical"}]}, True),
        ({"lesions": [{"pain": "unknown"}], "back_pain": "unknown"}, False),
        ({"radicular_deficit": "bilateral"}, False),
    ],
)
def test_pain(case: dict[str, Any], pain: bool) -> None:
    assert found(**case).pain == pain


@pytest.mark.parametrize(
    ("case", "unexplained"),
    [
        ({**QUIET, **ZERO}, False),
        ({**QUIET, **ZERO, "cord_signs": ["gait"]}, True),
        ({**QUIET, **ZERO, "cord_signs": "unknown"}, True),
        ({**QUIET, **ZERO, "radicular_pain": "bilateral"}, True),
        ({**QUIET, **ZERO, "radicular_pain": "unilateral"}, False),
        ({**QUIET, **ZERO, "radicular_deficit": "bilateral"}, True),
        ({**QUIET, **ZERO, "radicular_deficit": "unilateral_stable"}, False),
        ({**QUIET, **ZERO, "radicular_deficit": "unilateral_progressive"}, False),
        ({**QUIET, **NO_LESION, "radicular_deficit": "unilateral_stable"}, True),
        ({**QUIET, **NO_LESION, "back_pain": True}, False),
        ({**QUIET, "cord_signs": ["gait"], "mri": "done"}, False),
        ({**QUIET, "cord_signs": ["gait"], "mri": "done", "lesions": [{"escc": "1a"}]}, False),
        ({**QUIET, "cord_signs": ["gait"], "mri": "done", "lesions": [{}]}, False),
        ({**QUIET, "cord_signs": ["gait"], "mri": "not_possible", "lesions": []}, False),
    ],
)
def test_unexplained(case: dict[str, Any], unexplained: bool) -> None:
    assert found(**case).unexplained == unexplained


@pytest.mark.parametrize(
    ("case", "threat"),
    [
        (QUIET, False),
        ({**QUIET, "back_pain": True}, False),
        ({**QUIET, "radicular_pain": "unilateral"}, False),
        ({**QUIET, "radicular_deficit": "unilateral_stable"}, False),
        ({}, False),
        ({"cord_signs": ["gait"]}, True),
        ({"radicular_pain": "bilateral"}, True),
        ({"radicular_deficit": "unilateral_progressive"}, True),
        ({"radicular_deficit": "bilateral"}, True),
        ({"infection_signs": True, "back_pain": True}, True),
        ({"infection_signs": True}, True),
        ({**QUIET, "infection_signs": True}, False),
        ({**QUIET, "primary": "breast", "lesions": [{"escc": "2"}]}, True),
        ({**QUIET, "primary": "breast", "mri": "done", "lesions": [{"escc": "2"}]}, False),
        ({**QUIET, "primary": "lung", "mri": "done", "lesions": [{"escc": "2"}]}, True),
        ({**QUIET, "progression_after_rt": True}, True),
    ],
)
def test_threat(case: dict[str, Any], threat: bool) -> None:
    assert threatened(found(**case)) == threat


@pytest.mark.parametrize(
    ("case", "anuric"),
    [
        ({**HD, "urine_output": "anuric"}, True),
        ({"renal": "peritoneal", "urine_output": "anuric"}, True),
        ({**HD, "urine_output": "residual"}, False),
        ({**HD, "urine_output": "unknown"}, False),
        (HD, False),
        ({"renal": "ckd", "egfr": 5, "urine_output": "anuric"}, False),
        ({"urine_output": "anuric"}, False),
    ],
)
def test_anuric(case: dict[str, Any], anuric: bool) -> None:
    assert found(**case).anuric == anuric


@pytest.mark.parametrize(
    ("case", "failing", "not_normal"),
    [
        ({}, False, False),
        ({"renal": "normal"}, False, False),
        ({"renal": "normal", "egfr": 60}, False, False),
        ({"renal": "normal", "egfr": 59.9}, False, True),
        ({"renal": "normal", "egfr": 30}, False, True),
        ({"renal": "normal", "egfr": 29.9}, True, True),
        ({"egfr": 29}, True, True),
        ({"renal": "ckd", "egfr": 75}, False, True),
        ({"renal": "ckd", "egfr": 30}, False, True),
        ({"renal": "ckd", "egfr": 29}, True, True),
        ({"renal": "ckd"}, True, True),
        ({"renal": "ckd", "egfr": "unknown"}, True, True),
        ({"renal": "unknown", "egfr": "unknown"}, False, False),
        ({"renal": "haemodialysis", "egfr": 75}, True, True),
        ({"renal": "peritoneal"}, True, True),
    ],
)
def test_kidneys_failing_and_renal_not_normal(
    case: dict[str, Any], failing: bool, not_normal: bool
) -> None:
    findings = found(**case)
    assert (findings.kidneys_failing, findings.renal_not_normal) == (failing, not_normal)


@pytest.mark.parametrize(
    ("case", "confirmed"),
    [
        ({"mri": "done", "lesions": [{"escc": "2"}]}, True),
        ({"mri": "not_possible", "lesions": [{"escc": "3"}]}, True),
        ({"mri": "not_done", "lesions": [{"escc": "3"}]}, False),
        ({"mri": "done", "lesions": [{"escc": "1c"}]}, False),
        ({"mri": "done", "lesions": [{"escc": "1a"}], "cord_signs": ["gait"]}, True),
        ({"mri": "done", "lesions": [{}], "cord_signs": ["gait"]}, True),
        ({"mri": "done", "lesions": [{"escc": "0"}, {}], "cord_signs": ["gait"]}, True),
        ({"mri": "done", "lesions": [{"escc": "0"}], "cord_signs": ["gait"]}, False),
        ({"mri": "done", "lesions": [], "cord_signs": ["gait"]}, False),
        ({"mri": "done", "lesions": [{"escc": "1b"}], "radicular_deficit": "bilateral"}, True),
        ({"mri": "done", "lesions": [{"escc": "1b"}], "radicular_pain": "bilateral"}, False),
        ({"mri": "done", "lesions": [{"escc": "1b"}], "cord_signs": "unknown"}, False),
    ],
)
def test_compression_confirmed(case: dict[str, Any], confirmed: bool) -> None:
    assert found(**case).compression_confirmed == confirmed


@pytest.mark.parametrize(
    "images", [{}, ZERO, NO_LESION, {"mri": "done", "lesions": [{"escc": "3"}]}]
)
@pytest.mark.parametrize("renal", ["normal", "haemodialysis"])
def test_infection_stays_open_whatever_the_images_show(images: dict[str, Any], renal: str) -> None:
    assert found(infection_signs=True, renal=renal, **images).infection_open
    assert not found(infection_signs=False, renal=renal, **images).infection_open
    assert not found(infection_signs="unknown", renal=renal, **images).infection_open


@pytest.mark.parametrize(
    ("case", "suspected", "assumed"),
    [
        ({**QUIET}, False, False),
        ({}, False, True),
        ({**QUIET, "back_pain": "unknown"}, False, True),
        ({**QUIET, "radicular_pain": "unknown"}, False, True),
        ({**QUIET, "radicular_deficit": "unknown"}, False, True),
        ({**QUIET, "cord_signs": "unknown"}, False, True),
        ({**QUIET, "back_pain": True}, True, False),
        ({"radicular_pain": "unilateral"}, True, False),
        ({"radicular_deficit": "unilateral_stable"}, True, False),
        ({"lesions": [{"pain": "mechanical"}]}, True, False),
        ({"asia": "B"}, True, False),
    ],
)
def test_infection_suspected_and_assumed(
    case: dict[str, Any], suspected: bool, assumed: bool
) -> None:
    findings = found(infection_signs=True, **case)
    assert (findings.infection_suspected, findings.infection_assumed) == (suspected, assumed)
    unknown = found(infection_signs="unknown", **case)
    assert not (unknown.infection_suspected or unknown.infection_assumed)


@pytest.mark.parametrize(
    ("case", "suspected"),
    [
        ({"cancer": "known"}, False),
        ({"cancer": "suspected"}, True),
        ({}, True),
        ({"cancer": "known", "infection_signs": True}, True),
        ({"cancer": "known", "access": "catheter"}, True),
        ({"cancer": "known", "access": "graft"}, False),
        ({"cancer": "known", "dialysis_years": 10}, True),
        ({"cancer": "known", "dialysis_years": 9.9}, False),
        ({"cancer": "known", "pth_times_uln": 9}, True),
        ({"cancer": "known", "pth_times_uln": 8.9}, False),
    ],
)
@pytest.mark.parametrize("renal", ["haemodialysis", "peritoneal"])
def test_a_mimic_is_suspected_on_dialysis_alone(
    renal: str, case: dict[str, Any], suspected: bool
) -> None:
    assert found(**case, renal=renal).mimic_suspected == suspected
    assert not found(**case, renal="ckd").mimic_suspected
