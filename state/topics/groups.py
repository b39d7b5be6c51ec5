"""The interface of the store's groups."""

from datetime import datetime
from typing import Protocol

from state.groups import Answering, AskedBack, Colleague, Duty, Group


class Groups(Protocol):
    """The enrolled groups, and who acts in each."""

    def find(self, chat: str) -> Group | None:
        """Return an enrolled group; None if it is not."""

    def listed(self) -> list[Group]:
        """Return every enrolled group, in the order in which they were enrolled."""

    def enrol(self, group: Group) -> None:
        """Enrol a group; one that is enrolled stays as it is."""

    def change(self, group: Group) -> None:
        """Change the ways of an enrolled group; who enrolled it stays."""

    def strike_off(self, chat: str) -> None:
        """Erase a group with its colleagues; its cases are not touched."""

    def colleague(self, chat: str, who: str) -> Colleague | None:
        """Return somebody who acts in a group."""

    def colleagues(self, chat: str) -> list[Colleague]:
        """Return who acts in a group, in the order of their ids."""

    def groups_of(self, who: str) -> list[str]:
        """Return the groups that somebody acts in."""

    def see(self, colleague: Colleague) -> None:
        """Record that somebody acts in a group, and under which name."""

    def part(self, chat: str, who: str) -> None:
        """Record that somebody has left a group."""

    def may_see(self, code: str, who: str) -> bool:
        """Return whether a case stands in a private chat, or in a group that somebody acts in."""

    def answering(self, code: str) -> Answering | None:
        """Return who said last that they answer a case."""

    def note_answering(self, answering: Answering) -> None:
        """Record who answers a case now."""

    def asked_back(self, code: str) -> AskedBack | None:
        """Return who was asked back last about a case."""

    def note_asked_back(self, asked: AskedBack) -> None:
        """Record who is asked back about a case, in place of whoever was."""

    def on_call(self, chat: str, at: datetime) -> list[Duty]:
        """Return who is on call for a group at a moment, by role."""

    def put_on_call(self, duty: Duty) -> None:
        """Record who is on call in a role, in place of whoever was."""

    def end_duty(self, chat: str, role: str) -> None:
        """Record that nobody is on call in a role."""
