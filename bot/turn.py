"""One turn during its transaction: the chat, its case, and what to show."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Final

from bot.access import Access, open_to_everybody
from bot.actions import Act, Action
from bot.conversation.case_codes import most_unlike, new_codes
from bot.conversation.engine import Engine
from bot.conversation.events import Closed, Event, Opened
from bot.conversation.move import Advanced
from bot.conversation.reminders import wanted
from bot.conversation.replies import Notice, Reply
from bot.conversation.said_at import has_waited, said_at
from bot.conversation.standing import Standing
from bot.conversation.time_line import is_untouched
from bot.guidance.reasons import Reasons
from bot.incoming import Command, Incoming, Tap
from bot.screens.case_line import case_line
from bot.screens.compose import compose, name_message, with_foot
from bot.screens.draw import draw
from bot.screens.notices import words
from bot.screens.people import about
from bot.screens.screen import Button, Screen, text
from bot.screens.time_line import say_time
from bot.screens.time_zones import find_zone
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.people import Reader
from state.records import StoredCase
from state.store import Store

MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """What a turn needs from outside; `out_of_use` is the operator's reason, "" if in use."""

    engine: Engine
    call: str
    retention_days: int
    audit_days: int = 365
    out_of_use: str = ""

    def why_out_of_use(self, store: Store) -> str:
        """Return why CordCall must not be used, the operator's reason first; "" if it may be."""
        return self.out_of_use or store.out_of_use.kept().reason


