"""The settings: where they are read from, and the one-line error for an invalid one."""

import os
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.database_address import Address
from bot.refusal import SettingsError
from bot.setting_forms import require_file
from bot.settings import (
    ALLOWED,
    SECRETS,
    Settings,
    read_database,
    read_settings,
    read_token,
    require_encryption,
)

TOKEN = f"123456789:{'Aa0_-' * 7}"
Write = Callable[[str], None]

WRONG = [
    ("TELEGRAM_API_URL", "127.0.0.1:8081"),
    ("TELEGRAM_API_URL", "ftp://127.0.0.1"),
    ("TELEGRAM_API_URL", "https://"),
    ("TELEGRAM_API_URL", "https:///path"),
    ("TELEGRAM_API_URL", "https://example.org/?q=1"),
    ("TELEGRAM_API_URL", "https://example.org/a b"),
    ("TELEGRAM_API_URL", "https://example.org\n"),
    ("TELEGRAM_API_URL", "http://127.0.0.1:8081/bot"),
    ("TELEGRAM_API_URL", "http://127.0.0.1:99999"),
    ("TELEGRAM_API_URL", "http://127.0.0.1:0"),
    ("TELEGRAM_API_URL", "http://:80"),
    ("TELEGRAM_API_URL", "http://[::1"),
    ("CORDCALL_POLICY", "Stepwise"),
    ("CORDCALL_POLICY", "fast"),
    ("CORDCALL_POLICY", "stepwise,nice"),
    ("CORDCALL_TIMEZONE", "Europe/Nowhere"),
    ("CORDCALL_TIMEZONE", "Europe"),
    ("CORDCALL_TIMEZONE", "../../etc/passwd"),
    ("CORDCALL_TIMEZONE", "/etc/localtime"),
    ("CORDCALL_TIMEZONE", "+01:00"),
    ("CORDCALL_CALL", "x" * 61),
    ("CORDCALL_CALL", "one\ntwo"),
    ("CORDCALL_CALL", "one\rtwo"),
    ("CORDCALL_CALL", "\x1b[31mred"),
    ("CORDCALL_CALL", "\x7f"),
    ("CORDCALL_PLAINTEXT", "yes"),
    ("CORDCALL_PLAINTEXT", "Accept"),
    ("CORDCALL_ACCESS", "closed"),
    ("CORDCALL_ACCESS", "Open"),
    ("CORDCALL_OWNERS", "alice"),
    ("CORDCALL_OWNERS", "007"),
    ("CORDCALL_OWNERS", "1, 00"),
    ("CORDCALL_OWNERS", "1,,2"),
    ("CORDCALL_OWNERS", ","),
    ("CORDCALL_OWNERS", "-5"),
    ("CORDCALL_OWNERS", "1 2"),
    ("CORDCALL_OWNERS", "777000"),
    ("CORDCALL_OWNERS", "1001, 1087968824"),
    ("CORDCALL_OWNERS", "136817688"),
    ("CORDCALL_OWNERS", "[1, 2]"),
    ("CORDCALL_OWNERS", "1" * 16),
    ("CORDCALL_OWNERS", "\u0661\u0662"),
    ("CORDCALL_WEBHOOK_URL", "http://example.org/hook"),
    ("CORDCALL_WEBHOOK_URL", "example.org"),
    ("CORDCALL_WEBHOOK_URL", "https://[x"),
    ("CORDCALL_WEBHOOK_URL", "https://example.org:99999/hook"),
    ("CORDCALL_WEBHOOK_URL", "https://example.org/h%C3%B6ok"),
    ("CORDCALL_WEBHOOK_URL", "https://example.org/h\u00f6ok"),
    ("CORDCALL_WEBHOOK_URL", "https://example.org/hook?secret=1"),
    ("CORDCALL_WEBHOOK_LISTEN", "8080"),
    ("CORDCALL_WEBHOOK_LISTEN", "127.0.0.1"),
    ("CORDCALL_WEBHOOK_LISTEN", "127.0.0.1:"),
    ("CORDCALL_WEBHOOK_LISTEN", ":8080"),
    ("CORDCALL_WEBHOOK_LISTEN", "127.0.0.1:http"),
    ("CORDCALL_WEBHOOK_LISTEN", "127.0.0.1:99999"),
    ("CORDCALL_RETENTION_DAYS", "-1"),
    ("CORDCALL_RETENTION_DAYS", "3651"),
    ("CORDCALL_RETENTION_DAYS", "1.5"),
    ("CORDCALL_RETENTION_DAYS", "a month"),
    ("CORDCALL_RETENTION_DAYS", "9" * 500),
    ("CORDCALL_AUDIT_DAYS", "0"),
    ("CORDCALL_AUDIT_DAYS", "3651"),
    ("CORDCALL_AUDIT_DAYS", "a year"),
    ("CORDCALL_TAP_GUARD_MS", "-1"),
    ("CORDCALL_TAP_GUARD_MS", "5001"),
    ("CORDCALL_TAP_GUARD_MS", "0.8"),
    ("CORDCALL_TAP_GUARD_MS", "off"),
    ("CORDCALL_TAPS_PER_MINUTE", "-1"),
    ("CORDCALL_TAPS_PER_MINUTE", "6001"),
    ("CORDCALL_TAPS_PER_MINUTE", "none"),
    ("CORDCALL_OUT_OF_USE", "x" * 101),
    ("CORDCALL_OUT_OF_USE", "one\ntwo"),
    ("CORDCALL_HEALTH_LISTEN", "0.0.0.0:9110"),
    ("CORDCALL_HEALTH_LISTEN", "192.168.0.5:9110"),
    ("CORDCALL_HEALTH_LISTEN", "[::]:9110"),
    ("CORDCALL_HEALTH_LISTEN", "localhost:9110"),
    ("CORDCALL_HEALTH_LISTEN", "127.0.0.1"),
    ("CORDCALL_HEALTH_LISTEN", "127.0.0.1:0"),
    ("CORDCALL_HEALTH_LISTEN", "9110"),
    ("CORDCALL_LOG_LEVEL", "debug"),
    ("CORDCALL_LOG_LEVEL", "10"),
]
UNKNOWN = [
    "CORDCALL_KEY", "CORDCALL_PLAIN", "CORDCALL_TAPS", "CORDCALL_POLICE",
    "TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN_FLIE", "cordcall_polcy",
]  # fmt: skip
WRONG_SECRETS = [
    ("TELEGRAM_BOT_TOKEN", "hunter2"),
    ("TELEGRAM_BOT_TOKEN", "123456789"),
    ("TELEGRAM_BOT_TOKEN", f"123456789:{'a' * 29}"),
    ("TELEGRAM_BOT_TOKEN", f"12:{'a' * 35}"),
    ("TELEGRAM_BOT_TOKEN", f"bot{TOKEN}"),
    ("TELEGRAM_BOT_TOKEN", f"{TOKEN} "),
    ("TELEGRAM_BOT_TOKEN", f"{TOKEN}\n"),
    ("TELEGRAM_BOT_TOKEN", f"{TOKEN}\u00e9"),
    ("CORDCALL_WEBHOOK_SECRET", "open sesame"),
    ("CORDCALL_WEBHOOK_SECRET", "s" * 257),
    ("CORDCALL_WEBHOOK_SECRET", "gehe\u00efm"),
]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ALLOWED:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write_env_file(tmp_path: Path) -> Write:
    def write(text: str) -> None:
        (tmp_path / ".env").write_text(text, "utf-8")

    return write


