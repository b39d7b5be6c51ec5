"""Doses that more than one text gives, each with its source."""

from typing import Final

GABAPENTIN_MG: Final = 100  # at night, on dialysis days only; R121
PREGABALIN_MG: Final = 25  # at night, on dialysis days only; R121
BUPRENORPHINE_UG_PER_HOUR: Final = 5  # the patch to begin with; R121
FENTANYL_UG_PER_HOUR: Final = 12  # the patch, for those who have had an opioid; R121
HEPARIN_UNITS: Final = 5000  # unfractionated, under the skin; R128
HEPARIN_FREE_DAYS: Final = 3  # dialysis after surgery; R132
DENOSUMAB_MG: Final = 120  # R111
DENOSUMAB_EVERY_WEEKS: Final = 4  # R111
SUXAMETHONIUM_UNTIL_HOURS: Final = "48–72"  # of weakness; R134 to R136
ECG_GLUCONATE_ML: Final = 30  # calcium gluconate 10 % for ECG changes; R227
GLUCOSE_AFTER_INSULIN_BELOW: Final = 7  # mmol/L; R227
LOW_CALCIUM_GLUCONATE_ML: Final = "10–20"  # calcium gluconate 10 % for low calcium; R231
