"""Compares what the groups are shown with the database, at a pause."""

from collections import Counter
from dataclasses import dataclass, field

from bot.conversation.engine import Engine
from bot.screens.notices import words
from bot.screens.team import WORDS as TEAM
from state.boards import Board
from state.groups import is_group
from state.records import SCREEN, StoredCase
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_random_conversations import LEVELS, opened
from tests.botapi import Message
from tests.night.boards import listed, shown
from tests.night.trouble import Program
from tests.night.ward import Ward
from tests.night.watch import Watch


@dataclass(slots=True)
class Shown:
    """Counts what was compared; what differs is amiss."""

    ward: Ward
    watch: Watch
    program: Program
    engine: Engine
    counts: Counter[str] = field(default_factory=Counter)

    def compare(self) -> None:
        """Compare the card of every open case of a group with what is stored."""
        self.counts["pauses"] += 1
        self.watch.read()
        with opened(self.program.database) as store:
            for code in self.watch.cases:
                case = store.cases.find(code)
                if case and is_group(case.chat) and case.status != "closed":
                    self.counts["cards"] += 1
                    if amiss := self._card(store, case):
                        self.watch.tell(code, f"its card {amiss}")
            boards = store.boards.listed()
            for board in boards:
                if amiss := self._board(store, board):
                    self.watch.tell("", f"the board of {board.chat} {board.thread} {amiss}")
            for chat, thread in self._asked_for() - {(each.chat, each.thread) for each in boards}:
                self.watch.tell("", f"there is no board of {chat} {thread}")

    def _asked_for(self) -> set[tuple[str, int]]:
        """Return the groups and topics in which a board was asked for."""
        here = (place for place in self.ward.places if not place.is_away)
        return {(str(place.group.chat.id), topic) for place in here for topic in place.topics}

    def _board(self, store: SqliteStore, board: Board) -> str:
        """Say what is wrong with a board; "" if nothing."""
        self.counts["boards"] += 1
        message = self._message(board.chat, board.message_id or 0)
        if message is None:
            return "is gone"
        is_shown = shown(message)
        expected = listed(store, self.engine, self.watch.cases, board, self.ward.now)
        self.counts["cases on boards"] += len(expected)
        fits = [here.fits(there) for here, there in zip(expected, is_shown, strict=False)]
        if len(is_shown) != len(expected) or not all(fits):
            return f"shows {is_shown}; stored is {expected}"
        return ""

    def _card(self, store: SqliteStore, case: StoredCase) -> str:
        """Say what is wrong with the card of a case in its group; "" if nothing."""
        if self.ward.place_of(int(case.chat)).is_away:
            return "stands in a group in which the program cannot write any more"
        kept = store.cards.find(case.code, SCREEN, case.chat)
        message = self._message(case.chat, kept.message_id) if kept else None
        if message is None:
            return "is not in the group"
        names = {each.who: each.name for each in store.groups.colleagues(case.chat)}
        left = words("card", TEAM)["no_owner"]
        owner = f"Owner: {names[case.owner]}, since " if case.owner in names else left
        if owner not in message.text:
            return f"does not say {owner!r}: {message.text!r}"
        standing = self.engine.stand(case, case.touched_at)
        level = LEVELS[standing.assessment.urgency.level] if standing.settled else None
        if level and not message.text.startswith(level):
            return f"does not say {level}: {message.text!r}"
        if message.thread != (case.thread or 0):
            return f"is in topic {message.thread}, not in {case.thread}"
        return ""

    def _message(self, chat: str, number: int) -> Message | None:
        found = self.ward.server.world.chats[int(chat)].messages.get(number)
        return None if found is None or found.deleted else found
