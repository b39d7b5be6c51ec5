"""Which message shows a case in each chat."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Final

from state.records import Card
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import MOMENT, Rows

_CARD: Final = Rows(Card, sent_at=MOMENT)


class Cards:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "cards", self._read)

    def find(self, code: str, role: str, chat: str) -> Card | None:
        return self._known.get(code).get((role, chat))

    def keep(self, card: Card) -> None:
        known = self._known.get(card.code)
        self._database.execute(
            f"INSERT INTO cards ({_CARD.columns}) VALUES ({_CARD.marks}) "
            "ON CONFLICT (code, role, chat) DO UPDATE SET message_id = excluded.message_id, "
            "sent_at = excluded.sent_at",
            _CARD.write(card),
            card.code,
        )
        kept = replace(card, sent_at=card.sent_at.astimezone(UTC))
        self._note(card.code, {**known, (card.role, card.chat): kept})

    def of(self, codes: Sequence[str]) -> list[Card]:
        if not codes:
            return []
        these = ", ".join("?" * len(codes))
        return _CARD.read(
            self._database.execute(
                f"SELECT {_CARD.columns} FROM cards WHERE code IN ({these}) "
                "ORDER BY code, role, chat",
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
        known = self._known.get(code)
        self._database.execute(
            "DELETE FROM cards WHERE code = ? AND role = ? AND chat = ?",
            (code, role, chat),
            code,
        )
        self._note(code, {key: card for key, card in known.items() if key != (role, chat)})

    def _note(self, code: str, cards: Mapping[tuple[str, str], Card]) -> None:
        """Note what shows a case from now on, in the order in which it would be read."""
        self._known.set(code, dict(sorted(cards.items())))

    def _read(self, code: str) -> Mapping[tuple[str, str], Card]:
        return {(each.role, each.chat): each for each in self.of([code])}
