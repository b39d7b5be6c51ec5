"""A group that becomes a supergroup takes everything along: no table with a chat is forgotten."""

from state.sql.chats import MOVES, STAYS
from state.sqlite.store import SqliteStore


def tables_with(store: SqliteStore, wanted: str) -> set[str]:
    """Name the tables that have a column."""
    tables = store.database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [name for (name,) in tables.fetchall()]
    found = set[str]()
    for name in names:
        columns = store.database.execute(f"PRAGMA table_info({name})").fetchall()
        found |= {name for _, column, *_ in columns if column == wanted}
    return found


def test_each_table_with_a_chat_moves_with_its_group_or_stays_behind(store: SqliteStore) -> None:
    known = {"chats", "groups", *MOVES, *STAYS}
    assert tables_with(store, "chat") == known


def test_what_moves_is_told_apart_by_a_column_of_its_own(store: SqliteStore) -> None:
    assert [table for table, key in MOVES.items() if table not in tables_with(store, key)] == []
