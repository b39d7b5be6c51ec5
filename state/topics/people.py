"""The interface of what a store holds of one person, across its topics."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class People(Protocol):
    """What is stored of a person, to be shown to them or erased."""

    def stored_of(self, who: str) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Return everything stored of a person, as it is stored, by the name of its table.

        ANOTHER stands for other people.
        """

    def cases_of(self, who: str) -> list[str]:
        """Return every case of a person outside groups, closed ones too."""

    def forget(self, who: str) -> None:
        """Erase a person who has no case any more, from the disk too once the turn has ended.

        Their cases in groups stay, as those of FORGOTTEN, and so do their answers and notes in
        other people's cases. It also stands for them in what others can tap or are about to be
        sent. What waits to be sent to them stays too.
        """
