"""The case: one patient episode as the rules see it. Knows no rule and no question."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Unknown = Literal["unknown"]
Cancer = Literal["known", "suspected", "none"]
Primary = Literal[
    "breast", "prostate", "lung", "renal_cell", "thyroid", "melanoma", "sarcoma", "osteosarcoma",
    "myeloma", "lymphoma", "seminoma", "carcinoid", "colon", "rectum", "stomach", "oesophagus",
    "pancreas", "liver", "gallbladder", "bladder", "uterus", "ovary", "head_neck",
    "unknown_primary", "other",
]  # fmt: skip
RadicularPain = Literal["none", "unilateral", "bilateral"]
RadicularDeficit = Literal["none", "unilateral_stable", "unilateral_progressive", "bilateral"]
CordSign = Literal[
    "weakness", "gait", "sensory_level", "saddle_anaesthesia", "bladder", "bowel", "umn_signs",
    "lhermitte",
]  # fmt: skip
Asia = Literal["A", "B", "C", "D", "E"]
Walking = Literal["unaided", "aided", "none"]
PreviousRt = Literal["none", "other_level", "same_level"]
BloodThinner = Literal["antiplatelet", "warfarin", "doac", "heparin"]
LifeExpectancy = Literal["lt3m", "ge3m"]
OrganMets = Literal["none", "removable", "unremovable"]
Mri = Literal["not_done", "not_possible", "done"]
Level = Literal[
    "C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7",
    "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12",
    "L1", "L2", "L3", "L4", "L5", "S1", "S2", "S3", "S4", "S5",
]  # fmt: skip
Escc = Literal["0", "1a", "1b", "1c", "2", "3"]
LesionPain = Literal["mechanical", "non_mechanical", "none"]
Bone = Literal["lytic", "mixed", "blastic"]
Alignment = Literal["subluxation", "deformity", "normal"]
Collapse = Literal["ge50", "lt50", "none_gt50_involved", "none"]
Posterolateral = Literal["bilateral", "unilateral", "none"]
Renal = Literal["normal", "ckd", "haemodialysis", "peritoneal"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Access = Literal["fistula", "graft", "catheter"]
UrineOutput = Literal["anuric", "residual"]

LONGEST_DEADLINE: Final = timedelta(hours=336)
_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)", re.ASCII
)


def read_instant(given: object) -> datetime:
    """Read an ISO 8601 date-time with offset; fractions of a second are dropped.

    Raises ValueError for anything else, also for a time so late that no deadline fits after it.
    """
    if isinstance(given, str) and _INSTANT.fullmatch(given):
        instant = datetime.fromisoformat(re.sub(r"[.,]\d+", "", given))
    elif isinstance(given, datetime) and given.tzinfo is not None:
        instant = given
    else:
        raise ValueError("not a date-time with offset")
    fixed = with_fixed_offset(instant)
    try:
        fixed + LONGEST_DEADLINE
    except OverflowError as error:
        raise ValueError("at the end of the calendar, where no deadline fits") from error
    return fixed


def with_fixed_offset(instant: datetime) -> datetime:
    """Fix a moment's offset, so that adding hours adds real hours.

    With a time zone instead, Python adds wall-clock time, wrong when the clocks change.
    """
    offset = instant.utcoffset() or timedelta()
    return instant.replace(microsecond=0, tzinfo=timezone(offset) if offset else UTC)


def _listed(given: object) -> object:
    """Convert a list of words to a tuple without duplicates."""
    if isinstance(given, list | tuple) and all(isinstance(word, str) for word in given):
        return tuple(dict.fromkeys(given))
    return given


def _measurable(given: object) -> object:
    """Refuse an integer too large for a float, which pydantic would accept."""
    if isinstance(given, int) and not isinstance(given, bool):
        try:
            float(given)
        except OverflowError as error:
            raise ValueError("too large") from error
    return given


Instant = Annotated[datetime, BeforeValidator(read_instant)]
Truth = Annotated[bool, Field(strict=True)]
CordSigns = Annotated[tuple[CordSign, ...], BeforeValidator(_listed)]
BloodThinners = Annotated[tuple[BloodThinner, ...], BeforeValidator(_listed)]
Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(_listed)]
Amount = Annotated[
    float, Field(strict=True, ge=0, allow_inf_nan=False), BeforeValidator(_measurable)
]
Potassium = Annotated[
    float, Field(strict=True, ge=1, le=12, allow_inf_nan=False), BeforeValidator(_measurable)
]
Calcium = Annotated[
    float, Field(strict=True, ge=0.5, le=5, allow_inf_nan=False), BeforeValidator(_measurable)
]
Albumin = Annotated[
    float, Field(strict=True, ge=5, le=70, allow_inf_nan=False), BeforeValidator(_measurable)
]
Ecog = Annotated[int, Field(strict=True, ge=0, le=4)]
Kps = Annotated[int, Field(strict=True, ge=10, le=100, multiple_of=10)]
Foci = Annotated[int, Field(strict=True, ge=0, le=3)]
Vertebrae = Annotated[int, Field(strict=True, ge=1, le=3)]


_set: Final = object.__setattr__


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lesion(_Frozen):
    """One vertebral lesion as reported; None is not asked, "unknown" is asked but not known."""

    level: Level | Unknown | None = None
    escc: Escc | Unknown | None = None
    pain: LesionPain | Unknown | None = None
    bone: Bone | Unknown | None = None
    alignment: Alignment | Unknown | None = None
    collapse: Collapse | Unknown | None = None
    posterolateral: Posterolateral | Unknown | None = None


class Case(_Frozen):
    """One patient episode. None is not asked, "unknown" asked but not known; both count the same.

    Units: deficit_days days; paralysis_hours hours; egfr mL/min/1.73 m²; dialysis_years years;
    potassium and calcium mmol/L; albumin g/L; pth_times_uln multiples of the upper limit.
    """

    opened_at: Instant | None = None
    cancer: Cancer | Unknown | None = None
    primary: Primary | Unknown | None = None
    back_pain: Truth | Unknown | None = None
    radicular_pain: RadicularPain | Unknown | None = None
    radicular_deficit: RadicularDeficit | Unknown | None = None
    deficit_days: Amount | Unknown | None = None
    cord_signs: CordSigns | Unknown | None = None
    infection_signs: Truth | Unknown | None = None
    asia: Asia | Unknown | None = None
    walking: Walking | Unknown | None = None
    paralysis_hours: Amount | Unknown | None = None
    previous_rt: PreviousRt | Unknown | None = None
    previous_surgery: Truth | Unknown | None = None
    progression_after_rt: Truth | Unknown | None = None
    deterioration_during_rt: Truth | Unknown | None = None
    blood_thinners: BloodThinners | Unknown | None = None
    last_blood_thinner: Instant | Unknown | None = None
    life_expectancy: LifeExpectancy | Unknown | None = None
    ecog: Ecog | Unknown | None = None
    kps: Kps | Unknown | None = None
    extraspinal_bone: Foci | Unknown | None = None
    vertebral_mets: Vertebrae | Unknown | None = None
    organ_mets: OrganMets | Unknown | None = None
    mri: Mri | Unknown | None = None
    lesions: tuple[Lesion, ...] | None = None
    renal: Renal | Unknown | None = None
    egfr: Amount | Unknown | None = None
    dialysis_years: Amount | Unknown | None = None
    dialysis_days: Weekdays | Unknown | None = None
    last_dialysis: Instant | Unknown | None = None
    next_dialysis: Instant | Unknown | None = None
    access: Access | Unknown | None = None
    urine_output: UrineOutput | Unknown | None = None
    potassium: Potassium | Unknown | None = None
    calcium: Calcium | Unknown | None = None
    albumin: Albumin | Unknown | None = None
    pth_times_uln: Amount | Unknown | None = None

    @property
    def mri_done(self) -> bool:
        return self.mri == "done"

    def changed(self, changes: Mapping[str, object]) -> "Case":
        """Return the case with some fields changed; the values are assumed valid."""
        changed = object.__new__(Case)
        _set(changed, "__dict__", {**self.__dict__, **changes})
        _set(changed, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        _set(changed, "__pydantic_extra__", None)
        _set(changed, "__pydantic_private__", None)
        return changed


def known(value: object) -> bool:
    """Return whether a value is an answer, not a question unasked or not answerable."""
    return value is not None and value != "unknown"
