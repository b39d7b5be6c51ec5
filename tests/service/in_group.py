"""A group whose people act through the service: what each sees, and what they tap."""

from dataclasses import dataclass, replace

from bot.access import Access
from bot.incoming import Command, Incoming, Tap
from bot.screens.screen import Screen, load
from bot.service.service import Service
from state.groups import Group
from state.people import Member
from state.records import Queued, StoredCase
from tests.conftest import NOON

GROUP = "-100500"
ANN, BOB, CAT, EVE = "1001", "1002", "1003", "1004"
NAMES = {ANN: "Ann Abel", BOB: "Bob Bach", CAT: "Cat Cole", EVE: "Eve East"}


@dataclass(frozen=True)
class Team:
    """Ann, an owner, two clinicians and Eve, a viewer, in an enrolled group."""

    service: Service

    def acts(self, who: str, act: Command | Tap, *, chat: str = GROUP) -> list[Queued]:
        """Do something, and return what that queued for anybody."""
        before = self._newest()
        name = NAMES[who] if chat == GROUP else ""
        self.service.take(Incoming(chat, who, act, query="q", name=name))
        return [row for row in self.all_rows() if row.id > before]

    def types(self, who: str, line: str, *, chat: str = "") -> list[Queued]:
        """Type a command, in private unless a chat is named."""
        name, _, rest = line.removeprefix("/").partition(" ")
        return self.acts(who, Command(name, rest), chat=chat or who)

    def taps(self, who: str, row: Queued, label: str) -> list[Queued]:
        """Tap the button of a message that has this label."""
        place = labels(row).index(label)
        return self.acts(who, Tap(str(row.token), place), chat=row.chat)

    def newest(self, chat: str = GROUP) -> Queued:
        """Return the newest message with buttons in a chat."""
        return [row for row in self.service.store.outbox.queued(chat) if row.token][-1]

    def case(self) -> StoredCase:
        """Return the case of the group."""
        (case,) = self.service.store.cases.listed(GROUP, NOON)
        return case

    def all_rows(self) -> list[Queued]:
        """Return everything that is queued for anybody."""
        store = self.service.store
        rows = [row for chat in (GROUP, *NAMES) for row in store.outbox.queued(chat)]
        return sorted(rows, key=lambda row: row.id)

    def _newest(self) -> int:
        return max((row.id for row in self.all_rows()), default=0)


def in_a_group(service: Service) -> Team:
    """Enrol a group, let everybody in, and let each act there."""
    store = service.store
    roles = {BOB: "clinician", CAT: "clinician", EVE: "viewer"}
    with store.turn():
        store.groups.enrol(Group(GROUP, ANN, NOON))
        for who, role in roles.items():
            store.members.keep(Member(who, role, f"@{who}", ANN, NOON))
    access = Access(store.members, frozenset({ANN}), groups=store.groups)
    team = Team(replace(service, touch=True, access=access))
    for who in NAMES:
        team.types(who, "/help", chat=GROUP)
        team.types(who, "/help")
    return team


def screens(row: Queued) -> list[Screen]:
    return [load(each) for each in row.screens]


def said(*rows: Queued) -> str:
    """Return what messages say."""
    return "\n".join(screen.plain() for row in rows for screen in screens(row))


def labels(row: Queued) -> list[str]:
    """Return the labels of a message's buttons, in order."""
    return [each.label for screen in screens(row) for line in screen.rows for each in line]
