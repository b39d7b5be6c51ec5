"""Who works on a case of a group, by the names that the group sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from bot.screens.notices import words
from state.groups import Answering, AskedBack, Asks, Colleague, Duty
from state.handovers import HandOver
from state.records import HANDED_OVER, StoredCase
from state.requests import Request

WORDS: Final = "group_card.toml"
ANSWERING_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Team:
    """Who works on a case of a group, by the names that the group sees."""

    colleagues: tuple[Colleague, ...]
    owner: str
    answering: Answering | None = None
    on_call: tuple[Duty, ...] = ()
    asks: Asks = "signs"
    offered: HandOver | None = None
    requests: tuple[Request, ...] = ()
    asked_back: AskedBack | None = None

    @classmethod
    def of(
        cls,
        case: StoredCase,
        colleagues: Sequence[Colleague],
        answering: Answering | None,
        on_call: Sequence[Duty],
        asks: Asks,
        offered: HandOver | None,
        requests: Sequence[Request],
        asked_back: AskedBack | None,
    ) -> Self:
        taken = case.newest_entry(HANDED_OVER)
        if taken and answering and answering.who == taken.detail and answering.at <= taken.at:
            answering = None  # whoever has handed the case over answers it no longer
        stands = asked_back if asked_back and asked_back.version == case.version else None
        return cls(
            tuple(colleagues), case.owner, answering, tuple(on_call), asks, offered,
            tuple(requests), stands,
        )  # fmt: skip

    @property
    def has_owner(self) -> bool:
        """Return whether the owner still acts in the group."""
        return any(each.who == self.owner for each in self.colleagues)

    def name(self, who: str) -> str:
        """Return the name of a person."""
        return name_of(next((each for each in self.colleagues if each.who == who), None))

    def answering_now(self, now: datetime) -> Answering | None:
        """Return who is answering, and since when; None if nobody still here has said so lately."""
        if self.answering is None or now - self.answering.at > ANSWERING_FOR:
            return None
        here = any(each.who == self.answering.who for each in self.colleagues)
        return self.answering if here else None


def owned_since(case: StoredCase) -> datetime:
    """Return since when a case has the owner that it has."""
    taken = case.newest_entry(HANDED_OVER)
    return taken.at if taken else case.begun_at


def name_of(colleague: Colleague | None) -> str:
    """Return the name that a group sees; somebody who has left it has none any more."""
    return colleague.name if colleague else words("who", WORDS)["unknown"]
