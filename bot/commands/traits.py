"""What is known of each command: its traits, and the groups that they are listed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from bot.access import Right
from bot.turn import Turn

Handler = Callable[[Turn, str], None]
Scope = Literal["private", "group"]

BEGIN: Final = "Start"
LOOK_UP: Final = "Look up, with or without a case"
CASE: Final = "In a case"
GROUP: Final = "With a group"
DONE: Final = "What was done, and what follows"
REASONS: Final = "Reasons and sources"
CORDCALL: Final = "About CordCall"


@dataclass(frozen=True, slots=True)
class Traits:
    """One command: what it does, how it is typed, and the rules for using it.

    `takes` is what may be typed after the name, in brackets if optional, such as `example`.
    `handle` is None if only the terminal handles the command. A command that `only_looks` leaves
    a chat on its own case when it is tapped in another case's message; one that `needs_present`
    works only from a button of the newest version of the case. `in_group` commands are answered
    in a group. One that `works_out_of_use` gives no advice. `right` is what the person who acts
    needs.
    """

    name: str
    handle: Handler | None
    group: str
    does: str
    takes: str = ""
    example: str = ""
    only_looks: bool = False
    needs_present: bool = False
    in_group: bool = False
    works_out_of_use: bool = False
    right: Right = Right.CLINICIAN

    @property
    def typed(self) -> str:
        """Return the command as it is typed, such as "/edit [N]"."""
        return f"/{self.name} {self.takes}".rstrip()
