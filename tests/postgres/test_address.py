"""An address leads where it says, and no part of a password in it is ever shown."""

import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from bot.database_address import Address, is_address
from bot.masks import mask
from state.postgres.database import Database
from state.postgres.opening import UNLESS_SET
from state.store import StoreError
from tests.postgres.server import OWNER, Place, Server

SECRET = "s3same"
NOBODY = "127.0.0.1:9"
WRONG = [
    f"postgresql://ann:{SECRET}/x@host/db",
    f"postgresql://ann:{SECRET}@x@host/db",
    f"postgresql://ann:{SECRET}%zz@host/db",
    f"postgresql://ann:{SECRET}%00@host/db",
    f"postgresql://ann:{SECRET} x@host/db",
    f"postgresql://ann:{SECRET}?x@host/db",
    f"postgresql://ann:{SECRET}#x@host/db",
    f"postgresql://ann:{SECRET}:x@host/db",
    f"postgresql://host:{SECRET}/db",
    f"postgresql://host/db/{SECRET}@",
    f"postgresql://host/db?{SECRET}",
    f"postgresql://host/db?password={SECRET}=",
    f"postgresql:ann:{SECRET}@host",
    f"postgresql:/ann:{SECRET}@host",
    f"POSTGRESQL://ann:{SECRET}@host/db",
    f"postgres://ann:{SECRET}@host/db\n",
    f"postgresql://host/db?Password={SECRET}",
]
REFUSED_BY_LIBPQ = [
    f"postgresql://ann:{SECRET}@{NOBODY}/db",
    f"postgresql://ann@{NOBODY}/db?password={SECRET}",
    f"postgresql://ann:{SECRET}@{NOBODY}/db?pasword={SECRET}",
    f"postgresql://ann:{SECRET}@{NOBODY}/db?sslmode={SECRET}",
    f"postgresql://ann:{SECRET}@{NOBODY}/db?connect_timeout={SECRET}",
    f"postgresql://ann:{SECRET}@{NOBODY}/db?passfile=/absent/{SECRET}",
    f"postgresql://ann:{SECRET}@no.such.host.invalid/db",
    f"postgresql://ann:{SECRET}@{NOBODY}/db?service=absent",
    f"postgresql://ann:{SECRET}@127.0.0.1:99999/db",
    f"postgresql://ann:{SECRET}@127.0.0.1:9,127.0.0.1:10/db?target_session_attrs={SECRET}",
    f"postgresql://ann:{SECRET}@/db?host=/absent",
    f"postgresql://ann@{NOBODY}/db?sslpassword={SECRET}&sslkey=/absent&sslcert=/absent",
]


@pytest.mark.parametrize("given", WRONG)
def test_an_address_of_another_form_is_not_repeated(given: str) -> None:
    assert is_address(given)
    with pytest.raises(ValueError, match=r"^no address of PostgreSQL$"):
        Address.read(given)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://", "postgresql://"),
        ("postgresql:///?service=cordcall", "postgresql://?service=cordcall"),
        ("postgres://db/cordcall", "postgresql://db/cordcall"),
        (f"postgresql://ann:{SECRET}@db/cordcall", "postgresql://db/cordcall?user=ann"),
        (f"postgresql://:{SECRET}@db", "postgresql://db"),
        (f"postgresql://a%40b:{SECRET}%2F@[::1]:5433/x", "postgresql://[::1]:5433/x?user=a%40b"),
        (
            f"postgresql://ann:{SECRET}@one:5432,two/c?sslmode=require&password={SECRET}",
            "postgresql://one:5432,two/c?user=ann",
        ),
        (f"postgresql:///c?host=/run/pg&sslpassword={SECRET}", "postgresql:///c?host=/run/pg"),
    ],
)
def test_what_is_shown_of_an_address_is_no_secret(given: str, shown: str) -> None:
    address = Address.read(given)
    assert str(address) == address.shown == shown
    assert SECRET not in repr(address) + f"{address}"
    assert mask(shown) == shown


