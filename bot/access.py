"""Who may do what: owners from the settings, members from the store, or everybody."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from bot.accounts import is_person
from state.groups import Colleague, Duty, is_group
from state.records import FORGOTTEN, StoredCase
from state.store import StoreError
from state.topics.groups import Groups
from state.topics.members import Members

MOST_HELD: Final = 100


class Right(IntEnum):
    """What somebody may do; each includes those before it.

    A viewer looks things up, a clinician has cases, an admin invites people, an owner admins.
    """

    NOBODY = 0
    VIEWER = 1
    CLINICIAN = 2
    ADMIN = 3
    OWNER = 4


GIVEN: Final = {each.name.casefold(): each for each in (Right.VIEWER, Right.CLINICIAN, Right.ADMIN)}
"""The rights that a member can have, by the name of the role."""


@dataclass(frozen=True, slots=True)
class Access:
    """Answers from the settings and one indexed read, so that every change counts at once.

    `everybody` has at least this right. Whoever acts in an enrolled group shares its cases. While
    the store cannot be read, the right that somebody had last counts. The tokens of invitations
    are held here, in memory alone, until they are sent.
    """

    members: Members | None = None
    owners: frozenset[str] = frozenset()
    everybody: Right = Right.NOBODY
    groups: Groups | None = None
    _last: dict[str, Right] = field(default_factory=dict)
    _held: dict[str, str] = field(default_factory=dict, repr=False)

    def right_of(self, who: str) -> Right:
        """Return what a person may do."""
        if who == FORGOTTEN or not is_person(who):
            return Right.NOBODY
        if who in self.owners:
            return Right.OWNER
        return max(self.everybody, self._right_of_member(who))

    def _right_of_member(self, who: str) -> Right:
        if self.members is None:
            return Right.NOBODY
        try:
            right = GIVEN.get(self.members.role_of(who) or "", Right.NOBODY)
        except StoreError:
            return self._last.get(who, Right.NOBODY)
        if (right or who in self._last) and not self.members.in_turn():
            self._last[who] = right
        return right

    def forget(self, who: str) -> None:
        """Forget the right that a member had: it is about to change."""
        self._last.pop(who, None)

    def may(self, who: str, right: Right) -> bool:
        """Return whether a person has a right."""
        return self.right_of(who) >= right

    def may_use(self, who: str) -> bool:
        """Return whether a person may use this at all."""
        return self.right_of(who) >= Right.VIEWER

    def sees_cases(self, who: str) -> bool:
        """Return whether a person may have cases."""
        return self.right_of(who) >= Right.CLINICIAN

    def is_enrolled(self, chat: str) -> bool:
        """Return whether a group shares its cases here."""
        return self.groups is not None and self.groups.find(chat) is not None

    def shares(self, who: str, case: StoredCase) -> bool:
        """Return whether a case stands in a group in which a person who may have cases acts."""
        return is_group(case.chat) and self.acts_in(case.chat, who)

    def acts_in(self, chat: str, who: str) -> bool:
        """Return whether a person who may have cases acts in a group."""
        if self.groups is None or not self.sees_cases(who):
            return False
        return self.groups.colleague(chat, who) is not None

    def colleagues(self, chat: str) -> list[Colleague]:
        """Return who acts in a group and may have cases."""
        people = self.groups.colleagues(chat) if self.groups else []
        return [each for each in people if self.sees_cases(each.who)]

    def admins_in(self, chat: str) -> list[Colleague]:
        """Return the admins who act in a group."""
        return [each for each in self.colleagues(chat) if self.may(each.who, Right.ADMIN)]

    def on_call(self, chat: str, at: datetime) -> list[Duty]:
        """Return who is on call for a group, by role: nobody who does not act there any more."""
        duties = self.groups.on_call(chat, at) if self.groups else []
        return [each for each in duties if self.acts_in(chat, each.who)]

    def desk(self, case: StoredCase) -> str:
        """Return the chat that is reminded of a case: its owner's, or without one its group's."""
        ownerless = self.groups is not None and not self.shares(case.owner, case)
        return case.owner if is_group(case.chat) and not ownerless else case.chat

    def is_seen(self, case: StoredCase) -> bool:
        """Return whether anybody sees a case: its owner, or its group."""
        in_group = is_group(case.chat) and self.is_enrolled(case.chat)
        return in_group or self.sees_cases(case.owner)

    def sees(self, who: str, code: str) -> bool:
        """Return whether a person may see a case, by its code."""
        return self.sees_cases(who) and (self.groups is None or self.groups.may_see(code, who))

    def may_give(self, who: str, right: Right) -> bool:
        """Return whether a person may give a member this right, or take it from one.

        Only owners make admins, or change one.
        """
        return self.may(who, Right.OWNER if right >= Right.ADMIN else Right.ADMIN)

    def stays(self, who: str) -> bool:
        """Return whether a person has access by the settings, however often they are forgotten."""
        return who in self.owners or self.everybody >= Right.VIEWER

    def people(self, right: Right) -> list[str]:
        """Return the owners and the members who have a right."""
        members = self.members.listed() if self.members else []
        return sorted(self.owners | {each.who for each in members if self.may(each.who, right)})

    def hold(self, hashed: str, token: str) -> None:
        """Hold the token of an invitation until it is sent."""
        self._held[hashed] = token
        if len(self._held) > MOST_HELD:
            del self._held[next(iter(self._held))]

    def held(self, hashed: str) -> str | None:
        """Return the token of an invitation that is not sent yet; None after a restart."""
        return self._held.get(hashed)

    def let_go(self, hashed: str) -> None:
        """Forget a token that is sent."""
        self._held.pop(hashed, None)


def open_to_everybody() -> Access:
    """Return the access of a terminal or a demonstration: everybody may have cases."""
    return Access(everybody=Right.CLINICIAN)
