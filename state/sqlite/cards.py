"""Which message shows a case in each chat."""

from collections.abc import Mapping, Sequence
from typing import Final

from state.records import Card
from state.sqlite.database import Database
from state.sqlite.known import Known
from state.sqlite.rows import MOMENT, Rows

_CARD: Final = Rows(Card, sent_at=MOMENT)


class Cards:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "cards", self._read)

    def find(self, code: str, role: str, chat: str) -> Card | None:
        return self._known.get(code).get((role, chat))

    def keep(self, card: Card) -> None:
        self._database.execute(
            f"INSERT INTO cards ({_CARD.columns}) VALUES ({_CARD.marks}) "
            "ON CONFLICT (code, role, chat) DO UPDATE SET message_id = excluded.message_id, "
            "sent_at = excluded.sent_at",
            _CARD.write(card),
            card.code,
        )

    def of(self, codes: Sequence[str]) -> list[Card]:
        these = ", ".join("?" * len(codes))
        return _CARD.read(
            self._database.execute(
                f"SELECT {_CARD.columns} FROM cards WHERE code IN ({these}) ORDER BY code, role",
                codes,
            )
        )

    def of_group(self, group: str, chat: str) -> list[Card]:
        return _CARD.read(
            self._database.execute(
                f"SELECT {_CARD.columns} FROM cards WHERE chat = ? "
                "AND code IN (SELECT code FROM cases WHERE chat = ?) ORDER BY code, role",
                (chat, group),
            )
        )

    def drop(self, code: str, role: str, chat: str) -> None:
        self._database.execute(
            "DELETE FROM cards WHERE code = ? AND role = ? AND chat = ?",
            (code, role, chat),
            code,
        )

    def _read(self, code: str) -> Mapping[tuple[str, str], Card]:
        return {(each.role, each.chat): each for each in self.of([code])}