@dataclass(slots=True)
class Turn:
    """What happens in a chat in one turn. Lives for one transaction.

    With `anew` the screen comes below everything else, even after a tap; `said_first` is above it.
    `beside` are turns of other chats, which are told something too. `noted` and `moves` are what
    the audit asks for.
    """

    setting: Setting
    store: Store
    incoming: Incoming
    now: datetime
    case: StoredCase | None = None
    touch: bool = False
    anew: bool = False
    said_first: str = ""
    reasons: Reasons | None = None
    access: Access = field(default_factory=open_to_everybody)
    screens: list[Screen] = field(default_factory=list)
    noted: list[Act] = field(default_factory=list)
    moves: list[tuple[StoredCase, Event, StoredCase]] = field(default_factory=list)
    beside: "list[Turn]" = field(default_factory=list)
    _reader: Reader | None = None
    _active: tuple[str | None] | None = None
    _newest: StoredCase | None = None
    _stood: tuple[StoredCase, Standing] | None = None

    @property
    def chat(self) -> str:
        return self.incoming.chat

    @property
    def said_at(self) -> datetime:
        """Return when the person acted, which may be before now."""
        return said_at(self.incoming.sent_at, self.now)

    def note_action(
        self,
        what: Action,
        code: str | None = None,
        *,
        about: str | None = None,
        role: str | None = None,
    ) -> None:
        """Note for the audit what the person does, besides the events of a case."""
        self.noted.append(Act(what, code, about, role))

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

    @property
    def incoming_is_a_command(self) -> bool:
        return isinstance(self.incoming.act, Command)

    @property
    def tapped(self) -> bool:
        return isinstance(self.incoming.act, Tap)

    @property
    def active_code(self) -> str | None:
        """Return the code of the case that the chat is working on; a viewer has none."""
        if self._active is None:
            sees = self.access.sees_cases(self.incoming.who)
            self._active = (self.store.cases.active_code(self.chat) if sees else None,)
        return self._active[0]

    def activate(self, code: str | None) -> None:
        """Switch the chat to another case; None leaves it without one."""
        self.store.cases.activate(self.chat, code)
        self._active = (code,)

    def load(self) -> StoredCase | None:
        """Load the case that the chat is working on, as it is now in this turn."""
        code = self.active_code
        if self._newest is None or self._newest.code != code:
            self._newest = self.store.cases.find(code) if code else None
        self.case = self._newest
        return self.case

    def take_up(self, case: StoredCase) -> None:
        """Make this the case that the chat is working on."""
        if self.active_code != case.code:
            self.activate(case.code)
        self.case = self._newest = case

    def begin(self) -> None:
        """Start a new case; one that is still untouched continues instead."""
        case = self.load()
        if case is None or not is_untouched(case) or case.status == "closed":
            case = self._new()
        under_way = self.store.cases.codes_under_way(self.chat)
        named = [code for code in under_way if code != case.code]
        more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        others = ", ".join(named[:MOST_NAMED]) + more
        self._apply(case, Opened(), *([Notice("others_open", others)] if others else []))

    def advance(self, event: Event) -> None:
        """Apply an event to the case, save it, and show the result."""
        if self.case is None:
            sees = self.access.sees_cases(self.incoming.who)
            said = words("fixed")["no_case"]
            self.say(said if sees else about("access")["looks_up_only"])
            return
        self._apply(self.case, event)
        if isinstance(event, Closed) and self.case.status == "closed":
            self.activate(None)

    def _apply(self, case: StoredCase, event: Event, *first: Reply) -> None:
        reported = self.said_at if self.incoming.sent_at else None
        who, engine = self.incoming.who, self.setting.engine
        advanced = engine.advance(case, event, who, self.now, reported)
        kept = self._keep(advanced, case)
        self.moves.append((case, event, kept))
        self.case, self._newest, self._stood = kept, kept, (kept, advanced.standing)
        self.screens += self.draw(kept, (*first, *advanced.replies))

    def _keep(self, advanced: Advanced, before: StoredCase) -> StoredCase:
        """Save the changed case and its reminders."""
        after = advanced.case
        answered = len(after.answers) > len(before.answers)
        looked = replace(
            before,
            touched_at=after.touched_at,
            ruleset=after.ruleset,
            policy=after.policy,
            told=after.told,
        )
        if not answered and looked == after:
            return self.store.cases.touch(after, before)
        kept = self.store.cases.save(after, before)
        self.store.reminders.set(kept.code, wanted(kept, advanced.standing, self.now))
        return kept

    def draw(self, case: StoredCase, replies: Iterable[Reply]) -> list[Screen]:
        """Draw what is shown of a case."""
        return draw(replies, self.view(case))

    def standing(self, case: StoredCase) -> Standing:
        """Return where a case stands in this turn."""
        if self._stood is None or self._stood[0] is not case:
            self._stood = case, self.setting.engine.stand(case, self.now)
        return self._stood[1]

    def in_emergency(self) -> bool:
        """Return whether this turn's case or the chat's is an emergency, settled or not yet."""
        kept, active = self.case, self.load()
        self.case = kept
        standings = [self.standing(case) for case in (kept, active) if case]
        return any(each.assessment.urgency.level == "emergency" for each in standings)

    @property
    def reader_zone(self) -> tzinfo | None:
        """Return the zone that the reader has chosen; None if none."""
        return find_zone(self.reader.zone) if self.reader.zone else None

    def view(self, case: StoredCase) -> View:
        """Return a view of a case as it is."""
        engine = self.setting.engine
        return View(
            case=case,
            standing=self.standing(case),
            flow=engine.machine.flow,
            now=self.now,
            zone=engine.zone,
            call=self.setting.call,
            role=self.reader.role,
            reader_zone=self.reader_zone,
            touch=self.touch,
            late=has_waited(self.said_at, self.now),
        )

    def show(self, screen: Screen) -> None:
        """Show a look-up below the urgency line of the chat's case; the case is left alone.

        While CordCall is out of use no urgency is worked out.
        """
        kept, case = self.case, None if self.setting.why_out_of_use(self.store) else self.load()
        self.case = kept
        head = urgency_line(self.view(case)) if case else ()
        self.screens.append(replace(screen, head=head))

    def say(self, sentence: str, *rows: tuple[Button, ...]) -> None:
        """Show a sentence that belongs to no case."""
        self.screens.append(Screen("info", "CordCall", (text(*sentence.split("\n")),), rows))

    def toast(self, sentence: str) -> None:
        """Say something for a moment, and leave the screen as it is."""
        self.screens.append(Screen("toast", "", (text(sentence, look="notice"),)))

    def describe(self, case: StoredCase) -> str:
        """Sum a case up in one line."""
        return case_line(self.view(case))

    def compose(self) -> None:
        """Put what was said in this turn into the fewest screens, below the urgency line."""
        composed = compose(self.screens, touch=self.touch)
        if self.case and not all(each.head for each in composed):
            head = urgency_line(self.view(self.case))
            composed = [each if each.head else replace(each, head=head) for each in composed]
        self.screens = [with_foot(each) for each in composed] if self.touch else composed
        self.screens = name_message(self.screens, self.said_first)
        if has_waited(self.said_at, self.now):
            time = say_time(self.said_at, self.now, self.setting.engine.zone)
            self.screens = name_message(self.screens, words("fixed")["from"].format(time=time))

    def _new(self) -> StoredCase:
        free = (code for code in new_codes() if self.store.cases.find(code) is None)
        code = most_unlike(free, self.store.cases.codes_under_way(self.chat))
        case = self.setting.engine.new_case(code, self.chat, self.incoming.who, self.said_at)
        self.store.cases.add(case)
        self.note_action("opened", code)
        self.activate(code)
        return case
