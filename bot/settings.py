"""Every environment variable, read once at the start, from the environment or a `.env` file."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.database_address import is_address
from bot.env_file import ENCODING, ENV_FILE, list_names, read_names
from bot.guidance.fixed_zones import place_instead
from bot.logic.urgency import Policy
from bot.masks import TOKEN_FORM, holds_secret
from bot.private_file import say_shared
from bot.refusal import SettingsError
from bot.setting_forms import (
    FIXED,
    Database,
    Ids,
    KeyPath,
    Listen,
    LoopbackListen,
    OneLine,
    Secret,
    Token,
    Url,
    WebhookUrl,
    WholeNumber,
    ZoneName,
    find_machine_zone,
    say_given,
)
from bot.setting_names import (
    READ_BY_LIBPQ,
    READ_BY_LIBRARIES,
    close_to,
    refuse_not_read_here,
    refuse_unread,
)

ALLOWED: Final = {
    "CORDCALL_DATABASE": "the path of a file, or postgresql://user@host/name",
    "CORDCALL_KEY_FILE": "the path of a file that `cordcall key new FILE` has written",
    "TELEGRAM_BOT_TOKEN": "a bot token from BotFather, digits:letters",
    "TELEGRAM_BOT_TOKEN_FILE": "a path",
    "TELEGRAM_API_URL": "an http or https address without /bot, such as http://127.0.0.1:8081",
    "CORDCALL_PLAINTEXT": "accept",
    "CORDCALL_POLICY": "stepwise, nice, strictest",
    "CORDCALL_TIMEZONE": "an IANA time zone, such as Europe/London",
    "CORDCALL_CALL": "one line of at most 60 characters",
    "CORDCALL_ACCESS": "invite, open",
    "CORDCALL_OWNERS": "Telegram ids of people, comma-separated, such as 1234567,7654321",
    "CORDCALL_WEBHOOK_URL": "an https address without % (from this machine, http://127.0.0.1:port)",
    "CORDCALL_WEBHOOK_SECRET": "1 to 256 letters, digits, _ or -",
    "CORDCALL_WEBHOOK_LISTEN": "address:port, such as 127.0.0.1:8080",
    "CORDCALL_RETENTION_DAYS": "a whole number of days from 1 to 3650",
    "CORDCALL_AUDIT_DAYS": "a whole number of days from 1 to 3650",
    "CORDCALL_TAP_GUARD_MS": "a whole number of milliseconds from 0 (off) to 5000",
    "CORDCALL_TAPS_PER_MINUTE": "a whole number of taps from 0 (no limit) to 6000",
    "CORDCALL_OUT_OF_USE": "a reason of at most 100 characters in one line",
    "CORDCALL_HEALTH_LISTEN": "an address of this machine alone and a port, such as 127.0.0.1:9110",
    "CORDCALL_LOG_LEVEL": "DEBUG, INFO, WARNING, ERROR",
}
NOBODY: Final = "0"  # in place of an owner until the first one is known
SECRETS: Final = ("TELEGRAM_BOT_TOKEN", "CORDCALL_WEBHOOK_SECRET")


class DatabaseSettings(BaseSettings):
    """Where the database and its key are: all that a command needs which only copies it."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    database: Database = Field(default=Path("cordcall.db"), validation_alias="CORDCALL_DATABASE")
    key_file: KeyPath | None = Field(default=None, validation_alias="CORDCALL_KEY_FILE")

    @field_validator("*", mode="before")
    @classmethod
    def _no_secret(cls, value: object, info: ValidationInfo) -> object:
        """Refuse a token or a password where it would be shown or stored."""
        text = value if isinstance(value, str) else ""
        hidden = ("token", "database") if is_address(text) else ("token",)
        if info.field_name not in hidden and holds_secret(text):
            raise ValueError("a secret")
        return value


class Settings(DatabaseSettings):
    """The settings of one deployment."""

    token: Token | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")
    token_file: Path | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN_FILE")
    api_url: Url = Field(default="https://api.telegram.org", validation_alias="TELEGRAM_API_URL")
    plaintext: Literal["accept"] | None = Field(default=None, validation_alias="CORDCALL_PLAINTEXT")
    policy: Policy = Field(default="stepwise", validation_alias="CORDCALL_POLICY")
    timezone: ZoneName | None = Field(default=None, validation_alias="CORDCALL_TIMEZONE")
    call: OneLine = Field(default="", validation_alias="CORDCALL_CALL", max_length=60)
    access: Literal["invite", "open"] = Field(default="invite", validation_alias="CORDCALL_ACCESS")
    owners: Ids | None = Field(default=None, validation_alias="CORDCALL_OWNERS")
    webhook_url: WebhookUrl | None = Field(default=None, validation_alias="CORDCALL_WEBHOOK_URL")
    webhook_secret: Secret | None = Field(default=None, validation_alias="CORDCALL_WEBHOOK_SECRET")
    webhook_listen: Listen = Field(
        default="127.0.0.1:8080", validation_alias="CORDCALL_WEBHOOK_LISTEN"
    )
    retention_days: WholeNumber = Field(
        default=30, validation_alias="CORDCALL_RETENTION_DAYS", ge=1, le=3650
    )
    audit_days: WholeNumber = Field(
        default=365, validation_alias="CORDCALL_AUDIT_DAYS", ge=1, le=3650
    )
    tap_guard_ms: WholeNumber = Field(
        default=800, validation_alias="CORDCALL_TAP_GUARD_MS", ge=0, le=5000
    )
    taps_per_minute: WholeNumber = Field(
        default=60, validation_alias="CORDCALL_TAPS_PER_MINUTE", ge=0, le=6000
    )
    out_of_use: OneLine = Field(default="", validation_alias="CORDCALL_OUT_OF_USE", max_length=100)
    health_listen: LoopbackListen | None = Field(
        default=None, validation_alias="CORDCALL_HEALTH_LISTEN"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias="CORDCALL_LOG_LEVEL"
    )

    @property
    def zone(self) -> tzinfo:
        """Return the hospital's time zone, by default the machine's.

        Raises SettingsError if that cannot be found or has a fixed offset.
        """
        if self.timezone:
            return ZoneInfo(self.timezone)
        return find_machine_zone(ALLOWED["CORDCALL_TIMEZONE"])


