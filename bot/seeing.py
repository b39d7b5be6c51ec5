"""How a chat sees cases in one turn: as they are now, for its reader, with who works on them."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

from bot.access import Access, open_to_everybody
from bot.conversation.handing_over import still_offered
from bot.conversation.replies import Reply
from bot.conversation.said_at import has_waited, said_at
from bot.conversation.standing import Standing
from bot.incoming import Incoming
from bot.installation import Setting
from bot.screens.draw import draw
from bot.screens.in_group import draw_in_group
from bot.screens.screen import Screen
from bot.screens.team import Team
from bot.screens.time_zones import find_zone
from bot.screens.view import View
from state.groups import Group, is_group
from state.people import Reader
from state.records import StoredCase
from state.store import Store


@dataclass(slots=True)
class Seeing:
    """What a chat sees of cases in one turn. Where a case stands is worked out once.

    `in_group` says that a group reads what is said here.
    """

    setting: Setting
    store: Store
    incoming: Incoming
    now: datetime
    _: KW_ONLY
    touch: bool = False
    access: Access = field(default_factory=open_to_everybody)
    chat: str = field(init=False)
    in_group: bool = field(init=False)
    _reader: Reader | None = None
    _stood: tuple[StoredCase, Standing] | None = None

    def __post_init__(self) -> None:
        self.chat = self.incoming.chat
        self.in_group = is_group(self.chat)

    @property
    def said_at(self) -> datetime:
        """Return when the person acted, which may be before now."""
        return said_at(self.incoming.sent_at, self.now)

    @property
    def reader(self) -> Reader:
        """Return what the person has chosen."""
        if self._reader is None:
            self._reader = self.store.readers.get(self.incoming.who)
        return self._reader

    def choose(self, reader: Reader) -> None:
        """Keep what the person has chosen."""
        self.store.readers.keep(reader, self.now)
        self._reader = reader

    def draw(self, case: StoredCase, replies: Iterable[Reply]) -> list[Screen]:
        """Draw what is shown of a case."""
        if self.in_group:
            return draw_in_group(replies, self.view(case), self.team(case))
        return draw(replies, self.view(case))

    def team(self, case: StoredCase) -> Team:
        """Return who works on a case of a group."""
        code, store, group = case.code, self.store, self.group_of(case)
        return Team.of(
            case, store.groups.colleagues(case.chat), store.groups.answering(code),
            self.access.on_call(case.chat, self.now), group.asks if group else "signs",
            still_offered(store.handovers.of(code), case, self.standing(case)),
            store.requests.of(code), store.groups.asked_back(code),
        )  # fmt: skip

    def group_of(self, case: StoredCase) -> Group | None:
        """Return the enrolled group in which a case stands."""
        return self.store.groups.find(case.chat) if is_group(case.chat) else None

    def standing(self, case: StoredCase) -> Standing:
        """Return where a case stands in this turn."""
        if self._stood is None or self._stood[0] is not case:
            self._stood = case, self.setting.engine.stand(case, self.now)
        return self._stood[1]

    def note_standing(self, case: StoredCase, standing: Standing) -> None:
        """Note where a case stands, as worked out when it was changed."""
        self._stood = case, standing

    def view(self, case: StoredCase) -> View:
        """Return a view of a case as it is."""
        engine, group = self.setting.engine, self.group_of(case)
        reader = None if self.in_group else self.reader
        people = self.store.groups.colleagues(case.chat) if is_group(case.chat) else None
        zone = reader.zone if reader else (group.zone if group else None)
        return View(
            case=case,
            standing=self.standing(case),
            flow=engine.machine.flow,
            now=self.now,
            zone=engine.zone,
            call=(group.call if group else "") or self.setting.call,
            role=reader.role if reader else None,
            reader_zone=find_zone(zone) if zone else None,
            touch=self.touch,
            late=has_waited(self.said_at, self.now),
            colleagues=None if people is None else {each.who: each for each in people},
        )
