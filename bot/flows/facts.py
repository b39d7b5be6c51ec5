"""The facts accumulated answer by answer, and the case they make."""

from typing import Any, Final

from bot.logic.case import Case
from bot.logic.findings import Findings, find
from bot.logic.urgency import Policy, fired, limit_hours

CASE_FIELDS: Final = frozenset(Case.model_fields)


class Facts:
    """What has been answered so far on the path through a flow. Not shared, not stored."""

    def __init__(self, policy: Policy) -> None:
        self.policy: Policy = policy
        self._fields: dict[str, Any] = {}
        self._lesions: list[dict[str, Any]] = []
        self._case: Case | None = None
        self._found: Findings | None = None
        self.again = False

    def take(self, sets: dict[str, Any], item: int | None) -> None:
        """Add what one answer sets; `item` is the lesion's number from 1, None outside of it."""
        self._case = self._found = None
        if item is None:
            self._fields.update(sets)
            return
        while len(self._lesions) < item:
            self._lesions.append({})
        self._lesions[item - 1].update(sets)

    def copy(self) -> "Facts":
        """Return a copy of the facts to continue from."""
        copied = Facts(self.policy)
        copied._fields = {**self._fields}
        copied._lesions = [{**lesion} for lesion in self._lesions]
        return copied

    def get(self, field: str) -> Any:
        """Return what is known of a field of the case, or of the newest lesion."""
        if self._lesions and field in self._lesions[-1]:
            return self._lesions[-1][field]
        return self._fields.get(field)

    def was_asked(self, field: str) -> bool:
        return field in self._fields

    @property
    def lesion_count(self) -> int:
        return len(self._lesions)

    @property
    def case(self) -> Case:
        """Build the case from everything answered so far."""
        if self._case is None:
            self._case = self._build()
        return self._case

    def _build(self) -> Case:
        fields = {name: value for name, value in self._fields.items() if name in CASE_FIELDS}
        lesions = [
            {name: value for name, value in lesion.items() if name != "another_level"}
            for lesion in self._lesions
        ]
        return Case.model_validate(fields | ({"lesions": lesions} if lesions else {}))

    @property
    def found(self) -> Findings:
        if self._found is None:
            self._found = find(self.case)
        return self._found

    @property
    def limit_hours(self) -> int | None:
        """Return the MRI limit in hours that the answers so far call for."""
        return limit_hours(tuple(fired(self.found)), self.policy)
