"""Gathers what the checks judge. Everything is read; nothing is written, sent or locked."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bot.adapters.telegram.asking import AboutBot, ask
from bot.database_address import Address
from bot.refusal import Refusal
from bot.settings import Settings, read_token
from state.beginning import begins_new
from state.engines import require_extra
from state.key import Key, read_key
from state.lock import BOT, is_held
from state.sql.looked import Looked
from state.sqlite.engine import is_plain
from state.sqlite.look import look

if TYPE_CHECKING:
    from state.postgres.server import Server

SECONDS_TO_ANSWER: Final = 10.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: a problem is why something is not, in one line.

    `ahead` is how far this machine's clock is ahead of Telegram's; `asked` is None without a token,
    `encrypted` without a file, `server` without PostgreSQL. `running` counts the bots at work.
    """

    settings: Settings
    now: datetime
    has_token: bool = False
    token_problem: str = ""
    asked: AboutBot | None = None
    ahead: timedelta | None = None
    free_bytes: int | None = None
    running: int = 0
    key: Key | None = None
    key_problem: str = ""
    encrypted: bool | None = None
    plain_copies: tuple[str, ...] = ()
    looked: Looked | None = None
    database_problem: str = ""
    server: "Server | None" = None
    files: tuple[Path, ...] = field(default=())

    @property
    def is_in_file(self) -> bool:
        """Return whether the database is a file, and not on PostgreSQL."""
        return isinstance(self.settings.database, Path)

    @property
    def unread(self) -> bool:
        """Return whether there is a database, and what is in it is not known."""
        if self.looked is None:
            return bool(self.database_problem or self.key_problem)
        return not self.looked.is_read


def gather(settings: Settings) -> Facts:
    """Gather what the checks need; each part that cannot be had is a problem or is left out."""
    token, token_problem = _token(settings)
    key, key_problem = _key(settings)
    facts = Facts(
        settings=settings,
        now=datetime.now(UTC),
        has_token=token is not None,
        token_problem=token_problem,
        asked=_ask(token, settings.api_url) if token else None,
        ahead=_ahead(settings.api_url) if token else None,
        key=key,
        key_problem=key_problem,
        files=tuple(each for each in (settings.token_file, settings.key_file) if each),
    )
    database = settings.database
    return _of_file(facts, database) if isinstance(database, Path) else _of_server(facts, database)


def _of_file(facts: Facts, database: Path) -> Facts:
    looked, problem = (None, "") if facts.key_problem else _look(database, facts.key)
    beside = (database.with_name(database.name + end) for end in ("-wal", "-shm"))
    return replace(
        facts,
        free_bytes=_free_bytes(database.absolute().parent),
        running=int(database.exists() and is_held(database, BOT)),
        encrypted=_is_encrypted(database),
        plain_copies=_plain_copies(database),
        looked=looked,
        database_problem=problem,
        files=(database, *beside, *facts.files),
    )


def _of_server(facts: Facts, database: Address) -> Facts:
    try:
        require_extra(database)
        from state.postgres.look import look as look_at_server

        seen = look_at_server(database)
    except Refusal as refused:
        return replace(facts, database_problem=str(refused))
    return replace(
        facts,
        running=seen.server.workers,
        looked=seen.looked,
        database_problem=seen.problem,
        server=seen.server,
    )


def _token(settings: Settings) -> tuple[str | None, str]:
    try:
        return read_token(settings), ""
    except Refusal as refused:
        return None, str(refused)


def _ask(token: str, api_url: str) -> AboutBot:
    try:
        return ask(token, api_url)
    except Refusal as refused:
        return AboutBot(problem=str(refused))


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _key(settings: Settings) -> tuple[Key | None, str]:
    try:
        return read_key(settings.key_file, settings.database), ""
    except Refusal as refused:
        return None, str(refused)


def _is_encrypted(database: Path) -> bool | None:
    try:
        return not is_plain(database) if database.exists() else None
    except OSError:
        return None


def _plain_copies(database: Path) -> tuple[str, ...]:
    """Name what was replaced, is not encrypted and is still beside the database."""
    replaced = sorted(database.absolute().parent.glob(f"{database.name}.replaced-*"))
    return tuple(each.name for each in replaced if _is_encrypted(each) is False)


def _look(database: Path, key: Key | None) -> tuple[Looked | None, str]:
    try:
        return (None, "") if begins_new(database) else (look(database, key), "")
    except Refusal as refused:
        return None, str(refused)


def _ahead(api_url: str) -> timedelta | None:
    """Compare the clock with the `Date` of any answer; None if there is none."""
    before = datetime.now(UTC)
    try:
        with urlopen(Request(api_url, method="HEAD"), timeout=SECONDS_TO_ANSWER) as answer:
            said = answer.headers["Date"]
    except HTTPError as error:
        said = error.headers["Date"]
    except (OSError, ValueError, HTTPException):
        return None
    try:
        date = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    between = before + (datetime.now(UTC) - before) / 2
    return between - date