def read_token(settings: Settings) -> str | None:
    """Return the bot's token from the environment or its file; None if neither is set.

    Raises SettingsError if the file cannot be read or contains no token.
    """
    if settings.token is not None:
        return settings.token.get_secret_value()
    if settings.token_file is None:
        return None
    name = "TELEGRAM_BOT_TOKEN_FILE"
    if shared := say_shared(settings.token_file):
        raise SettingsError(f"{name}: {shared}")
    try:
        token = settings.token_file.read_text(ENCODING).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        path = settings.token_file
        raise SettingsError(f"{name}: {path}: {reason}; allowed: a file with a token") from None
    if not re.fullmatch(TOKEN_FORM, token, re.ASCII):
        raise SettingsError(f"{name}: no token in it; allowed: {ALLOWED['TELEGRAM_BOT_TOKEN']}")
    return token


def read_webhook(settings: Settings) -> tuple[str, str, str] | None:
    """Return the webhook's address, its secret and where to listen; None if the bot polls.

    Raises SettingsError if it would be open to everybody, or cannot run.
    """
    if settings.webhook_url is None:
        return None
    if settings.webhook_secret is None:
        raise SettingsError(
            "CORDCALL_WEBHOOK_SECRET: not set, but CORDCALL_WEBHOOK_URL is; "
            f"allowed: {ALLOWED['CORDCALL_WEBHOOK_SECRET']}"
        )
    if find_spec("aiohttp") is None:
        raise SettingsError(
            "CORDCALL_WEBHOOK_URL: it needs the extra fast; allowed: cordcall[fast], or unset"
        )
    return settings.webhook_url, settings.webhook_secret.get_secret_value(), settings.webhook_listen


def read_health(settings: Settings) -> str | None:
    """Return where to answer health probes; None for nowhere.

    Raises SettingsError if it cannot run.
    """
    if settings.health_listen and find_spec("aiohttp") is None:
        raise SettingsError(
            "CORDCALL_HEALTH_LISTEN: it needs the extra fast; allowed: cordcall[fast], or unset"
        )
    return settings.health_listen


def read_owners(settings: Settings) -> frozenset[str]:
    """Return the ids of the owners, who may be none if the bot is open to everybody.

    Raises SettingsError if nobody could use it.
    """
    if settings.owners is None and settings.access == "open":
        return frozenset()
    if settings.owners is None:
        raise SettingsError(
            "CORDCALL_OWNERS: not set, so nobody could use the bot; allowed: your Telegram id "
            "(start with 0 and send /start: the bot replies with it), or CORDCALL_ACCESS=open for "
            "a demonstration"
        )
    return frozenset(each.strip() for each in settings.owners.split(","))


def require_encryption(settings: Settings) -> None:
    """Telegram's terms want what its users tell a bot to be encrypted where it is kept.

    Raises SettingsError if there is no key, and nobody has said that the disk is encrypted.
    PostgreSQL takes no key: whoever runs it encrypts its disks.
    """
    if settings.key_file is None and settings.plaintext is None:
        named, key = "CORDCALL_KEY_FILE", f"{ALLOWED['CORDCALL_KEY_FILE']}, or "
        if not isinstance(settings.database, Path):
            named, key = "CORDCALL_PLAINTEXT", ""
        raise SettingsError(
            f"{named}: not set, but Telegram's terms require encryption; allowed: {key}"
            "CORDCALL_PLAINTEXT=accept if the disk is encrypted"
        )


def read_settings() -> Settings:
    """Read and check every variable.

    Raises SettingsError with one line for the first wrong one; secrets are never shown.
    """
    with _in_one_line():
        in_file = read_names()
        refuse_unread((*os.environ, *in_file), ALLOWED)
        refuse_not_read_here(in_file, READ_BY_LIBRARIES)
        settings = Settings()
        if not isinstance(settings.database, Path):
            refuse_not_read_here(in_file, READ_BY_LIBPQ)
        return settings


def read_database() -> DatabaseSettings:
    """Read and check only where the database and its key are, whatever else `.env` says.

    Raises SettingsError with one line if that is wrong or misspelt.
    """
    names = [str(each.validation_alias) for each in DatabaseSettings.model_fields.values()]
    with _in_one_line():
        set_outside = {*names} <= {*map(str.upper, os.environ)}
        given = (*os.environ, *(() if set_outside else list_names()))
        refuse_unread((slip for name in names for slip in close_to(name, given)), ALLOWED)
        outside_alone: dict[str, Any] = {"_env_file": None} if set_outside else {}
        return DatabaseSettings(**outside_alone)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Say the first wrong setting in one line, without a secret."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name, given = str(first["loc"][0]), first["input"]
        if name == "CORDCALL_TIMEZONE" and (place := place_instead(str(given))):
            raise SettingsError(f"{name}: {given!r} {FIXED}{place}") from None
        said = say_given(name, given)
        raise SettingsError(f"{name}: {said}; allowed: {ALLOWED[name]}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{ENV_FILE}: cannot be read ({error}); allowed: UTF-8 text") from None