def refused() -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings()
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) <= 250
    return line


def test_every_field_has_a_variable_and_every_variable_a_line_on_what_is_allowed() -> None:
    assert [str(field.validation_alias) for field in Settings.model_fields.values()] == [*ALLOWED]
    assert all(line.isprintable() and line for line in ALLOWED.values())


def test_nothing_need_be_set() -> None:
    settings = read_settings()
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org"
    assert settings.database == Path("cordcall.db")
    assert (settings.key_file, settings.plaintext) == (None, None)
    assert settings.policy == "stepwise"
    assert settings.timezone is None
    assert settings.call == ""
    assert settings.access == "invite"
    assert settings.retention_days == 30
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_wrong_value_is_refused_with_its_variable_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert refused() == f"{variable}: {repr(value)[:80]} given; allowed: {ALLOWED[variable]}"


@pytest.mark.parametrize(("variable", "value"), WRONG_SECRETS)
def test_a_wrong_secret_is_refused_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert variable in SECRETS
    assert (
        refused() == f"{variable}: the value given has another form; allowed: {ALLOWED[variable]}"
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CORDCAL_POLICY", "CORDCALL_POLICY"),
        ("CORCALL_OWNERS", "CORDCALL_OWNERS"),
        ("cordcal_database", "CORDCALL_DATABASE"),
        ("CORD_CALL_POLICY", "CORDCALL_POLICY"),
        ("CROWDCALL_TIMEZONE", "CORDCALL_TIMEZONE"),
        ("TELEGRM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN"),
    ],
)
@pytest.mark.parametrize("outside", [False, True])
def test_a_slip_in_the_beginning_of_a_name_is_refused_with_the_name_meant(
    write_env_file: Write, monkeypatch: pytest.MonkeyPatch, name: str, meant: str, outside: bool
) -> None:
    if outside:
        monkeypatch.setenv(name, "nice")
    else:
        write_env_file(f"{name}=nice\n")
    said = refused()
    assert said.startswith(f"{name}: unknown variable; allowed: ")
    assert meant in said


