"""SQL is only in the store's engines, and what they share is portable between them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "state" / "sql"
ENGINES = (SHARED, ROOT / "state" / "sqlite", ROOT / "state" / "postgres")
STATEMENT = re.compile(
    r"\b(SELECT .* FROM|INSERT (OR \w+ )?INTO|DELETE FROM|UPDATE \w+ SET|PRAGMA) "
)
ONLY_SQLITE = re.compile(
    r"\bOR (IGNORE|REPLACE)\b|\bIS (NOT )?\d|\?\d|[:@$][a-z]+\b|\"\w|!=|==|\bifnull\b|\browid\b"
    r"|\b(iif|hex|instr)\(|\bWHERE 1( |$)|\bsqlite_|\bIN \(\)"
)


def texts(module: Path) -> Iterator[str]:
    """Return the strings of a module, each f-string as one, without docstrings."""
    tree = ast.parse(module.read_text("utf-8"))
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if id(node) in inner or isinstance(node, ast.Expr):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )


def statements(module: Path) -> list[str]:
    return [text for text in texts(module) if STATEMENT.search(f"{text} ")]


def modules() -> list[Path]:
    return sorted((*(ROOT / "bot").rglob("*.py"), *(ROOT / "state").rglob("*.py")))


def test_only_an_engine_holds_sql() -> None:
    with_sql = [path for path in modules() if statements(path)]
    assert [path for path in with_sql if path.parent not in ENGINES] == []
    assert len(with_sql) > 5


def test_only_one_module_opens_a_file_and_knows_what_that_raises() -> None:
    """Only `engine.py` knows that what SQLCipher raises is no sqlite3.Error."""
    alone = re.compile(r"\bsqlite3\.(connect|Error|DatabaseError)\b")
    found = [path.name for path in modules() if alone.search(path.read_text("utf-8"))]
    assert [name for name in found if name != "engine.py"] == []


@pytest.mark.parametrize("module", sorted(SHARED.glob("*.py")), ids=lambda path: path.stem)
def test_what_engines_share_knows_none_of_them(module: Path) -> None:
    imports = re.findall(r"^\s*(?:from|import) .*", module.read_text("utf-8"), re.MULTILINE)
    assert [line for line in imports if re.search(r"\b(sqlite3?|postgres|psycopg)\b", line)] == []


@pytest.mark.parametrize("module", sorted(SHARED.glob("*.py")), ids=lambda path: path.stem)
def test_a_statement_is_not_of_sqlite_alone(module: Path) -> None:
    assert [text for text in statements(module) if ONLY_SQLITE.search(text)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR IGNORE INTO chats (chat) VALUES (?)",
        "SELECT 1 FROM chats WHERE unreachable IS NOT 1",
        "DELETE FROM chats WHERE chat = ?1",
        'DELETE FROM chats WHERE chat = "x"',
        "DELETE FROM chats WHERE chat = :chat",
        "DELETE FROM chats WHERE chat != ?",
        "SELECT iif(unreachable = 1, 2, 3) FROM chats",
        "SELECT lower(hex(who)) FROM audit",
        "SELECT 1 FROM buttons WHERE instr(actions, ?) > 0",
        "SELECT code FROM cases WHERE 1 ORDER BY code",
        "SELECT seq FROM sqlite_sequence WHERE name = 'audit'",
        "DELETE FROM cards WHERE code IN ()",
    ],
)
def test_what_other_engines_do_not_read_is_found(statement: str) -> None:
    assert STATEMENT.search(statement) and ONLY_SQLITE.search(statement)