@pytest.mark.parametrize("text", ["cordcall.db", "/postgresql/x.db", "postgresql.db", "file:x"])
def test_a_file_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize("given", REFUSED_BY_LIBPQ)
def test_no_failure_to_connect_shows_a_password(
    given: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    address = Address.read(given)
    with pytest.raises(StoreError) as caught:
        Database(address)
    said = str(caught.value)
    assert said.startswith(f"CORDCALL_DATABASE: {address}")
    assert "\n" not in said and "; allowed: " in said
    shown = [said, *traceback.format_exception(caught.value), *capfd.readouterr(), caplog.text]
    assert [text for text in shown if SECRET in text] == []
    chain = caught.value
    while chain:
        assert SECRET not in f"{chain!r} {chain}"
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)


def test_a_wrong_password_is_said_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place()
    try:
        server = Server.begun(place, password="right").start()
        for tcp in (False, True):
            url = server.url(tcp=tcp).replace(f"{OWNER}@", f"{OWNER}:{SECRET}@")
            with pytest.raises(StoreError, match="password authentication failed") as caught:
                Database(Address.read(url))
            assert SECRET not in str(caught.value)
        monkeypatch.setenv("PGPASSWORD", SECRET)
        with pytest.raises(StoreError, match="password authentication failed") as caught:
            Database(Address.read(server.url()))
        assert SECRET not in str(caught.value)
    finally:
        place.close()


def test_a_password_is_found_in_a_file_and_a_place_in_a_service_or_in_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place()
    try:
        server = Server.begun(place, password=SECRET).start()
        server.sql("CREATE DATABASE cordcall")
        passwords, services = tmp_path / "passwords", tmp_path / "services"
        passwords.write_text(f"*:*:*:*:{SECRET}\n")
        services.write_text(
            f"[cordcall]\nhost={place.folder}\nport={server.port}\nuser={OWNER}\n"
            f"dbname=cordcall\npassfile={passwords}\n"
        )
        monkeypatch.setenv("PGSERVICEFILE", str(services))
        Database(Address.read("postgresql:///?service=cordcall")).close()
        places = {"PGHOST": place.folder, "PGPORT": server.port, "PGUSER": OWNER}
        for name, value in {**places, "PGDATABASE": "cordcall", "PGPASSFILE": passwords}.items():
            monkeypatch.setenv(name, str(value))
        database = Database(Address.read("postgresql://"))
        said = database.execute("SELECT current_database(), current_user").fetchone()
        assert said == ("cordcall", OWNER)
        with pytest.raises(StoreError) as caught:
            database.execute("SELECT * FROM absent")
        assert SECRET not in str(caught.value)
        shown = database.execute("SELECT application_name, query FROM pg_stat_activity").fetchall()
        assert SECRET not in str(shown)
        assert "cordcall" in {name for name, _ in shown}
        database.close()
    finally:
        place.close()


def test_a_password_in_an_address_is_in_no_list_of_processes(tmp_path: Path) -> None:
    """Where the address comes from the environment: nothing is started with it as a word."""
    place = Place()
    try:
        server = Server.begun(place, password=SECRET).start()
        url = server.url(tcp=True).replace(f"{OWNER}@", f"{OWNER}:{SECRET}@")
        open_it = (
            "import os, subprocess\n"
            "from bot.database_address import Address\n"
            "from state.postgres.store import PostgresStore\n"
            "store = PostgresStore(Address.read(os.environ['WHERE']))\n"
            "store.scrub()\n"
            "print(subprocess.run(['ps', '-efww'], capture_output=True, text=True).stdout)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", open_it],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "WHERE": url, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert f"{OWNER} postgres 127.0.0.1" in done.stdout
        assert SECRET not in done.stdout + done.stderr
    finally:
        place.close()


def test_what_an_operator_has_set_is_not_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    for given, expected in (
        (postgres_url, "cordcall"),
        (f"{postgres_url}&application_name=worker-2", "worker-2"),
    ):
        database = Database(Address.read(given))
        assert database.execute(asked).fetchone() == (expected,)
        database.close()
    monkeypatch.setenv("PGAPPNAME", "worker-3")
    database = Database(Address.read(postgres_url))
    assert database.execute(asked).fetchone() == ("worker-3",)
    database.close()
    assert all(variable in ("", variable.upper()) for _, variable in UNLESS_SET.values())