@pytest.mark.parametrize(
    "name",
    ["POLICY", "DATABASE_URL", "PATH", "COMPOSE_PROJECT_NAME", "PGDATABASE", "CALL_POLICY"],
)
def test_the_variables_of_other_programs_are_no_slips(write_env_file: Write, name: str) -> None:
    write_env_file(f"{name}=x\n")
    assert read_settings().policy == "stepwise"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "TZ"])
def test_what_the_env_file_cannot_set_is_refused_unless_the_environment_has_it(
    write_env_file: Write, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    write_env_file(f"{name}=http://proxy.example:3128\n")
    assert refused() == (
        f"{name}: in .env, where nothing reads it; allowed: set in the environment of the process"
    )
    monkeypatch.setenv(name, "http://proxy.example:3128")
    read_settings()


OTHERS = "POSTGRES_PASSWORD=a#b\nCORDCALL_POLICY=wrong\nCORDCALL_NEW=1\nA=1\nA=2\nno line\n"


def test_where_the_database_and_its_key_are_may_be_read_beside_anything_else(
    write_env_file: Write, tmp_path: Path
) -> None:
    write_env_file(f"{OTHERS}CORDCALL_DATABASE=here.db\nCORDCALL_KEY_FILE=/run/key\n")
    (tmp_path / ".env").chmod(0o644)
    read = read_database()
    assert (read.database, read.key_file) == (Path("here.db"), Path("/run/key"))


def test_an_env_file_is_no_matter_if_the_environment_names_the_database_and_its_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"CORDCALL_CALL=\xe9\n")
    for variable, value in (("CORDCALL_DATABASE", "there.db"), ("CORDCALL_KEY_FILE", "/run/key")):
        with pytest.raises(SettingsError, match=r"^\.env: cannot be read"):
            read_database()
        monkeypatch.setenv(variable, value)
    read = read_database()
    assert (read.database, read.key_file) == (Path("there.db"), Path("/run/key"))


@pytest.mark.parametrize(
    "name",
    ["CORDCALL_DATABSE", "CORDCAL_DATABASE", "CORDCALL_KEYFILE", "CORDCAL_KEY_FILE"],
)
def test_a_slip_in_the_name_of_the_database_or_its_key_is_refused_there_too(
    write_env_file: Write, name: str
) -> None:
    write_env_file(f"{OTHERS}{name}=here.db\n")
    with pytest.raises(SettingsError, match=f"^{name}: unknown variable; allowed: "):
        read_database()


@pytest.mark.parametrize("secret", SECRETS)
def test_a_wrong_secret_leaves_no_trace_in_the_error(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(secret, "hunter2 and more")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert caught.value.__suppress_context__
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize("source", ["environment", "file"])
def test_secrets_are_masked_wherever_the_settings_are_shown(
    monkeypatch: pytest.MonkeyPatch, write_env_file: Write, source: str
) -> None:
    if source == "file":
        write_env_file(f"TELEGRAM_BOT_TOKEN={TOKEN}\nCORDCALL_WEBHOOK_SECRET=sesame_1\n")
    else:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("CORDCALL_WEBHOOK_SECRET", "sesame_1")
    settings = read_settings()
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.get_secret_value() == "sesame_1"
    for shown in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.token}"):
        assert TOKEN not in shown
        assert "sesame_1" not in shown


@pytest.mark.parametrize("given", ["0f" * 32, "keys/" + "0F" * 32, ":memory:"])
def test_a_key_where_its_file_belongs_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("CORDCALL_KEY_FILE", given)
    allowed = ALLOWED["CORDCALL_KEY_FILE"]
    assert refused() == f"CORDCALL_KEY_FILE: the value given has another form; allowed: {allowed}"


def test_a_key_may_come_through_a_pipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv("CORDCALL_KEY_FILE", str(pipe))
    assert read_settings().key_file == read_database().key_file == pipe


def test_encryption_is_required_until_somebody_accepts_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SettingsError, match=r"^CORDCALL_KEY_FILE: not set.*=accept"):
        require_encryption(read_settings())
    for variable, value in (("CORDCALL_PLAINTEXT", "accept"), ("CORDCALL_KEY_FILE", "/run/key")):
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            require_encryption(read_settings())


