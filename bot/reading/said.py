"""What each topic hands on: values with the tokens they came from, denials, words left unclear."""

from dataclasses import dataclass, field
from typing import Any, Final

SIGNS: Final = (
    "weakness", "gait", "sensory_level", "saddle_anaesthesia", "bladder", "bowel", "umn_signs",
    "lhermitte",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field, read from the tokens `first` to before `last`; a tuple adds to a list."""

    field: str
    value: Any
    first: int
    last: int


@dataclass(slots=True)
class Said:
    """All that a line says."""

    found: list[Value] = field(default_factory=list)
    denials: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def add(self, name: str, value: Any, first: int, last: int) -> None:
        self.found.append(Value(name, value, first, last))

    def deny(self, *names: str) -> None:
        self.denials += names

    def has(self, name: str) -> bool:
        return any(each.field == name for each in self.found)

    def value(self, name: str) -> Any:
        return next((each.value for each in self.found if each.field == name), None)

    def listed(self, name: str) -> set[str]:
        return {one for each in self.found if each.field == name for one in each.value}

    @property
    def denied(self) -> tuple[str, ...]:
        settled = {each.field for each in self.found} - {"cord_signs", "blood_thinners"}
        signs = self.listed("cord_signs")
        empty = any(each.field == "cord_signs" and not each.value for each in self.found)
        return tuple(
            name
            for name in dict.fromkeys(self.denials)
            if name not in settled and name not in signs and not (empty and name in SIGNS)
        )
