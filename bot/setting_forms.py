"""The form of each kind of setting, as pydantic checks it."""

import re
from datetime import tzinfo
from errno import ELOOP
from ipaddress import ip_address
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, PlainValidator, SecretStr
from pydantic_settings import NoDecode

from bot.accounts import is_person
from bot.database_address import Address, is_address
from bot.guidance.fixed_zones import place_instead
from bot.masks import TOKEN_FORM, mask
from bot.refusal import SettingsError

FIXED: Final = "has one offset all year; allowed: UTC, or the zone of a place, such as "
NEVER_SHOWN: Final = (
    "TELEGRAM_BOT_TOKEN",
    "CORDCALL_WEBHOOK_SECRET",
    "CORDCALL_KEY_FILE",  # which somebody may set to the key itself
)
ID: Final = r"(0|[1-9]\d{0,14})"
IN_PATH: Final = r"[\w.~/@:!$&'()*+,;=-]"  # %-escapes are not compared


def _fits(pattern: str) -> AfterValidator:
    def check(value: str | SecretStr) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError("wrong form")
        return value

    return AfterValidator(check)


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("not a single line")
    return value


def _whole(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{1,6}", value, re.ASCII):
        raise ValueError("not a whole number")
    return value


def _listen(value: str) -> str:
    address, _, port = value.rpartition(":")
    named = re.fullmatch(r"[\w.:\[\]-]+", address, re.ASCII) and port.isdecimal()
    if not (named and 0 < int(port) < 65536):
        raise ValueError("wrong form")
    return value


def _loopback(value: str) -> str:
    address = _listen(value).rpartition(":")[0].strip("[]")
    if not ip_address(address).is_loopback:
        raise ValueError("not an address of this machine alone")
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if not parts.hostname or parts.port == 0:
        raise ValueError("no address")
    return value


def _path(path: Path) -> Path:
    if str(path).startswith((":", "file:")):
        raise ValueError("no file")
    return path


def _file(path: Path) -> Path:
    try:
        regular = S_ISREG(path.stat().st_mode)
    except OSError as error:  # a new one, or one that the start says why it cannot use
        regular = error.errno != ELOOP
    if not regular:
        raise ValueError("no file")
    return path


def _database(given: object) -> Path | Address:
    text = str(given)
    return Address.read(text) if is_address(text) else _file(_path(Path(text)))


def _key_path(path: Path) -> Path:
    if re.fullmatch(r"[0-9A-Fa-f]{64}", path.name):
        raise ValueError("a key, not the file that holds it")
    return path


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no such zone") from error
    if place_instead(name):
        raise ValueError("a fixed offset")
    return name


def _ids(value: str) -> str:
    if not re.fullmatch(rf"\s*{ID}\s*(,\s*{ID}\s*)*", value, re.ASCII):
        raise ValueError("not a list of ids")
    if not all(is_person(each.strip()) for each in value.split(",")):
        raise ValueError("not a person's")
    return value


Token = Annotated[SecretStr, _fits(TOKEN_FORM)]
Secret = Annotated[SecretStr, _fits(r"[A-Za-z0-9_-]{1,256}")]
Url = Annotated[str, _fits(r"https?://[^\s/?#]+(?!.*/bot)[^\s?#]*"), AfterValidator(_address)]
WebhookUrl = Annotated[
    str,
    _fits(rf"(https://[^\s/?#]+|http://127\.0\.0\.1:\d+)(/{IN_PATH}*)?"),
    AfterValidator(_address),
]
WholeNumber = Annotated[int, BeforeValidator(_whole)]
Listen = Annotated[str, AfterValidator(_listen)]
LoopbackListen = Annotated[str, AfterValidator(_loopback)]
OneLine = Annotated[str, AfterValidator(_one_line)]
Database = Annotated[Path | Address, PlainValidator(_database)]
KeyPath = Annotated[Path, AfterValidator(_path), AfterValidator(_key_path)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Ids = Annotated[str, NoDecode, AfterValidator(_ids)]


def say_given(name: str, given: object) -> str:
    """Say what a variable was set to, unless it may be a secret."""
    if name in NEVER_SHOWN or is_address(str(given)):
        return "the value given has another form"
    return f"{mask(repr(given))[:80]} given"


def require_file(database: Path | Address, why: str) -> Path:
    """Return the file of a database. Raises SettingsError if it is on PostgreSQL, and says why."""
    if isinstance(database, Path):
        return database
    raise SettingsError(
        f"CORDCALL_DATABASE: {database} given, {why}; allowed here: the path of a file"
    )


def find_machine_zone(allowed: str) -> tzinfo:
    """Return the time zone of this machine.

    Raises SettingsError if that cannot be found or has a fixed offset.
    """
    import tzlocal

    try:
        zone = tzlocal.get_localzone()
    except (LookupError, ValueError, OSError) as error:
        raise SettingsError(
            "CORDCALL_TIMEZONE: not set, and the machine's zone cannot be found; "
            f"allowed: {allowed}"
        ) from error
    if place := place_instead(str(zone)):
        raise SettingsError(
            f"CORDCALL_TIMEZONE: not set, and the machine's zone {zone} {FIXED}{place}"
        )
    return zone
