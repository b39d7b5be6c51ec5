"""What the database has answered: kept in memory until somebody changes it, in bounds."""

import re
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

MOST_KNOWN: Final = 512
MOST_STATEMENTS: Final = 512
NOTHING: Final = ""
ANYTHING: Final = "*"
NO_ANSWER: Final = ""  # what a statement changes is in no answer, or who executes it says in which
_CHANGES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")
_CHANGES_NOTHING: Final = re.compile(
    r"\s*(?:SELECT|BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA user_version"
    r"|WITH\b(?!.*\b(?:INSERT|UPDATE|DELETE)\b))\b",
    re.DOTALL,
)  # a turn or part that is rolled back says so itself: `Memory.roll_back`

T = TypeVar("T")
Answers = OrderedDict[str, Any]


class Known(Generic[T]):
    """The answers to one question, by key; the one that was longest not asked for goes first.

    Everybody gets the same object: it must not be changed. An answer is forgotten when one of the
    `tables` is changed about its key, or about anything if it was read from them as a `whole`.
    """

    def __init__(
        self,
        memory: "Memory",
        tables: str,
        ask: Callable[[str], T],
        *,
        whole: bool = False,
        most: int = MOST_KNOWN,
    ) -> None:
        self.ask = ask
        self.answers = OrderedDict[str, T]()
        self._memory = memory
        self._most = most
        memory.add(self, tables, whole=whole)

    def get(self, key: str) -> T:
        """Return the answer for a key; the database is asked if it is not known."""
        self._memory.look()
        answers = self.answers
        if key in answers:
            answers.move_to_end(key)
            return answers[key]
        answer = self.ask(key)
        self.set(key, answer)
        return answer

    def known(self, key: str) -> T | None:
        """Return the answer for a key; None if it is not known."""
        self._memory.look()
        return self.answers.get(key)

    def take(self, key: str) -> T | None:
        """Forget the answer for a key and return it; None if it is not known."""
        return self.answers.pop(key, None)

    def holds(self, key: str, answer: T) -> bool:
        """Return whether this very object is what is known for a key."""
        return self.answers.get(key) is answer

    def set(self, key: str, answer: T) -> None:
        """Note what the database would answer from now on."""
        answers = self.answers
        answers[key] = answer
        answers.move_to_end(key)
        if len(answers) > self._most:
            answers.popitem(last=False)
        self._memory.note_set(answers, key)


class Memory:
    """All that is known. `version` asks for a number that differs after others have written."""

    def __init__(self, version: Callable[[], int]) -> None:
        self._version = version
        self._known_of = 0
        self._has_looked = False
        self.all = list[Known[Any]]()
        self._by_key = defaultdict[str, list[Answers]](list)
        self._as_whole = defaultdict[str, list[Answers]](list)
        self._set_in_turn: list[tuple[Answers, str]] | None = None
        self.changed = set[tuple[str, str | None]]()  # since the turn began: tables, about what

    def add(self, known: Known[Any], tables: str, *, whole: bool) -> None:
        self.all.append(known)
        for table in tables.split():
            (self._as_whole if whole else self._by_key)[table].append(known.answers)

    def look(self) -> None:
        """Forget everything if another connection has changed anything.

        In a turn nobody can; outside of one it is looked at once in a step of the event loop.
        """
        if self._has_looked:
            return
        version = self._version()
        if version != self._known_of:
            self.forget_all()
            self._known_of = version
        self._has_looked = self._set_in_turn is not None or self._looks_in_next_step()

    def note_change(self, statement: str, about: str | None) -> None:
        """Forget what a statement may change: `about` one key of its table, or all of it."""
        table = _changed_by(statement)
        if table != NOTHING and about != NO_ANSWER:
            self.note_changed(table, about)
            self.forget(table, about)

    def note_changed(self, table: str, about: str | None) -> None:
        """Note what others must forget."""
        if table == ANYTHING or table in self._by_key or table in self._as_whole:
            self.changed.add((table, about))

    def forget(self, table: str, about: str | None) -> None:
        """Forget what is known of a table, of all of them, or of one key of it."""
        if table == ANYTHING:
            self.forget_all()
            return
        for answers in self._as_whole.get(table, ()):
            answers.clear()
        for answers in self._by_key.get(table, ()):
            if about is None:
                answers.clear()
            else:
                answers.pop(about, None)

    def note_set(self, answers: Answers, key: str) -> None:
        if self._set_in_turn is not None:
            self._set_in_turn.append((answers, key))

    def forget_all(self) -> None:
        for known in self.all:
            known.answers.clear()

    def begin_turn(self) -> None:
        self._has_looked, self._set_in_turn = False, []
        self.changed.clear()

    def end_turn(self) -> None:
        """Keep what is known at the end of a turn that was committed."""
        self._has_looked, self._set_in_turn = False, None

    def look_anew(self) -> None:
        """Look again for what others have changed: something may have been, since the last look."""
        self._has_looked = False

    def begin_part(self) -> int:
        """Return what `roll_back` is to be told if a part of a turn that begins here fails."""
        return len(self._set_in_turn or ())

    def roll_back(self, part: int = 0) -> None:
        """Forget what was read or changed since a turn, or a part of it, began."""
        since = self._set_in_turn or []
        for answers, key in since[part:]:
            answers.pop(key, None)
        del since[part:]

    def _looks_in_next_step(self) -> bool:
        """Look again in the next step of the event loop; return whether one runs here."""
        asyncio = sys.modules.get("asyncio")
        loop = asyncio._get_running_loop() if asyncio else None
        if loop is None:
            return False
        loop.call_soon(self.look_anew)
        return True


@lru_cache(MOST_STATEMENTS)
def _changed_by(statement: str) -> str:
    """Name the table that a statement changes."""
    if found := _CHANGES.match(statement):
        return found[1]
    return NOTHING if _CHANGES_NOTHING.match(statement) else ANYTHING