def test_a_wrong_secret_in_the_file_is_not_shown(write_env_file: Write) -> None:
    write_env_file("TELEGRAM_BOT_TOKEN=hunter2\n")
    assert "hunter2" not in refused()


@pytest.mark.parametrize("source", ["environment", "file"])
@pytest.mark.parametrize("variable", UNKNOWN)
def test_a_variable_that_would_have_no_effect_is_refused(
    monkeypatch: pytest.MonkeyPatch, write_env_file: Write, variable: str, source: str
) -> None:
    if source == "file":
        write_env_file(f"{variable}=accept\n")
    else:
        monkeypatch.setenv(variable, "accept")
    prefix = variable.upper().partition("_")[0]
    known = ", ".join(name for name in ALLOWED if name.startswith(f"{prefix}_"))
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value) == f"{variable}: unknown variable; allowed: {known}"


@pytest.mark.parametrize(
    ("variable", "value", "field", "expected"),
    [
        ("TELEGRAM_BOT_TOKEN_FILE", "/run/token", "token_file", Path("/run/token")),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081", "api_url", "http://127.0.0.1:8081"),
        ("CORDCALL_DATABASE", "/data/cases.db", "database", Path("/data/cases.db")),
        ("CORDCALL_KEY_FILE", "/run/key", "key_file", Path("/run/key")),
        ("CORDCALL_PLAINTEXT", "accept", "plaintext", "accept"),
        ("CORDCALL_POLICY", "strictest", "policy", "strictest"),
        ("CORDCALL_TIMEZONE", "Asia/Kolkata", "timezone", "Asia/Kolkata"),
        ("CORDCALL_CALL", "x" * 60, "call", "x" * 60),
        ("CORDCALL_CALL", "Bleep 123 \u2013 caf\u00e9", "call", "Bleep 123 \u2013 caf\u00e9"),
        ("CORDCALL_ACCESS", "open", "access", "open"),
        ("CORDCALL_OWNERS", "1234567", "owners", "1234567"),
        ("CORDCALL_OWNERS", " 1, 22 ,333 ", "owners", " 1, 22 ,333 "),
        ("CORDCALL_WEBHOOK_URL", "https://a.org/hook", "webhook_url", "https://a.org/hook"),
        ("CORDCALL_WEBHOOK_LISTEN", "[::1]:443", "webhook_listen", "[::1]:443"),
        ("CORDCALL_RETENTION_DAYS", "1", "retention_days", 1),
        ("CORDCALL_RETENTION_DAYS", "3650", "retention_days", 3650),
        ("CORDCALL_AUDIT_DAYS", "1", "audit_days", 1),
        ("CORDCALL_AUDIT_DAYS", "3650", "audit_days", 3650),
        ("CORDCALL_LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
    ],
)
def test_a_right_value_is_taken_from_the_environment_or_the_file(
    monkeypatch: pytest.MonkeyPatch,
    write_env_file: Write,
    variable: str,
    value: str,
    field: str,
    expected: object,
) -> None:
    write_env_file(f"{variable}='{value}'\n")
    assert getattr(read_settings(), field) == expected
    write_env_file("")
    assert getattr(read_settings(), field) != expected
    monkeypatch.setenv(variable, value)
    assert getattr(read_settings(), field) == expected


@pytest.mark.parametrize("secret", ["s", "s" * 256, "Az09_-"])
def test_a_webhook_secret_of_the_allowed_letters_is_taken(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("CORDCALL_WEBHOOK_SECRET", secret)
    taken = read_settings().webhook_secret
    assert taken is not None
    assert taken.get_secret_value() == secret


def test_the_environment_beats_the_file(
    monkeypatch: pytest.MonkeyPatch, write_env_file: Write
) -> None:
    write_env_file("CORDCALL_POLICY=nice\nCORDCALL_RETENTION_DAYS=7\n")
    monkeypatch.setenv("CORDCALL_POLICY", "strictest")
    settings = read_settings()
    assert settings.policy == "strictest"
    assert settings.retention_days == 7


def test_a_right_environment_covers_a_wrong_file(
    monkeypatch: pytest.MonkeyPatch, write_env_file: Write
) -> None:
    write_env_file("CORDCALL_POLICY=fast\n")
    assert refused().startswith("CORDCALL_POLICY: 'fast' given; ")
    monkeypatch.setenv("CORDCALL_POLICY", "nice")
    assert read_settings().policy == "nice"


@pytest.mark.parametrize("variable", ALLOWED)
def test_empty_means_unset(
    monkeypatch: pytest.MonkeyPatch, write_env_file: Write, variable: str
) -> None:
    unset = read_settings()
    monkeypatch.setenv(variable, "")
    assert read_settings() == unset
    monkeypatch.delenv(variable)
    write_env_file(f"{variable}=\n")
    assert read_settings() == unset


def test_an_empty_variable_leaves_the_file_its_say(
    monkeypatch: pytest.MonkeyPatch, write_env_file: Write
) -> None:
    write_env_file("CORDCALL_POLICY=nice\n")
    monkeypatch.setenv("CORDCALL_POLICY", "")
    assert read_settings().policy == "nice"


def test_the_file_may_hold_comments_quotes_and_the_variables_of_others(
    write_env_file: Write,
) -> None:
    write_env_file(
        "# how fast\nexport CORDCALL_POLICY='nice' # one of three\n\n"
        'SOMETHING_ELSE=1\nCORDCALL_CALL="Bleep # 123"\n'
    )
    settings = read_settings()
    assert settings.policy == "nice"
    assert settings.call == "Bleep # 123"


def test_a_file_that_is_not_utf_8_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"CORDCALL_CALL=caf\xe9\n")
    line = refused()
    assert line.startswith(".env: cannot be read (")
    assert line.endswith("; allowed: UTF-8 text")


def test_of_several_wrong_values_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORDCALL_POLICY", "fast")
    monkeypatch.setenv("CORDCALL_LOG_LEVEL", "loud")
    assert refused() == f"CORDCALL_POLICY: 'fast' given; allowed: {ALLOWED['CORDCALL_POLICY']}"


def test_the_zone_is_the_one_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORDCALL_TIMEZONE", "Asia/Kolkata")
    assert read_settings().zone == ZoneInfo("Asia/Kolkata")


def test_without_a_zone_that_of_the_machine_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    far = ZoneInfo("Pacific/Kiritimati")
    monkeypatch.setattr("tzlocal.get_localzone", lambda: far)
    assert read_settings().zone is far


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().policy = "nice"


def test_a_token_in_place_of_its_file_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    token = "123456789:" + "A" * 35
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", token)
    with pytest.raises(SettingsError) as refused:
        read_token(read_settings())
    assert token not in str(refused.value)
    assert "<hidden>" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://", "postgresql://"),
        ("postgresql:///?service=cordcall", "postgresql://?service=cordcall"),
        ("postgresql://ann:s3same@db/cordcall", "postgresql://db/cordcall?user=ann"),
    ],
)
def test_a_database_can_be_on_postgresql_and_its_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, given: str, shown: str
) -> None:
    monkeypatch.setenv("CORDCALL_DATABASE", given)
    settings = read_settings()
    assert settings.database == read_database().database == Address.read(given)
    assert str(settings.database) == shown
    assert "s3same" not in f"{settings!r} {settings}"
    with pytest.raises(SettingsError) as wrong:
        require_file(settings.database, "which pg_dump copies")
    given = f"CORDCALL_DATABASE: {shown} given, which pg_dump copies"
    said = f"{given}; allowed here: the path of a file"
    assert str(wrong.value) == said


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://ann:s3same/x@db/cordcall", "postgresql://ann:s3@same@db", "postgres:s3same",
        "postgresql://db:s3same/cordcall", "POSTGRESQL://ann:s3same@db", "postgres://a b:s3same@c",
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("CORDCALL_DATABASE", given)
    said = "the value given has another form; allowed: the path of a file, or postgresql://"
    assert refused().startswith(f"CORDCALL_DATABASE: {said}")


def test_a_password_of_a_database_elsewhere_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORDCALL_CALL", "postgresql://ann:s3same@db/cordcall")
    assert "s3same" not in refused()


@pytest.mark.parametrize("name", ["PGHOST", "PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSSLMODE"])
def test_what_libpq_reads_is_refused_in_the_env_file_if_it_is_used(
    write_env_file: Write, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    write_env_file(f"{name}=x\n")
    read_settings()
    write_env_file(f"{name}=x\nCORDCALL_DATABASE=postgresql://db\n")
    assert refused().startswith(f"{name}: in .env, where nothing reads it; allowed: set in the env")
    monkeypatch.setenv(name, "x")
    assert isinstance(read_settings().database, Address)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)])
def test_a_database_that_is_no_regular_file_is_refused(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cordcall.db"
    make(path)
    monkeypatch.setenv("CORDCALL_DATABASE", str(path))
    assert refused().endswith("allowed: the path of a file, or postgresql://user@host/name")
