"""One turn during its transaction: the chat, its case, and what to show."""

from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Final

from bot.actions import Act, Action
from bot.conversation.case_codes import most_unlike, new_codes
from bot.conversation.events import Closed, Event, Opened
from bot.conversation.move import Advanced
from bot.conversation.reminders import changed_at, counts_again, wanted
from bot.conversation.replies import AskBack, Notice, Reply
from bot.conversation.standing import Standing
from bot.conversation.time_line import is_untouched
from bot.guidance.reasons import Reasons
from bot.incoming import Tap
from bot.screens.case_line import say_few
from bot.screens.compose import put_together, say_waited
from bot.screens.notices import words
from bot.screens.people import about
from bot.screens.screen import Button, Screen, text
from bot.screens.summary import summarise
from bot.screens.urgency_line import urgency_line
from bot.seeing import Seeing
from state.groups import AskedBack, is_group
from state.records import StoredCase

_BY_LOOK: Final = ("touched_at", "ruleset", "policy", "told")
_besides_look: Final = attrgetter(
    *(each.name for each in fields(StoredCase) if each.name not in _BY_LOOK)
)
"""Everything of a case that a look does not change."""


@dataclass(slots=True)
class Turn(Seeing):
    """What happens in a chat in one turn. Lives for one transaction.

    With `anew` the screen comes below everything else, even after a tap; `said_first` is above it.
    With `redraws` it only shows again what is so now, for nobody who waits. `beside` are turns of
    other chats, which are told something too. `shown_in_group` are cases whose card in their group
    has changed. `noted` and `moves` are what the audit asks for.
    """

    case: StoredCase | None = None
    anew: bool = False
    redraws: bool = False
    said_first: str = ""
    reasons: Reasons | None = None
    screens: list[Screen] = field(default_factory=list)
    noted: list[Act] = field(default_factory=list)
    moves: list[tuple[StoredCase, Event, StoredCase]] = field(default_factory=list)
    beside: "list[Turn]" = field(default_factory=list)
    shown_in_group: list[StoredCase] = field(default_factory=list)
    _active: tuple[str | None] | None = None
    _look_up: str | None = None
    _newest: StoredCase | None = None

    def may_work_on(self, case: StoredCase) -> bool:
        """Return whether a case may be worked on here: one of this chat, or of a person's group."""
        who = self.incoming.who
        return case.chat == self.chat or (self.chat == who and self.access.shares(who, case))

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
    def tapped(self) -> bool:
        return isinstance(self.incoming.act, Tap)

    @property
    def active_code(self) -> str | None:
        """Return the code of the chat's case: none for a viewer, in a group that of this turn."""
        if self._active is None:
            sees = self.access.sees_cases(self.incoming.who) and not self.in_group
            self._active = (self.store.cases.active_code(self.chat) if sees else None,)
        return self._active[0]

    def activate(self, code: str | None) -> None:
        """Switch the chat to another case; None leaves it without one."""
        if not self.in_group:
            self.store.cases.activate(self.chat, code)
        self._active = (code,)

    @property
    def look_up(self) -> str:
        """The command that the chat's next typed line completes; "" if the line is for a case."""
        if self._look_up is None:
            self._look_up = self.store.chats.look_up(self.chat)
        return self._look_up

    @look_up.setter
    def look_up(self, begun: str) -> None:
        self._look_up = begun

    def keep_look_up(self) -> None:
        """Keep at the end of a turn which look-up asks, if that has changed."""
        if self._look_up:
            self.store.chats.keep_look_up(self.chat, self._look_up)
        elif self._look_up is not None:
            self.store.chats.end_look_up(self.chat)

    def load(self) -> StoredCase | None:
        """Load the case that the chat is working on, as it is now in this turn."""
        code = self.active_code
        if self._newest is None or self._newest.code != code:
            found = self.store.cases.find(code) if code else None
            self._newest = found if found and self.may_work_on(found) else None
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
        named = [each for each in under_way if each != case.code and not self.in_group]
        self._apply(case, Opened(), *([Notice("others_open", say_few(named))] if named else []))

    def advance(self, event: Event) -> None:
        """Apply an event to the case, save it, and show the result."""
        if self.case is None:
            sees = self.access.sees_cases(self.incoming.who)
            self.say(words("fixed")["no_case"] if sees else about("access")["looks_up_only"])
            return
        self._apply(self.case, event)
        if isinstance(event, Closed) and self.case.status == "closed":
            self.store.read_lines.end(self.case.code)
            self.activate(None)

    def _apply(self, case: StoredCase, event: Event, *first: Reply) -> None:
        reported = self.said_at if self.incoming.sent_at else None
        who, stood = self.incoming.who, self.standing(case)
        advanced = self.setting.engine.advance(case, event, who, self.now, reported)
        kept = self._keep(advanced, case, stood)
        self.moves.append((case, event, kept))
        for reply in advanced.replies:
            if isinstance(reply, AskBack) and is_group(kept.chat):
                asked = AskedBack(kept.code, who, self.now, kept.version, reply.value)
                self.store.groups.note_asked_back(asked)
        self.case = self._newest = kept
        self.note_standing(kept, advanced.standing)
        self.screens += self.draw(kept, (*first, *advanced.replies))

    def _keep(self, advanced: Advanced, before: StoredCase, stood: Standing) -> StoredCase:
        """Save the changed case, its reminders and what boards say of it."""
        after, standing = advanced.case, advanced.standing
        self.store.boards.sum_up(summarise(after, standing))
        if _besides_look(after) == _besides_look(before):
            return self.store.cases.touch(after, before)
        kept = self.store.cases.save(after, before)
        self.remind_of(kept, standing, again=counts_again(before, stood, standing))
        return kept

    def remind_of(
        self, case: StoredCase, standing: Standing, *, anew: bool = False, again: bool = False
    ) -> None:
        """Set its reminders as a case stands now; `anew`, as since its last change."""
        since, renewed_at = (changed_at(case), self.now) if anew else (self.now, None)
        found = wanted(case, standing, since, self.group_of(case), again=again)
        self.store.reminders.set(case.code, found, renewed_at=renewed_at)

    def show(self, screen: Screen) -> None:
        """Show a look-up below the urgency line of the chat's case; the case is left alone.

        While CordCall is out of use no urgency is worked out.
        """
        kept, case = self.case, None if self.setting.why_out_of_use(self.store) else self.load()
        self.case = kept
        self.screens.append(replace(screen, head=urgency_line(self.view(case)) if case else ()))

    def say(self, sentence: str, *rows: tuple[Button, ...]) -> None:
        """Show a sentence that belongs to no case; to whoever taps in a group, for a moment."""
        if self.in_group and self.tapped:
            self.toast(sentence)
            return
        self.screens.append(Screen("info", "CordCall", (text(*sentence.split("\n")),), rows))

    def toast(self, sentence: str) -> None:
        """Say something for a moment, and leave the screen as it is."""
        self.screens.append(Screen("toast", "", (text(sentence, look="notice"),)))

    def compose(self) -> None:
        """Put what was said in this turn into the fewest screens, below the urgency line."""
        bare = self.case and not all(each.head for each in self.screens)
        head = urgency_line(self.view(self.case)) if bare and self.case else ()
        waited = say_waited(self.said_at, self.now, self.setting.engine.zone)
        self.screens = put_together(self.screens, head, self.said_first, waited, touch=self.touch)

    def _new(self) -> StoredCase:
        free = (code for code in new_codes() if self.store.cases.find(code) is None)
        code = most_unlike(free, self.store.cases.codes_under_way(self.chat))
        case = self.setting.engine.new_case(code, self.chat, self.incoming.who, self.said_at)
        case = replace(case, thread=self.incoming.thread) if self.in_group else case
        self.store.cases.add(case)
        self.note_action("opened", code)
        self.activate(code)
        return case
