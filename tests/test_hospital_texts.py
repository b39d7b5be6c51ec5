"""The texts for the deploying hospital are true of this version, and leave blanks."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import app
from bot.commands.invitations import WORKS_FOR
from bot.commands.registry import COMMANDS
from bot.service.service import BUTTONS_KEPT, UPDATES_KEPT
from bot.settings import ALLOWED, Settings
from state.sql.old_cases import OF_A_CASE
from tests import safety_case
from tests.hazards import hazards

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "hospital"
PAGES = {each.stem: each.read_text("utf-8") for each in sorted(FOLDER.glob("*.md"))}
TO_COMPLETE = [name for name in PAGES if name != "README"]
BLANK = re.compile(r"\*\*\[Hospital: [^\]]+\]\*\*")
SPAN = re.compile(r"\b\d+ (?:days?|hours?|h|weeks?|months?|years?)\b")
INVENTED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof)\b|\bcomplies with\b|\bapproved by\b|\bTODO\b")
DAYS: int = Settings.model_fields["retention_days"].default
AUDIT_DAYS: int = Settings.model_fields["audit_days"].default
INVITED_FOR = f"{round(WORKS_FOR.total_seconds() / 3600)} h"


def figures() -> set[str]:
    """Return every span of time that the texts may name, as they say it."""
    limits = Settings.model_fields["retention_days"].metadata
    most = max(each.le for each in limits if hasattr(each, "le"))
    spans = (
        DAYS, most, UPDATES_KEPT // timedelta(days=1), BUTTONS_KEPT // timedelta(days=1),
        AUDIT_DAYS, backup_days(),
    )  # fmt: skip
    return {f"{days} days" for days in spans} | {INVITED_FOR}


def backup_days() -> int:
    """Return after how many days the guide's command and its nightly unit delete a backup."""
    pages = ("operations.md", "cordcall-backup.service")
    both = [(ROOT / "docs" / each).read_text("utf-8") for each in pages]
    found = [re.findall(r"-mtime \+(\d+) -delete", each) for each in both]
    assert len(found[0]) == len(found[1]) == 2  # what a restore replaced goes with the backups
    (days,) = {*found[0], *found[1]}
    return int(days)


def test_all_pages_are_listed_and_no_other() -> None:
    listed = set(re.findall(r"\]\(([\w-]+)\.md\)", PAGES["README"]))
    assert listed == set(TO_COMPLETE)
    assert len(TO_COMPLETE) == 5


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_only_settings_commands_and_files_that_exist(name: str) -> None:
    page = PAGES[name]
    quoted = re.findall(r"`([^`]+)`", page)
    assert {each for each in re.findall(r"\b(?:CORDCALL|TELEGRAM)_\w+", page)} <= set(ALLOWED)
    in_shell = {each.callback.__name__ for each in app().registered_commands if each.callback}
    in_shell |= {str(each.name) for each in app().registered_groups}
    for each in quoted:
        words = each.split()
        if each == "/healthz":
            continue
        if each.startswith("/"):
            assert words[0].removeprefix("/") in COMMANDS, each
        elif words[0] == "cordcall":
            assert words[1] in in_shell, each
        elif words[0] == "make":
            assert f"{words[1]}:" in (ROOT / "Makefile").read_text("utf-8"), each
        elif "/" in each:
            assert (ROOT / each).exists(), each
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page):
        assert (FOLDER / link).exists(), link


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gives_no_span_of_time_that_is_not_a_constant(name: str) -> None:
    written = safety_case.FIGURES.sub("", BLANK.sub("", PAGES[name]))
    assert set(SPAN.findall(written)) <= figures()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "privacy-notice",
            f"{DAYS} days after it was last used (`CORDCALL_RETENTION_DAYS`)",
        ),
        ("privacy-notice", f"erased after {UPDATES_KEPT.days} days"),
        ("privacy-notice", f"old buttons after {BUTTONS_KEPT.days} days"),
        ("privacy-notice", f"audit are erased after {AUDIT_DAYS} days (`CORDCALL_AUDIT_DAYS`)"),
        ("privacy-notice", f"Backups are deleted after {backup_days()} days"),
        ("going-live", f"deleted after {backup_days()} days"),
        ("impact-assessment", f"kept for {AUDIT_DAYS} days (`CORDCALL_AUDIT_DAYS`)"),
        ("impact-assessment", f"works for {INVITED_FOR}"),
        ("impact-assessment", f"{DAYS} days after it was last used; 1 to 3650 days can be set"),
        ("record-of-processing", f"{DAYS} days after the case was last used, once it is closed"),
        ("going-live", f"(`CORDCALL_RETENTION_DAYS`, {DAYS} by default)"),
    ],
)
def test_figures_are_those_of_the_program(name: str, said: str) -> None:
    assert said in PAGES[name]


