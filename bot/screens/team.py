"""Who works on a case of a group, by the names that the group sees."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from bot.screens.notices import words
from state.groups import Answering, Asks, Colleague, Duty, is_group
from state.handovers import HandOver
from state.records import HANDED_OVER, StoredCase

WORDS: Final = "group_card.toml"
ANSWERING_FOR: Final = timedelta(minutes=10)
UNNAMED: Final = "?"  # the initials of somebody who has left the group


@dataclass(frozen=True, slots=True)
class Team:
    """Who works on a case of a group, by the names that the group sees."""

    colleagues: tuple[Colleague, ...]
    owner: str
    owned_since: datetime
    answering: Answering | None = None
    on_call: tuple[Duty, ...] = ()
    asks: Asks = "signs"
    offered: HandOver | None = None

    @classmethod
    def of(
        cls,
        case: StoredCase,
        colleagues: Sequence[Colleague],
        answering: Answering | None,
        on_call: Sequence[Duty],
        asks: Asks,
        offered: HandOver | None,
    ) -> Self:
        taken = case.newest_entry(HANDED_OVER)
        since = taken.at if taken else case.begun_at
        people, duties = tuple(colleagues), tuple(on_call)
        return cls(people, case.owner, since, answering, duties, asks, offered)

    @property
    def has_owner(self) -> bool:
        """Return whether the owner still acts in the group."""
        return any(each.who == self.owner for each in self.colleagues)

    def name(self, who: str) -> str:
        """Return the name that the group sees; somebody who has left has none any more."""
        found = next((each.name for each in self.colleagues if each.who == who), "")
        return found or words("who", WORDS)["unknown"]

    def initials(self, who: str) -> str:
        """Return the initials of a name; of somebody who has left, a question mark."""
        return next((each.initials for each in self.colleagues if each.who == who), UNNAMED)

    def answering_now(self, now: datetime) -> Answering | None:
        """Return who is answering, and since when; None if nobody has said so lately."""
        if self.answering is None or now - self.answering.at > ANSWERING_FOR:
            return None
        return self.answering


def names_in(
    case: StoredCase, colleagues: Callable[[str], Sequence[Colleague]]
) -> Mapping[str, str]:
    """Return the names of a case's group, by person, if its time line names anybody."""
    named = any(each.kind == HANDED_OVER and each.detail for each in case.timeline)
    return {each.who: each.name for each in colleagues(case.chat)} if named else {}


def initials_of(
    case: StoredCase, colleagues: Callable[[str], Iterable[Colleague]]
) -> dict[str, str] | None:
    """Return the initials of the people of a case's group, by their ids; None if it has none."""
    if not is_group(case.chat):
        return None
    return {each.who: each.initials for each in colleagues(case.chat)}
