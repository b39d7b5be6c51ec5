"""Five invented patients, each played through the terminal, as pages that a specialist can read."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bot.adapters.terminal import QUIT, Terminal
from bot.adapters.terminal_place import CHAT
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.flows.wording import flow_words
from bot.installation import Setting
from bot.service.service import Service
from state.records import Value
from state.sqlite.store import SqliteStore
from tests.conftest import NOON, Clock
from tests.dialogue import asked, script, typed

FOLDER = Path(__file__).parents[1] / "docs" / "patients"
CALL = "spinal coordinator, bleep 4321"
CODE = "KES-42"
PROMPT = "> "
HEADING = re.compile(r"((?:^== .* ==$\n?)+)", re.MULTILINE)
ABOVE_PROMPT = re.compile(r"(?<=\n)== .* ==\n(?=> )")
BETWEEN_SCREENS = re.compile(r"\n\n(?=== |> )")
ASKED = (re.escape(each.ask) for each in flow_words(FLOW.id).questions.values())
QUESTION = re.compile(rf"^(?:{'|'.join(ASKED)})$", re.MULTILINE)
LEFT_OUT = (
    "This is what the terminal shows. Left out: the options of each question, which "
    "[the flow](../triage.md) lists, the urgency above each prompt, and what was shown before."
)


@dataclass(frozen=True)
class Stage:
    """A part of the conversation: what happens, after how long, the answers, then commands."""

    heading: str
    answers: Mapping[str, Value]
    then: tuple[str, ...] = ()
    minutes_later: int = 0


@dataclass(frozen=True)
class Patient:
    """An invented patient: the file, the title, who it is, and the stages; plan and SBAR follow."""

    file: str
    title: str
    story: str
    stages: tuple[Stage, ...]


END = (
    Stage("The plan", {}, ("/plan all",)),
    Stage("The hand-over", {}, ("/sbar",)),
)
PATIENTS = (
    Patient(
        "febrile-on-haemodialysis.md",
        "Febrile on haemodialysis, cord compression on MRI",
        "A woman with metastatic breast cancer, dialysed through a tunnelled catheter, has had a "
        "fever since the last session, back pain, and legs that have been weak since this morning.",
        (
            Stage(
                "Weak legs and a fever",
                {
                    "cord_signs": ["weakness", "sensory_level"], "infection_signs": True,
                    "renal": "haemodialysis", "cancer": "known", "primary": "breast",
                    "blood_thinners": ["heparin"], "last_blood_thinner": "18 h ago",
                    "back_pain": True, "potassium": 5.4, "calcium": 2.15, "albumin": 28,
                    "urine_output": "residual", "access": "catheter", "dialysis_years": 4,
                    "last_dialysis": "18 h ago", "next_dialysis": "in 30 h", "asia": "C",
                    "walking": "none", "mri": "not_done",
                },
                ("/requested", "/called surgeon", "/called nephrology"),
            ),
            Stage(
                "The MRI is read",
                {
                    "mri": "done", "lesions_seen": "some", "level": "T8", "escc": "2",
                    "pain": "mechanical", "bone": "lytic", "alignment": "normal",
                    "collapse": "lt50", "posterolateral": "unilateral", "another_level.1": False,
                    "previous_rt": "none", "life_expectancy": "ge3m", "ecog": 1,
                },
                minutes_later=190,
            ),
            *END,
        ),
    ),
    Patient(
        "apixaban-and-anuric.md",
        "Apixaban, anuric, dialysis ended two hours ago, weak legs",
        "A man with prostate cancer takes apixaban for atrial fibrillation and passes no urine; "
        "his legs gave way on the way home from haemodialysis.",
        (
            Stage(
                "Weak legs after dialysis",
                {
                    "cord_signs": ["weakness", "bladder"], "infection_signs": False,
                    "renal": "haemodialysis", "urine_output": "anuric", "cancer": "known",
                    "primary": "prostate", "blood_thinners": ["doac", "heparin"],
                    "last_blood_thinner": "2 h ago", "radicular_pain": "none", "back_pain": True,
                    "potassium": 6.1, "calcium": 2.3, "albumin": 34, "access": "fistula",
                    "dialysis_years": 11, "last_dialysis": "2 h ago", "next_dialysis": "in 44 h",
                    "asia": "C", "walking": "none", "mri": "not_done",
                },
                ("/called surgeon", "/called haematology", "/requested"),
            ),
            *END,
        ),
    ),
    Patient(
        "no-cancer-both-roots.md",
        "No cancer known, both roots weak",
        "A man without any cancer has had weak, numb feet for two days and needs a stick.",
        (
            Stage(
                "Both feet weak",
                {
                    "cord_signs": [], "radicular_deficit": "bilateral", "infection_signs": False,
                    "renal": "normal", "cancer": "none", "blood_thinners": [],
                    "radicular_pain": "none", "asia": "D", "walking": "aided", "mri": "not_done",
                },
            ),
            Stage(
                "The MRI shows no lesion",
                {"mri": "done", "lesions_seen": "none"},
                minutes_later=300,
            ),
            *END,
        ),
    ),
    Patient(
        "mri-impossible.md",
        "MRI impossible",
        "A man with lung cancer, chronic kidney disease and an old pacemaker walks unsteadily and "
        "has been retaining urine since last night.",
        (
            Stage(
                "Unsteady, retaining urine, no MRI",
                {
                    "cord_signs": ["gait", "bladder"], "infection_signs": False, "renal": "ckd",
                    "egfr": 24, "cancer": "known", "primary": "lung",
                    "blood_thinners": ["antiplatelet"], "last_blood_thinner": "5 h ago",
                    "radicular_pain": "unilateral", "potassium": 5.2, "calcium": 2.9,
                    "albumin": 30, "asia": "D", "walking": "aided", "mri": "not_possible",
                },
                ("/requested", "/called radiology"),
            ),
            *END,
        ),
    ),
    Patient(
        "clean-scan-bilateral-pain.md",
        "Clean scan, pain on both sides",
        "A woman with metastatic breast cancer has pain like a band round her chest and nothing "
        "else that anybody finds.",
        (
            Stage(
                "Band-like pain",
                {
                    "cord_signs": [], "radicular_deficit": "none", "radicular_pain": "bilateral",
                    "infection_signs": False, "renal": "normal", "cancer": "known",
                    "primary": "breast", "blood_thinners": [], "calcium": 2.4, "albumin": 38,
                    "asia": "E", "walking": "unaided", "mri": "not_done",
                },
                ("/requested",),
            ),
            Stage(
                "The MRI shows no lesion",
                {"mri": "done", "lesions_seen": "none"},
                minutes_later=420,
            ),
            *END,
        ),
    ),
)  # fmt: skip


class Played(io.StringIO):
    """The lines of a patient as the conversation asks for them; notes where each stage begins."""

    def __init__(self, patient: Patient, service: Service, clock: Clock, out: io.StringIO) -> None:
        super().__init__()
        self._service, self._clock, self._out = service, clock, out
        self._lines = self._type(patient)
        self.begins: list[int] = []

    def readline(self, size: int | None = -1, /) -> str:
        return f"{next(self._lines)}\n"

    def _type(self, patient: Patient) -> Iterator[str]:
        for place, stage in enumerate(patient.stages):
            self._clock.pass_by(minutes=stage.minutes_later)
            self.begins.append(self._out.tell() - len(PROMPT) if place else 0)
            where = script(stage.answers, "", lambda: asked(self._service, CHAT))
            for question, _, value in where:
                yield typed(question, value)
            yield from stage.then
        self.begins.append(self._out.tell() - len(PROMPT))
        yield QUIT


def page(patient: Patient, folder: Path) -> str:
    """Play a patient at noon, and return the page with what the terminal shows."""
    clock, out = Clock(), io.StringIO()
    store = SqliteStore(folder / "cordcall.db")
    engine = Engine(FlowMachine(FLOW), "stepwise", NOON.tzinfo)
    service = Service(store, Setting(engine, CALL, 30), clock)
    lines = Played(patient, service, clock, out)
    with patch("bot.turn.new_codes", lambda: iter([CODE])):
        Terminal(service, lines, out).run()
    store.close()
    shown, seen = out.getvalue(), set[str]()
    parts = [
        f"This patient is invented. {patient.story}\n",
        f"# {patient.title}\n",
        f"{LEFT_OUT}\n",
    ]
    for place, stage in enumerate(patient.stages):
        said = shown[lines.begins[place] : lines.begins[place + 1]]
        said = ABOVE_PROMPT.sub("", f"{said}{PROMPT}").removesuffix(PROMPT).strip()
        screens = "\n\n".join(_shortened(BETWEEN_SCREENS.split(said), seen))
        parts.append(f"## {stage.heading}\n\n```text\n{screens}\n```\n")
    return "\n".join(parts)


def _shortened(screens: list[str], seen: set[str]) -> Iterator[str]:
    """Leave out the options of a question, and anything a screen shows a second time."""
    for screen in screens:
        typed_line, heading, rest = HEADING.split(screen, maxsplit=1)
        if QUESTION.search(rest):
            rest = "\n".join(line for line in rest.split("\n") if not line.startswith("  "))
        repeated = f"{heading}{rest}" in seen
        seen.add(f"{heading}{rest}")
        yield f"{typed_line}{heading}" + ("(as before)" if repeated else rest)


def pages(folder: Path) -> dict[str, str]:
    """Play every patient, and return the pages by the names of their files."""
    drawn = {}
    for patient in PATIENTS:
        room = folder / patient.file.removesuffix(".md")
        room.mkdir()
        drawn[patient.file] = page(patient, room)
    return drawn


def write(folder: Path) -> None:
    """Write the pages, and remove pages that no longer exist; `folder` is for the databases."""
    FOLDER.mkdir(exist_ok=True)
    drawn = pages(folder)
    for name, text in drawn.items():
        (FOLDER / name).write_text(text, "utf-8")
    for stray in set(FOLDER.iterdir()) - {FOLDER / name for name in drawn}:
        stray.unlink()
