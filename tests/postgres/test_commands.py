"""Every command of a shell on a database of PostgreSQL, as a real process."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.database_address import Address
from state.postgres.link import Link
from state.postgres.schema import NEWEST
from state.postgres.store import PostgresStore
from state.records import Switch
from state.store import StoreError
from tests.forked import Run, run
from tests.postgres.server import OWNER, Place, Server

ROOT = Path(__file__).parents[2]
SECRET = "s3same"
NAME = "cordcall"
TALK = b"/triage\n1\n/quit\n"
COMMANDS = [("chat",), ("assess",), ("audit", "verify"), ("audit", "export"), ("audit", "who", "1")]


def cordcall(folder: Path, url: str, *words: str, given: bytes = b"{}", **more: str) -> Run:
    return run(
        folder, *words, given=given, CORDCALL_DATABASE=url, CORDCALL_TIMEZONE="UTC", **more
    )  # fmt: skip


def refusal(folder: Path, url: str, *words: str, given: bytes = b"{}", **more: str) -> str:
    """Return the one line in which a command refuses; it writes nothing else."""
    done = cordcall(folder, url, *words, given=given, **more)
    assert (done.status, done.out) == (2, b""), done
    assert SECRET not in done.err
    (line,) = done.err.splitlines()
    return line


def doctor(folder: Path, url: str, **more: str) -> dict[str, tuple[str, str]]:
    done = cordcall(folder, url, "doctor", "--json", **more)
    assert done.err == ""
    assert SECRET not in done.out.decode()
    found = [json.loads(line) for line in done.out.splitlines()]
    return {each["check"]: (each["result"], each["said"]) for each in found}


def test_a_case_is_exported_beside_a_running_bot(
    tmp_path: Path, postgres_server: Server, postgres_empty: str
) -> None:
    url = postgres_server.url(postgres_empty)
    assert cordcall(tmp_path, url, "chat", given=TALK).status == 0
    with closing(PostgresStore(Address.read(url))) as store:
        code = str(store.cases.active_code("terminal"))
        done = cordcall(tmp_path, url, "export", code, "--text", "--ics")
        with store.audit.trail() as trail:
            last = [(row.what, row.code) for row in trail.rows][-2:]
    assert (done.status, done.err) == (0, "")
    assert {each.suffix for each in tmp_path.iterdir()} == {".txt", ".ics"}
    assert last == [("exported", code), ("exported calendar", code)]
    wrong = refusal(tmp_path, url, "export", "KES-00", "--text")
    assert wrong.startswith('cordcall: CODE: "KES-00" given; allowed: ')


def test_a_conversation_is_kept_and_its_audit_verified(
    tmp_path: Path, postgres_server: Server, postgres_empty: str
) -> None:
    url = postgres_server.url(postgres_empty)
    talked = cordcall(tmp_path, url, "chat", given=TALK)
    assert (talked.status, talked.err) == (0, "")
    assert b"Noted \xe2\x80\x93 Cord signs: Limb weakness." in talked.out
    again = cordcall(tmp_path, url, "chat", given=b"/cases\n/quit\n")
    assert b"EMERGENCY" in again.out
    verified = cordcall(tmp_path, url, "audit", "verify")
    assert (verified.status, verified.err) == (0, "")
    assert verified.out.startswith(b"audit: rows 1 to ")
    anchor = verified.out.decode().split("; ")[1].strip()
    assert cordcall(tmp_path, url, "audit", "verify", "--anchor", anchor).status == 0
    rows = [
        json.loads(each) for each in cordcall(tmp_path, url, "audit", "export").out.splitlines()
    ]
    assert rows[-1]["number"] == int(anchor.partition("-")[0])
    who = cordcall(tmp_path, url, "audit", "who", "you").out.decode().partition(":")[0]
    assert {each["who"] for each in rows} == {who}
    postgres_server.sql("SET session_replication_role = replica; UPDATE audit SET what = 'none' "
                        "WHERE number = 1", postgres_empty)  # fmt: skip
    assert "row 1" in refusal(tmp_path, url, "audit", "verify")


def test_the_usual_variables_and_a_service_file_say_where_it_is(
    tmp_path: Path, postgres_server: Server, postgres_empty: str
) -> None:
    place = {"host": str(postgres_server.place.folder), "port": str(postgres_server.port)}
    variables = {"PGHOST": place["host"], "PGPORT": place["port"], "PGUSER": OWNER}
    made = cordcall(
        tmp_path, "postgresql://", "chat", given=TALK, PGDATABASE=postgres_empty, **variables
    )
    assert (made.status, made.err) == (0, "")
    services = tmp_path / "services"
    settings = {**place, "user": OWNER, "dbname": postgres_empty}
    services.write_text("[there]\n" + "".join(f"{a}={b}\n" for a, b in settings.items()), "utf-8")
    read = cordcall(
        tmp_path, "postgresql://?service=there", "audit", "verify", PGSERVICEFILE=str(services)
    )
    assert (read.status, read.err) == (0, "")
    (tmp_path / ".env").write_text(f"PGDATABASE={postgres_empty}\n", "utf-8")
    (tmp_path / ".env").chmod(0o600)
    said = refusal(tmp_path, "postgresql://", "chat", given=TALK, **variables)
    assert said.startswith("cordcall: PGDATABASE: in .env, where nothing reads it; allowed: set in")


def test_one_terminal_is_let_in_at_one_time(tmp_path: Path, postgres_url: str) -> None:
    address = Address.read(postgres_url)
    with closing(PostgresStore(address, alone=True)), closing(PostgresStore(address)):
        said = refusal(tmp_path, postgres_url, "chat", given=TALK)
        assert said.endswith("is in use by another terminal; allowed: one at a time, or another "
                             "database")  # fmt: skip
    assert cordcall(tmp_path, postgres_url, "chat", given=TALK).status == 0


def test_a_terminal_whose_place_was_taken_meanwhile_writes_no_more(
    postgres_server: Server, postgres_url: str
) -> None:
    address = Address.read(postgres_url)
    with closing(PostgresStore(address, alone=True)) as first:
        first.require_writable()
        (pid,) = first.database.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        postgres_server.sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        with (
            closing(PostgresStore(address, alone=True)),
            pytest.raises(StoreError, match="in use by another terminal"),
        ):
            first.require_writable()
        first.database.connected._tried_at = 0
        first.require_writable()


def test_assess_answers_unless_an_owner_took_it_out_of_use(
    tmp_path: Path, postgres_server: Server, postgres_empty: str
) -> None:
    url = postgres_server.url(postgres_empty)
    assert cordcall(tmp_path, url, "assess").status == 0
    assert postgres_server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
                               postgres_empty) == "0", "a look makes nothing"  # fmt: skip
    with closing(PostgresStore(Address.read(url))) as store, store.turn():
        store.out_of_use.keep(Switch("wrong dose"))
    assert "wrong dose" in refusal(tmp_path, url, "assess")


@pytest.mark.parametrize("words", [*COMMANDS, ("run",)])
def test_a_wrong_password_is_said_and_not_shown(
    tmp_path: Path, place: Place, words: tuple[str, ...]
) -> None:
    server = Server.begun(place, password="another").start()
    url = server.url(tcp=True).replace(f"{OWNER}@", f"{OWNER}:{SECRET}@")
    said = refusal(tmp_path, url, *words)
    assert f'password authentication failed for user "{OWNER}"' in said
    by_variable = refusal(tmp_path, server.url(tcp=True), *words, PGPASSWORD=SECRET)
    assert "password authentication failed" in by_variable
    found = doctor(tmp_path, url)
    assert found["database"][0] == "fail" and "password authentication" in found["database"][1]
    assert found["server"] == ("ok", "not known: the database is not read")


@pytest.mark.parametrize("words", [*COMMANDS, ("run",)])
def test_a_server_that_is_down_is_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = refusal(tmp_path, f"postgresql://ann:{SECRET}@127.0.0.1:9/cordcall", *words)
    assert said.startswith(
        "cordcall: CORDCALL_DATABASE: postgresql://127.0.0.1:9/cordcall?user=ann"
    )
    assert "Connection refused" in said and "; allowed: " in said


def test_a_standby_is_read_and_not_written(tmp_path: Path, place: Place) -> None:
    first = Server.begun(place).start()
    first.sql(f"CREATE DATABASE {NAME}")
    assert cordcall(tmp_path, first.url(NAME), "chat", given=TALK).status == 0
    second = first.replica()
    second.wait_for(first)
    url = second.url(NAME)
    for words in (("chat",), ("run",)):
        assert "read-only" in refusal(tmp_path, url, *words)
    assert cordcall(tmp_path, url, "audit", "verify").status == 0
    assert cordcall(tmp_path, url, "assess").status == 0
    found = doctor(tmp_path, url)
    assert found["server"][0] == "fail" and "a standby: it takes no changes" in found["server"][1]
    assert found["database"] == ("ok", "can be read; open cases: 0")
    several = f"postgresql://{OWNER}@127.0.0.1:{second.port},127.0.0.1:{first.port}/{NAME}"
    assert doctor(tmp_path, several)["server"][0] == "ok"
    assert cordcall(tmp_path, several, "chat", given=TALK).status == 0


def test_a_database_that_was_told_to_take_no_changes(tmp_path: Path, place: Place) -> None:
    server = Server.begun(place).start()
    server.sql(f"CREATE DATABASE {NAME}")
    server.sql(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on")
    assert "read-only" in refusal(tmp_path, server.url(NAME), "chat")
    found = doctor(tmp_path, server.url(NAME))
    assert found["server"][0] == "fail" and "told to take no changes" in found["server"][1]


@pytest.mark.parametrize(
    ("change", "said", "result", "found"),
    [
        (f"UPDATE engine SET version = {NEWEST + 1}", "newer than this program", "fail", "newer"),
        (f"UPDATE engine SET version = {NEWEST - 1}", "", "warn", "the next start migrates it"),
        ("DROP TABLE engine", "is another program's database", "fail", "another program's"),
    ],
)
def test_a_database_of_another_version_or_program(
    tmp_path: Path, postgres_server: Server, postgres_empty: str, change: str, said: str,
    result: str, found: str,
) -> None:  # fmt: skip
    url = postgres_server.url(postgres_empty)
    PostgresStore(Address.read(url)).close()
    postgres_server.sql(change, postgres_empty)
    checked = doctor(tmp_path, url)
    assert checked["database"][0] == result and found in checked["database"][1]
    for words in (*COMMANDS, ("run",)):
        if said:
            assert said in refusal(tmp_path, url, *words)
    if not said:
        assert f"has schema {NEWEST - 1}; allowed: {NEWEST}" in refusal(
            tmp_path, url, "audit", "verify"
        )


def test_a_user_without_rights(tmp_path: Path, place: Place) -> None:
    server = Server.begun(place).start()
    server.sql("CREATE ROLE guest LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE owner LOGIN")
    server.sql(f"CREATE DATABASE {NAME} OWNER owner")
    PostgresStore(Address.read(server.url(NAME, user="owner"))).close()
    server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", NAME)
    for words in COMMANDS:
        url = server.url(NAME, user="guest")
        assert "permission denied for table engine" in refusal(tmp_path, url, *words)
    guest = doctor(tmp_path, server.url(NAME, user="guest"))
    assert guest["database"][0] == "fail" and "permission denied" in guest["database"][1]
    assert guest["rights"] == ("fail", "its user may not read and change every table")
    reader = doctor(tmp_path, server.url(NAME, user="reader"))
    assert reader["database"][0] == "ok" and reader["rights"][0] == "fail"
    server.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reader",
               NAME)  # fmt: skip
    assert doctor(tmp_path, server.url(NAME, user="reader"))["rights"][0] == "warn"
    assert doctor(tmp_path, server.url(NAME, user="owner"))["rights"] == (
        "ok", "its user owns what it uses",
    )  # fmt: skip
    assert "may do all" in doctor(tmp_path, server.url(NAME))["rights"][1]


def test_what_the_doctor_says_of_a_server(tmp_path: Path, place: Place) -> None:
    server = Server.begun(place, durable=True).start()
    server.sql("CREATE ROLE worker LOGIN CONNECTION LIMIT 6")
    server.sql(f"CREATE DATABASE {NAME} OWNER worker")
    found = doctor(tmp_path, server.url(NAME, user="worker"))
    assert found["database"][1].startswith("there is none yet: postgresql:///cordcall?user=worker")
    assert found["server"] == ("ok", f"PostgreSQL {server.sql('SHOW server_version').split()[0]}")
    assert found["rights"] == ("ok", "its user owns what it uses")
    assert found["encryption"] == ("ok", "needs none: the server is on this machine")
    assert found["durability"] == ("ok", "an answer waits for the server's disk")
    assert found["connections"] == ("ok", "5 more are possible")
    assert found["bot"] == ("ok", "none is running on this database")
    assert found["key"][0] == found["disk"][0] == "ok"
    with closing(Link(server.conninfo(NAME, user="worker"))):
        assert doctor(tmp_path, server.url(NAME, user="worker"))["connections"][0] == "warn"
    server.configure(synchronous_standby_names="absent")
    server.restart()
    assert "none is connected" in doctor(tmp_path, server.url(NAME, user="worker"))["durability"][1]
    server.configure(fsync="off")
    server.restart()
    assert doctor(tmp_path, server.url(NAME))["durability"][0] == "fail"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_what_the_doctor_says_of_encryption_on_the_way(tmp_path: Path, place: Place) -> None:
    server = Server.begun(place, ssl="on")
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout",
            str(server.data / "server.key"), "-out", str(server.data / "server.crt"),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    authority = tmp_path / "ca.pem"
    authority.write_bytes((server.data / "server.crt").read_bytes())
    owner = server.data.stat()
    for name in ("server.key", "server.crt"):
        os.chown(server.data / name, owner.st_uid, owner.st_gid)
    server.start()
    url = server.url(tcp=True)
    assert doctor(tmp_path, f"{url}?sslmode=require")["encryption"] == ("ok", "TLSv1.3")
    checked = f"{url}?sslmode=verify-full&sslrootcert={authority}"
    assert doctor(tmp_path, checked)["encryption"] == (
        "ok", "TLSv1.3, with a certificate that is checked",
    )  # fmt: skip
    assert doctor(tmp_path, f"{url}?sslmode=disable")["encryption"] == (
        "ok", "needs none: the server is on this machine",
    )  # fmt: skip


def test_without_the_extra_it_is_named(tmp_path: Path) -> None:
    """As a start without psycopg would: nothing else of it is missed first."""
    begin = (
        "import sys; sys.modules['psycopg'] = None; import bot.__main__ as program; "
        "sys.argv[0] = 'cordcall'; program.main()"
    )
    environment = {
        "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"],
        "CORDCALL_DATABASE": f"postgresql://ann:{SECRET}@db/cordcall",
    }  # fmt: skip
    for words in (*COMMANDS, ("run",), ("doctor",)):
        done = subprocess.run(
            [sys.executable, "-c", begin, *words], cwd=tmp_path, env=environment, input=b"{}",
            capture_output=True,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == 2
        assert b"postgresql://db/cordcall?user=ann: it needs the extra postgres" in said
        assert b"cordcall[postgres], or the path of a file" in said and SECRET.encode() not in said


def test_a_key_is_refused_and_encryption_must_be_said(tmp_path: Path) -> None:
    url = f"postgresql://ann:{SECRET}@127.0.0.1:9/cordcall"
    for words in (*COMMANDS, ("run",)):
        said = refusal(tmp_path, url, *words, CORDCALL_KEY_FILE="/absent/key")
        assert said.startswith("cordcall: CORDCALL_KEY_FILE: set, but PostgreSQL is encrypted by")
    telegram = {"TELEGRAM_BOT_TOKEN": f"123456789:{'Aa0_-' * 7}", "CORDCALL_OWNERS": "0"}
    said = refusal(tmp_path, url, "run", **telegram)
    assert said.startswith("cordcall: CORDCALL_PLAINTEXT: not set, but Telegram's terms require")
    assert "Connection refused" in refusal(
        tmp_path, url, "run", CORDCALL_PLAINTEXT="accept", **telegram
    )
