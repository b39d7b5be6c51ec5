"""The checks of a server of PostgreSQL: what each says of it, and what to do."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.telegram.asking import AboutBot
from bot.doctor.checks import CHECKS, ON_POSTGRESQL, examine
from bot.doctor.facts import Facts
from bot.doctor.server import A_WORKER_NEEDS, SECONDS_OFF
from bot.settings import ALLOWED, read_settings
from state.postgres.server import Server
from state.sql.looked import Looked
from state.sql.version import SCHEMA_VERSION
from tests.conftest import NOON

SET = {
    "CORDCALL_DATABASE": "postgresql://ann:s3same@db/cordcall", "CORDCALL_PLAINTEXT": "accept",
    "TELEGRAM_BOT_TOKEN": f"123456789:{'Aa0_-' * 7}", "CORDCALL_OWNERS": "1001",
    "CORDCALL_CALL": "coordinator, 4321", "CORDCALL_TIMEZONE": "Europe/London",
}  # fmt: skip
WELL = Server(
    version="15.6", is_standby=False, is_read_only=False, is_here=False, tls="TLSv1.3",
    is_durable=True, has_replicas=True, commits="on", replicas=1, workers=3,
    seconds_ahead=-3.0, is_checked=True, left=90, may_write=True, owns=True, is_superuser=False,
)  # fmt: skip
FOUND: list[tuple[str, Mapping[str, object], str, str]] = [
    ("server", {}, "ok", "PostgreSQL 15.6"),
    ("server", {"is_standby": True}, "fail", "PostgreSQL 15.6, a standby: it takes no changes"),
    ("server", {"is_read_only": True}, "fail", "PostgreSQL 15.6, told to take no changes"),
    ("server", {"seconds_ahead": -9.6}, "warn", "its clock 10 s behind this machine's"),
    ("server", {"seconds_ahead": 10.2}, "warn", "its clock 10 s ahead of this machine's"),
    ("rights", {"may_write": False}, "fail", "its user may not read and change every table"),
    ("rights", {"owns": False}, "warn", "may not free what was erased (VACUUM)"),
    ("rights", {"is_superuser": True}, "warn", "its user may do all on the server"),
    ("encryption", {"tls": ""}, "warn", "none: others on the network can read"),
    ("encryption", {"is_checked": False}, "warn", "TLSv1.3, but another could pass for"),
    ("encryption", {"tls": "", "is_here": True}, "ok", "the server is on this machine"),
    ("encryption", {"tls": "", "is_here": True, "is_checked": True}, "ok", "on this machine"),
    ("encryption", {"is_checked": False, "is_here": True}, "ok", "TLSv1.3"),
    ("durability", {"is_durable": False}, "fail", "a power cut of the server may lose"),
    ("durability", {"commits": "local"}, "warn", "but for no replica"),
    ("durability", {"commits": "local", "has_replicas": False}, "ok", "for the server's disk"),
    ("durability", {"commits": "off"}, "ok", "an answer waits for replicas; connected: 1"),
    ("durability", {"replicas": 0}, "fail", "waits for replicas, and none is connected"),
    ("durability", {"replicas": 0, "has_replicas": False}, "ok", "for the server's disk"),
    ("connections", {"left": A_WORKER_NEEDS - 1}, "warn", "4 more are possible, and a worker"),
    ("connections", {"left": A_WORKER_NEEDS}, "ok", "5 more are possible"),
]


@pytest.fixture
def well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Facts:
    """The facts of three workers on a database that needs nothing."""
    for variable in ALLOWED:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    looked = Looked(True, SCHEMA_VERSION, open_cases={"1001": 2}, polled_at=NOON)
    return Facts(
        settings=read_settings(), now=NOON, has_token=True, asked=AboutBot(), running=3,
        looked=looked, server=WELL,
    )  # fmt: skip


def test_a_deployment_that_needs_nothing(well: Facts) -> None:
    said = dict(examine(replace(well, ahead=NOON - NOON)))
    assert {each.result for each in said.values()} == {"ok"}, said
    assert [*said] == [*CHECKS, *ON_POSTGRESQL]
    assert said["bot"].said == "3 are running on this database"
    assert said["database"].said == "can be read; open cases: 2"
    assert said["key"].said == "is for a file: whoever runs the server encrypts its disks"
    assert said["permissions"].said == "nobody else on this machine can read the token"


@pytest.mark.parametrize(("name", "changes", "result", "said"), FOUND)
def test_a_finding(
    well: Facts, name: str, changes: Mapping[str, object], result: str, said: str
) -> None:
    finding = ON_POSTGRESQL[name](replace(well, server=replace(WELL, **changes)))  # type: ignore[arg-type]
    assert (finding.result, said in finding.said) == (result, True), finding
    assert bool(finding.do) == (result != "ok")


def test_every_check_is_seen_to_find_something() -> None:
    assert {name for name, _, result, _ in FOUND if result != "ok"} == {*ON_POSTGRESQL}


def test_of_a_server_that_cannot_be_asked_nothing_is_known(well: Facts) -> None:
    gone = replace(well, server=None, looked=None, database_problem="D: gone; allowed: x")
    said = dict(examine(gone))
    assert (said["database"].result, said["database"].said) == ("fail", "D: gone")
    assert {said[name].said for name in ON_POSTGRESQL} == {"not known: the database is not read"}


def test_that_its_disks_are_encrypted_somebody_must_have_said(
    well: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CORDCALL_PLAINTEXT")
    finding = CHECKS["key"](replace(well, settings=read_settings()))
    assert (finding.result, finding.said) == (
        "fail",
        "CORDCALL_PLAINTEXT: not set, but Telegram's terms require encryption",
    )
    assert finding.do == "allowed: CORDCALL_PLAINTEXT=accept if the disk is encrypted"


def test_the_guide_names_the_limits() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    section = guide.partition("\n## Doctor\n")[2].partition("\n## ")[0]
    assert f"within {SECONDS_OFF} s of this machine's" in section
    assert f"at least {A_WORKER_NEEDS} more can be made" in section
