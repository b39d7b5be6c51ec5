"""The facts accumulated answer by answer, and the case they make."""

from typing import Any, Final

from bot.logic.case import Case
from bot.logic.findings import Findings, find
from bot.logic.urgency import Policy, fired, limit_hours

CASE_FIELDS: Final = frozenset(Case.model_fields)
_NOTHING: Final = Case()


class Facts:
    """What has been answered so far on the path through a flow. Not shared, not stored."""

    def __init__(self, policy: Policy) -> None:
        self.policy: Policy = policy
        self._fields: dict[str, Any] = {}
        self._lesions: list[dict[str, Any]] = []
        self._case = _NOTHING
        self._not_in_case: dict[str, Any] = {}
        self._found: Findings | None = None
        self._rules: tuple[str, ...] | None = None
        self.again = False

    def take(self, sets: dict[str, Any], item: int | None) -> None:
        """Add what one answer sets; `item` is the lesion's number from 1, None outside of it."""
        self._found = self._rules = None
        if item is None:
            self._fields.update(sets)
            self._not_in_case.update(sets)
            return
        while len(self._lesions) < item:
            self._lesions.append({})
        self._lesions[item - 1].update(sets)
        self._not_in_case["lesions"] = None

    def copy(self) -> "Facts":
        """Return a copy of the facts to continue from."""
        copied = Facts(self.policy)
        copied._fields = {**self._fields}
        copied._lesions = [{**lesion} for lesion in self._lesions]
        copied._case = self._case
        copied._not_in_case = {**self._not_in_case}
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
        """Build the case from everything answered so far: only what is new in it is checked."""
        if self._not_in_case:
            self._case = self._case.changed(self._checked())
            self._not_in_case = {}
        return self._case

    def _checked(self) -> dict[str, Any]:
        new = {name: self._not_in_case[name] for name in self._not_in_case if name in CASE_FIELDS}
        if "lesions" in new and self._lesions:
            new["lesions"] = [
                {name: value for name, value in lesion.items() if name != "another_level"}
                for lesion in self._lesions
            ]
        checked = Case.model_validate(new).__dict__
        return {name: checked[name] for name in new}

    @property
    def found(self) -> Findings:
        if self._found is None:
            self._found = find(self.case)
        return self._found

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the urgency rules that fire with the answers so far."""
        if self._rules is None:
            self._rules = tuple(fired(self.found))
        return self._rules

    @property
    def limit_hours(self) -> int | None:
        """Return the MRI limit in hours that the answers so far call for."""
        return limit_hours(self.rules, self.policy)
