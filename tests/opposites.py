"""Pairs that no answer, card or plan may contain together: the reader would have to choose.

SENTENCES are said as they stand, in any answer. OPPOSITES are patterns over cards and plans;
`decided` matches the sentence that decides between the two, where the rules need both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DOSE = r"Dexamethasone(?: \(as base\))?: 16 mg (?:now|at once)"


@dataclass(frozen=True)
class Opposites:
    one: str
    other: str
    decided: str = ""

    def clash(self, said: str) -> bool:
        """Return whether a text contains both sides and nothing that decides between them."""
        both = re.search(self.one, said) and re.search(self.other, said)
        return bool(both) and not (self.decided and re.search(self.decided, said))


OPPOSITES = (
    Opposites(DOSE, r"Dexamethasone: not yet"),
    Opposites(DOSE, r"Dexamethasone: not routinely"),
    Opposites(DOSE, r"Dexamethasone: stop"),
    Opposites(DOSE, r"Dexamethasone: (?:discuss|one call) first"),
    Opposites(DOSE, r"Dexamethasone: \d+ questions? first"),
    Opposites(DOSE, r"Dexamethasone: (?:decide in the call|examine the cord signs first)"),
    Opposites(r"Dexamethasone: stop", r"Dexamethasone: not yet"),
    Opposites(r"Position: flat", r"log-roll (?:is )?needed for stability"),
    Opposites(r"Position: flat", r"Position: consider"),
    Opposites(r"as flat as breathing allows", r"log-roll (?:is )?needed for stability"),
    Opposites(r"as flat as breathing allows", r"position as breathing needs it"),
    Opposites(r"conservative as far as stability goes", r"SINS 13 or more: unstable"),
    Opposites(r"conservative as far as stability goes", r"SINS 7 or more possible"),
    Opposites(
        r"alcium gluconate",
        r"Supplements \(calcium, vitamin D\): none",
        r"alcium gluconate[^.]*for ECG changes alone",
    ),
    Opposites(r"Calcium dangerously low", r"Calcium dangerously high"),
    Opposites(r"Calcium is low", r"Calcium is high"),
    Opposites(r"Denosumab: contra-indicated", r"the article prefers it", r"calcium comes first"),
    Opposites(r"Zoledronic acid: not recommended", r"Zoledronic acid: \d"),
    Opposites(r"no saline diuresis", r"Fluids IV, then"),
    Opposites(r"Nephrology before any fluids", r"Fluids IV, then"),
    Opposites(r"catheter if retaining|Bladder scan", r"no scan and no catheter|no bladder scan"),
    Opposites(r"MRI: whole spine", r"CT(?: of the whole spine)? (?:instead of|in) the MRI"),
    Opposites(r"MRI: whole spine", r"CT: whole spine"),
    Opposites(r"MRI: whole spine", r"MRI: not indicated"),
    Opposites(r"MRI: whole spine", r"MRI: done"),
    Opposites(r"MRI: whole spine", r"Images: read"),
    Opposites(r"Next: MRI|MRI first, then", r"Next: CT|CT first, then"),
    Opposites(r"No MRI is awaited|no MRI is awaited", r"MRI: whole spine, by"),
    Opposites(r"antibiotics at once: neurology|then antibiotics at", r"hold them back|if septic"),
    Opposites(
        r"specialist: now\.|surgeon and infection specialist now",
        r"specialist: the same day|phone surgeon and infection",
    ),
    Opposites(r"no radiotherapy[, and]+no cement", r"Radiotherapy (?:1 × 8|5 × 4|10 × 3) Gy"),
    Opposites(r"no radiotherapy[, and]+no cement", r"Vertebroplasty or kyphoplasty"),
    Opposites(r"othing to irradiate", r"Radiotherapy (?:1 × 8|5 × 4|10 × 3) Gy"),
    Opposites(r"no indication for surgery", r"surgery, then radiotherapy"),
    Opposites(r"[Tt]issue first|Next: tissue", r"No lesion in the spine|no lesion in the spine"),
    Opposites(r"no kidney function to protect", r"protect what urine output remains"),
    Opposites(
        r"[Uu]rgent meeting[,:]|Call now: (?:spinal surgeon|neurologist)", r"[Ww]eekly tumour board"
    ),
    Opposites(r"Neurologist first|Call now: neurologist", r"do not explain the signs"),
    Opposites(r"physician, radiation oncologist, spinal", r"oncologist: once a tumour is shown"),
    Opposites(r"do not wait for it\.", r"give contrast just before it"),
    Opposites(r"Treatment: begin by", r"Drainage and antibiotics: begin by"),
    Opposites(r"Treatment: begin by", r"Treatment: begun"),
    Opposites(r"do not explain the (?:signs|pain)", r"images are clean and none is needed"),
    Opposites(r"No lesion in the spine|no lesion in the spine", r"also yields tissue"),
    Opposites(r"no radiotherapy[, and]+no cement", r"before radiotherapy"),
    Opposites(r"Interventional techniques: where", r"haematoma is possible"),
    Opposites(r"CT: whole spine, in the MRI's place", r"Gadolinium|nobody has read them"),
    Opposites(r"[Dd]ialysis today", r"repeat the sample"),
    Opposites(r"not a metastasis until proven", r"Dialysis: consider also|Mimic: possible"),
    Opposites(r"EMERGENCY", r"[Ss]afety net"),
    Opposites(r"Bleeding: ask for blood", r"no anticoagulant until|Anticoagulant: no dose"),
)  # fmt: skip


SENTENCES = [
    ("Position: flat, log-roll", "no log-roll"),
    ("Position: consider flat", "Position: flat, log-roll"),
    ("Position: consider flat", "no log-roll"),
    ("Rigid collar", "no log-roll"),
    ("Rigid collar", "judged the stability on these images"),
    ("Position: consider flat", "judged the stability on these images"),
    ("MRI: whole spine", "CT: whole spine, in the MRI's place"),
    ("MRI: whole spine", "Have the images read as soon as they are there"),
    ("MRI: not indicated by symptoms", "MRI: whole spine"),
    ("MRI: not indicated by symptoms", "Cord sign: suspected cord compression"),
    ("take medicine patches off", "CT: whole spine, in the MRI's place"),
    ("suspected cauda equina or conus", "Scan the whole spine, within"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: not yet"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: not routinely"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: stop"),
    ("mg at once, by mouth or slowly IV", "Dexamethasone: discuss first"),
    ("Dexamethasone: not routinely", "Dexamethasone: stop"),
    ("Dexamethasone: not yet", "Dexamethasone: stop"),
    ("Nothing here needs a steroid", "the deficit progresses: the surgeon, or failing that"),
    ("antibiotics at once: neurology is failing", "hold them back until a germ is known"),
    ("Bladder: scan, catheter if retaining", "no scan and no catheter"),
    ("protect what urine output remains", "there is no kidney function to protect"),
    ("Calcium is low", "Calcium is high: total"),
    ("Calcium dangerously low", "Calcium dangerously high"),
    ("Calcium dangerously low", "calcium gluconate for ECG changes alone"),
    (
        "Supplements (calcium, vitamin D): none",
        "Supplements (calcium, active vitamin D): with nephrology",
    ),
    ("Supplements (calcium, active vitamin D): none while calcium is high", "Calcium is low"),
    ("Fluids IV", "no saline diuresis"),
    ("Fluids IV", "Nephrology before any fluids"),
    ("Zoledronic acid: not recommended", "mg IV for this egfr"),
    ("zoledronic acid too, until corrected", "mg IV for this egfr"),
    ("or more: insulin 10 units", "Without ECG changes both may be used"),
    ("give one dose, not two", "calcium gluconate for ECG changes alone"),
    ("no radiotherapy and no cement", "Radiotherapy 1 × 8 Gy"),
    ("no radiotherapy and no cement", "Vertebroplasty or kyphoplasty"),
    ("Treatment waits for the images", "Radiotherapy 1 × 8 Gy"),
    ("Nothing to irradiate", "Radiotherapy 1 × 8 Gy"),
    ("Only if the meeting decides against surgery", "After the operation."),
    ("Radiotherapy: no indication for surgery", "Embolisation before surgery"),
    ("No lesion in the spine", "decompression also yields tissue"),
    ("no radiotherapy and no cement", "surgical consultation before radiotherapy"),
    ("no radiotherapy and no cement", "Biopsy before radiotherapy"),
    ("Interventional techniques: where drugs", "Interventional techniques: none"),
    ("CT: whole spine, in the MRI's place", "Gadolinium: group II"),
    ("Dialysis today", "Nephrology decides on another session"),
    ("conservative as far as stability goes", "unstable. Spinal surgeon"),
    ("conservative as far as stability goes", "surgical consultation before radiotherapy"),
    ("Safety net: the patient comes back", "Cord sign: suspected cord compression"),
    ("Weekly tumour board: present the case", "Urgent meeting, now"),
    ("Neurologist first: the scan is clean", "Urgent meeting, now"),
    ("Weekly tumour board: present the case", "Spinal surgeon: consult"),
    ("Spinal surgeon, now, with the responsible", "Urgent meeting, now"),
    ("not a metastasis until proven", "Dialysis: consider also"),
    ("It comes before the MRI deadline", "It is after the MRI deadline"),
    ("coordinator at once", "coordinator within"),
    ("Bleeding: ask for blood thinners", "Anticoagulant: no dose until"),
    ("Last dose: ask when.", "Last dose: S"),
]


def clashes(said: str) -> Iterator[str]:
    """Name each pair of opposites in a card or a plan."""
    for pair in OPPOSITES:
        if pair.clash(said):
            yield f"{pair.one} / {pair.other}"
    for one, other in SENTENCES:
        if one in said and other in said:
            yield f"{one} / {other}"