def test_the_record_lists_every_table_and_for_how_long(database: Path, migrated: bytes) -> None:
    database.write_bytes(migrated)
    with closing(sqlite3.connect(database)) as kept:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '*sqlite*'"
        tables = {name for (name,) in kept.execute(names)}
    page = PAGES["record-of-processing"]
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", page, re.MULTILINE)
    assert {table for table, _ in rows} == tables
    with_their_case = {table for table, until in rows if re.search(r"with (its|their) case", until)}
    assert with_their_case == set(OF_A_CASE)
    until = dict(rows)
    assert f"after {UPDATES_KEPT.days} days" in until["inbox"]
    assert f"after {BUTTONS_KEPT.days} days" in until["buttons"]
    assert f"after {AUDIT_DAYS} days" in until["audit"]
    assert f"{INVITED_FOR} after" in until["invitations"]


def test_leavers_links_anchors_and_plain_copies_are_provided_for() -> None:
    page = PAGES["going-live"]
    assert re.search(r"When somebody leaves: removed .*`CORDCALL_OWNERS`", page)
    assert re.search(rf"used up or {INVITED_FOR} old", page)
    assert "who holds the log" in page
    beside = PAGES["record-of-processing"].partition("Beside the database")[2]
    assert "`cordcall.db.replaced-*`" in beside and "doctor` warns" in beside


def test_groups_are_decided_on_set_up_tried_and_taught() -> None:
    parts = dict(re.findall(r"^## (.+)\n([^#]+)", PAGES["going-live"], re.MULTILINE))
    assert "everybody in it sees its cards" in parts["Decide"]
    assert all(each in parts["Set up"] for each in ("`/enrol`", "`/group`", "`/oncall`"))
    assert "The bot removed from a group" in parts["Try"] and "hand-over" in parts["Try"]
    assert "In a group: each case has one owner" in parts["Teach"]
    assert "removed from every group" in parts["After the start"]


@pytest.mark.parametrize("name", TO_COMPLETE)
def test_what_only_the_hospital_can_decide_is_a_clear_blank(name: str) -> None:
    page = PAGES[name]
    assert len(BLANK.findall(page)) >= 5
    assert page.count("[Hospital:") == len(BLANK.findall(page))
    assert not INVENTED.search(page)


@pytest.mark.parametrize("name", ["README", "impact-assessment", "safety-case"])
def test_no_approval_is_claimed(name: str) -> None:
    assert re.search(r"Nobody has approved|claims no compliance", PAGES[name])


def test_the_safety_case_joins_the_hazard_log_as_it_is() -> None:
    assert safety_case.PAGE.read_text("utf-8") == safety_case.page()
    page = PAGES["safety-case"]
    worst = max(each.after.rating for each in hazards())
    for each in hazards():
        listed = f"- [{each.id}]("
        wanted = (each.after.rating == worst) + bool(each.passed_on)
        assert page.count(listed) == wanted, each.id


def test_every_claim_of_the_safety_case_has_evidence_that_exists() -> None:
    section = PAGES["safety-case"].partition("## 4. ")[2].partition("## 5. ")[0]
    rows = re.findall(r"^\| ([A-Z].+) \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) >= 8
    for claim, evidence in rows:
        named = re.findall(r"`([^`]+)`", evidence)
        assert named, claim
        assert all((ROOT / each).exists() for each in named), claim
