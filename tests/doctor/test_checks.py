"""Each check of the doctor, on facts of every kind: what it says, and what to do about it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.telegram.asking import AboutBot
from bot.doctor import checks
from bot.doctor import facts as gathered
from bot.doctor.checks import CHECKS, ON_POSTGRESQL, examine
from bot.doctor.facts import Facts
from bot.doctor.finding import STATUS
from bot.doctor.machine import FREE_MB, LEAST_FREE_MB, MB, MOST_SECONDS_OFF, SECONDS_OFF
from bot.doctor.rules import SOON
from bot.doctor.telegram import LONGEST_SILENCE
from bot.logic.assessment import REVIEWED_UNTIL
from bot.settings import ALLOWED, Settings, read_settings
from state.key import Key
from state.sql.looked import Looked
from state.sql.version import SCHEMA_VERSION
from tests.conftest import NOON

TOKEN = f"123456789:{'Aa0_-' * 7}"
SET = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "CORDCALL_OWNERS": "1001,1002",
    "CORDCALL_CALL": "coordinator, 4321",
    "CORDCALL_TIMEZONE": "Europe/London",
    "CORDCALL_RETENTION_DAYS": "30",
}
WEBHOOK = {
    "CORDCALL_WEBHOOK_URL": "https://cordcall.example/hook", "CORDCALL_WEBHOOK_SECRET": "secret",
}  # fmt: skip
TEAM = {"7": "viewer", "8": "clinician"}
Change = Callable[[Facts], Facts]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ALLOWED:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def settings(monkeypatch: pytest.MonkeyPatch, **more: str) -> Settings:
    for name, value in (SET | more).items():
        monkeypatch.setenv(name, value)
    return read_settings()


@pytest.fixture
def well(monkeypatch: pytest.MonkeyPatch) -> Facts:
    """The facts of a deployment that needs nothing."""
    looked = Looked(True, SCHEMA_VERSION, open_cases={"1001": 2}, polled_at=NOON)
    return Facts(
        settings=settings(monkeypatch), now=NOON, has_token=True, asked=AboutBot(),
        ahead=timedelta(0), free_bytes=10**10, running=True, looked=looked,
        key=Key(Path("key"), "0" * 64), encrypted=True,
    )  # fmt: skip


def looked(**changes: object) -> Change:
    def change(facts: Facts) -> Facts:
        assert facts.looked is not None
        return replace(facts, looked=replace(facts.looked, **changes))  # type: ignore[arg-type]

    return change


def changed(**changes: object) -> Change:
    return lambda facts: replace(facts, **changes)  # type: ignore[arg-type]


def asked(**answer: object) -> Change:
    return lambda facts: replace(facts, asked=AboutBot(**answer))  # type: ignore[arg-type]


FOUND: list[tuple[str, Change, str, str]] = [
    ("token", changed(has_token=False), "warn", "none is set: `cordcall run` starts the terminal"),
    ("token", changed(token_problem="X: no token in it; allowed: y"), "fail", "X: no token in it"),
    ("token", asked(token_refused=True), "fail", "Telegram refuses it"),
    ("telegram", asked(problem="api.example TLS"), "fail", "no answer: api.example TLS"),
    ("telegram", changed(asked=None), "ok", "not asked"),
    ("updates", asked(webhook="https://x.example"), "warn", "a webhook is set, but the settings"),
    ("updates", asked(waiting=3), "ok", "by polling, 3 waiting"),
    ("updates", asked(problem="x"), "ok", "not known"),
    ("bot", changed(running=False), "warn", "none is running"),
    ("bot", changed(running=False, has_token=False), "ok", "none is running"),
    (
        "bot",
        looked(polled_at=NOON - timedelta(minutes=7)),
        "warn",
        "heard nothing from Telegram for 7",
    ),
    ("clock", changed(ahead=timedelta(seconds=SECONDS_OFF)), "warn", "10 s ahead of Telegram's"),
    (
        "clock",
        changed(ahead=timedelta(seconds=-MOST_SECONDS_OFF)),
        "fail",
        "120 s behind Telegram's",
    ),
    ("clock", changed(ahead=None), "warn", "not compared"),
    ("disk", changed(free_bytes=(FREE_MB - 1) * MB), "warn", "999 MB free"),
    ("disk", changed(free_bytes=(LEAST_FREE_MB - 1) * MB), "fail", "99 MB free"),
    ("disk", changed(free_bytes=None), "fail", "the folder of the database cannot be read"),
    ("database", changed(database_problem="D: is damaged: x; nothing"), "fail", "D: is damaged: x"),
    ("database", looked(damage="page 7"), "fail", "is damaged: page 7"),
    ("database", looked(is_ours=False), "fail", "is another program's"),
    ("database", looked(schema=SCHEMA_VERSION + 1), "fail", "newer than this program"),
    ("database", looked(schema=SCHEMA_VERSION - 1), "warn", "the next start migrates it"),
    ("database", changed(looked=None), "ok", "there is none yet"),
    ("database", changed(key_problem="K: x; allowed: y"), "fail", "its key cannot be read"),
    ("key", changed(), "ok", "the database is encrypted"),
    ("key", changed(encrypted=None), "ok", "one is set"),
    ("key", changed(database_problem="d: x is not its key; allowed: y"), "ok", "is not known"),
    ("key", changed(plain_copies=("c.db.replaced-x",)), "warn", "not encrypted: c.db.replaced-x"),
    ("key", changed(encrypted=False), "fail", "but the database is not encrypted"),
    ("key", changed(key=None), "fail", "none is set, but the database is encrypted"),
    ("key", changed(key=None, encrypted=False), "fail", "CORDCALL_KEY_FILE: not set"),
    ("key", changed(key=None, encrypted=None), "fail", "CORDCALL_KEY_FILE: not set"),
    (
        "key",
        changed(key=None, encrypted=False, has_token=False),
        "warn",
        "the database is not encrypted",
    ),
    ("key", changed(key=None, key_problem="K: others can; allowed: y"), "fail", "K: others can"),
    (
        "retention",
        looked(oldest_closed=NOON - timedelta(days=33)),
        "warn",
        "but one is 33 days old",
    ),
    ("retention", looked(oldest_closed=NOON - timedelta(days=31)), "ok", "erased after 30 days"),
    ("retention", changed(looked=None, database_problem="d: x; allowed: y"), "ok", "not known"),
    ("retention", looked(jumped_at=NOON - timedelta(hours=23)), "warn", "the clock jumped"),
    ("rules", changed(now=NOON + timedelta(days=345)), "warn", "reviewed until 2027-11-26"),
    ("members", looked(open_cases={"7": 2, "1001": 1}), "warn", "without a right to them: 2"),
    ("members", looked(open_cases={"7": 2}, members=TEAM), "warn", "without a right to them: 2"),
    (
        "members",
        looked(open_cases={"8": 2}, members=TEAM),
        "ok",
        "members: 2, viewers among them: 1",
    ),
    ("members", looked(open_cases={"1001": 1}, members={"1001": "viewer"}), "ok", "owners: 2"),
    ("members", changed(looked=None, database_problem="x"), "ok", "owners: 2; members not known"),
    ("members", looked(schema=SCHEMA_VERSION - 1), "ok", "owners: 2; members not known"),
    ("use", changed(looked=None, key_problem="x"), "ok", "not known: the database is not read"),
    ("use", changed(looked=None), "ok", "is in use"),
    ("use", looked(out_of_use=True), "warn", "an owner took CordCall out of use"),
]
BY_SETTING: list[tuple[str, dict[str, str], str, str]] = [
    ("updates", WEBHOOK, "warn", "the webhook is not the one in the settings"),
    ("updates", {"CORDCALL_WEBHOOK_URL": "https://x.example"}, "fail", "_SECRET: not set"),
    ("members", {"CORDCALL_OWNERS": ""}, "fail", "CORDCALL_OWNERS: not set"),
    ("members", {"CORDCALL_OWNERS": "0"}, "warn", "nobody may use it yet"),
    ("members", {"CORDCALL_ACCESS": "open"}, "warn", "open to everybody"),
    ("members", {"CORDCALL_OWNERS": "1001"}, "ok", "owners: 1; members: 0"),
    ("call", {"CORDCALL_CALL": ""}, "warn", "no number to call is set"),
    ("use", {"CORDCALL_OUT_OF_USE": "wrong dose"}, "warn", "out of use by CORDCALL_OUT_OF_USE"),
    ("zone", {"CORDCALL_TIMEZONE": "Asia/Kolkata"}, "ok", "Asia/Kolkata, now 17:30"),
]  # fmt: skip


def test_a_deployment_that_needs_nothing(well: Facts) -> None:
    found = {name: finding.result for name, finding in examine(well)}
    assert set(found.values()) == {"ok"}
    assert [*CHECKS] == [name for name, _ in examine(well)]


@pytest.mark.parametrize(("name", "change", "result", "said"), FOUND)
def test_a_finding(well: Facts, name: str, change: Change, result: str, said: str) -> None:
    finding = CHECKS[name](change(well))
    assert (finding.result, said in finding.said) == (result, True), finding
    assert bool(finding.do) == (result != "ok")


@pytest.mark.parametrize(("name", "more", "result", "said"), BY_SETTING)
def test_a_finding_about_a_setting(
    well: Facts, monkeypatch: pytest.MonkeyPatch, name: str, more: dict[str, str], result: str,
    said: str,
) -> None:  # fmt: skip
    finding = CHECKS[name](replace(well, settings=settings(monkeypatch, **more)))
    assert (finding.result, said in finding.said) == (result, True), finding
    assert bool(finding.do) == (result != "ok")


def test_a_plain_database_that_the_operator_accepts_is_a_warning(
    well: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = settings(monkeypatch, CORDCALL_PLAINTEXT="accept")
    finding = CHECKS["key"](replace(well, settings=accepted, key=None, encrypted=False))
    assert (finding.result, finding.said) == ("warn", "the database is not encrypted")


def test_every_check_is_seen_to_find_something() -> None:
    seen = {name for name, _, result, _ in (*FOUND, *BY_SETTING) if result != "ok"}
    assert seen == {*CHECKS} - {"zone", "permissions"}


def test_a_webhook_that_telegram_cannot_reach(well: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = WEBHOOK["CORDCALL_WEBHOOK_URL"]
    facts = replace(well, settings=settings(monkeypatch, **WEBHOOK))
    for answer, result in (
        (AboutBot(webhook=mine), "ok"),
        (AboutBot(webhook=mine, last_error="Connection refused"), "ok"),
        (AboutBot(webhook=mine, last_error="Connection refused", waiting=2), "warn"),
    ):
        assert CHECKS["updates"](replace(facts, asked=answer)).result == result


def test_a_machine_without_a_zone_of_its_own(well: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = replace(well, settings=settings(monkeypatch, CORDCALL_TIMEZONE=""))
    monkeypatch.setattr("tzlocal.get_localzone", lambda: "Etc/GMT+5")
    finding = CHECKS["zone"](facts)
    assert finding.result == "fail" and "has one offset all year" in finding.said


def test_a_file_that_others_can_read(well: Facts, tmp_path: Path) -> None:
    file = tmp_path / "cordcall.db"
    file.touch(0o644)
    file.chmod(0o644)
    finding = CHECKS["permissions"](replace(well, files=(file,)))
    assert finding.result == "fail" and "others can read or change it" in finding.said
    assert f"chmod 600 {file}" in finding.do


def test_a_check_that_breaks_hides_no_other(well: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: Facts) -> None:
        raise KeyError("what it was about")

    monkeypatch.setattr(checks, "CHECKS", {"a": breaks, "disk": CHECKS["disk"]})
    (first, second) = examine(well)
    assert first[1].result == "fail" and first[1].said == "cannot be checked: KeyError"
    assert second[1].result == "ok"


def test_results_have_the_exit_status_that_the_readme_says() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert STATUS == {"ok": 0, "warn": 1, "fail": 2}
    assert "`cordcall doctor` exits with 0 (all ok), 1 (a warning) or 2 (a failure)" in readme


def test_the_guide_describes_every_check_and_its_limits() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    section = guide.partition("\n## Doctor\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == [
        "settings",
        *CHECKS,
        *ON_POSTGRESQL,
    ]
    for limit in (
        f"within {SECONDS_OFF} s of Telegram's; {MOST_SECONDS_OFF} s off",
        f"at least {FREE_MB} MB free",
        f"under {LEAST_FREE_MB} MB",
        f"for {SOON.days} more days",
    ):
        assert limit in section
    assert timedelta(minutes=2) == LONGEST_SILENCE


def test_the_review_is_warned_of_before_it_ends() -> None:
    assert NOON.date() + timedelta(days=345) < REVIEWED_UNTIL


@pytest.mark.parametrize("host", ["http://127.0.0.1:1", "http://256.256.256.256"])
def test_without_an_answer_the_clock_is_not_compared(host: str) -> None:
    assert gathered._ahead(host) is None
