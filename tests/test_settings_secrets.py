"""Settings that would show a secret, lose a variable or be an hour wrong are refused at the start.

Each is tried by the real command, in a folder with the file in question.
"""

import os
import subprocess
from pathlib import Path

import pytest

from bot.guidance.fixed_zones import place_instead
from bot.masks import mask
from bot.private_file import say_shared
from bot.refusal import SettingsError
from bot.screens.time_zones import BY_REGION
from bot.settings import ALLOWED, read_settings, read_token
from tests import forked, test_command_line
from tests.botapi import TOKEN

SECRET = TOKEN.partition(":")[2]
ENV = ".env"


def run(folder: Path, *command: str, **settings: str) -> tuple[int, str]:
    """Run the command in a folder; return its exit status and all that it wrote."""
    kept = {name: value for name, value in os.environ.items() if name not in ALLOWED}
    done = forked.run(folder, *command, given=b"/quit\n", **{**kept, **settings})
    return done.status, done.out.decode() + done.err


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Read the settings in a folder of their own."""
    for variable in ALLOWED:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (TOKEN, "line 2 cannot be read"),
        (f"export {TOKEN}", "line 2 cannot be read"),
        ("sesame_1", "line 2 cannot be read"),
        (f"CORDCALL_CALL=Bleep 1\n\n{TOKEN}", "line 4 cannot be read"),
        (f"CORDCALL_CALL={TOKEN}#", "line 2: a # in the value"),
        (f"{TOKEN}=", "line 2 cannot be read"),
    ],
)
def test_a_secret_on_a_line_of_its_own_is_refused_by_its_line(
    tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / ENV).write_text(f"CORDCALL_POLICY=nice\n{line}\n", "utf-8")
    status, shown = run(tmp_path, "chat")
    assert status == 2
    assert shown.startswith(f"cordcall: .env: {said}")
    assert SECRET not in shown and "sesame" not in shown


@pytest.mark.parametrize("variable", [name for name in ALLOWED if name != "TELEGRAM_BOT_TOKEN"])
def test_a_token_in_another_variable_is_refused_and_not_shown(
    refused: pytest.MonkeyPatch, variable: str
) -> None:
    refused.setenv(variable, TOKEN)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value).startswith(f"{variable}: ")
    assert str(caught.value).endswith(f"; allowed: {ALLOWED[variable]}")
    assert SECRET not in repr(caught.value)


@pytest.mark.parametrize("variable", ["CORDCALL_CALL", "CORDCALL_DATABASE"])
def test_a_token_within_a_value_leaves_no_file_and_no_trace(tmp_path: Path, variable: str) -> None:
    status, shown = run(tmp_path, "chat", **{variable: f"x/bot{TOKEN}"})
    assert (status, list(tmp_path.iterdir())) == (2, [])
    assert shown.startswith(f"cordcall: {variable}: 'x/bot<hidden>' given; allowed: ")


@pytest.mark.parametrize("name", [f"CORDCALL_{TOKEN}", f"TELEGRAM_{TOKEN}"])
def test_a_token_in_a_name_is_not_shown(refused: pytest.MonkeyPatch, name: str) -> None:
    refused.setenv(name, "1")
    with pytest.raises(SettingsError, match="unknown variable") as caught:
        read_settings()
    assert SECRET not in str(caught.value)


def test_a_token_given_as_a_file_is_not_shown(tmp_path: Path) -> None:
    status, shown = run(tmp_path, "assess", TOKEN)
    assert status == 2
    assert SECRET not in shown


@pytest.mark.parametrize(
    "text", [f"/bot{TOKEN}/x", f"/bot{TOKEN.replace(':', '%3A')}/", f"http://ann:{SECRET}@proxy:1"]
)
def test_a_secret_is_masked_in_every_form_it_takes(text: str) -> None:
    assert SECRET not in mask(text)
    assert "<hidden>" in mask(text)


def test_the_mark_of_a_windows_editor_does_not_hide_the_first_variable(
    refused: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ENV).write_text("CORDCALL_POLICY=nice\r\nCORDCALL_CALL=Bleep 1\r\n", "utf-8-sig")
    settings = read_settings()
    assert (settings.policy, settings.call) == ("nice", "Bleep 1")
    (tmp_path / ENV).write_text("CORDCALL_POLICE=nice\n", "utf-8-sig")
    with pytest.raises(SettingsError, match=r"^CORDCALL_POLICE: unknown variable"):
        read_settings()


def test_a_token_file_of_a_windows_editor_is_read(
    refused: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\r\n", "utf-8-sig")
    refused.setenv("TELEGRAM_BOT_TOKEN_FILE", str(file))
    assert read_token(read_settings()) == TOKEN


@pytest.mark.parametrize(
    "line",
    [
        "\u200bCORDCALL_CALL=Bleep 1",
        "\ufeffCORDCALL_CALL=Bleep 1",
        "CORDCALL-CALL=Bleep 1",
        "CORDCALL.CALL=Bleep 1",
        "C\u039fRDCALL_CALL=Bleep 1",
        '"CORDCALL_CALL"=Bleep 1',
        "set CORDCALL_CALL=Bleep 1",
        "CORDCALL_CALL: Bleep 1",
        "export CORDCALL_CALL",
    ],
    ids=ascii,
)
def test_a_variable_whose_name_is_no_name_is_refused_by_its_line(
    refused: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    (tmp_path / ENV).write_text(f"CORDCALL_POLICY=nice\n\n{line}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"^\.env: line 3 cannot be read; allowed: NAME=value$"):
        read_settings()


@pytest.mark.parametrize("again", ["CORDCALL_POLICY=strictest", "cordcall_policy=nice"])
def test_a_variable_that_is_set_twice_is_refused(
    refused: pytest.MonkeyPatch, tmp_path: Path, again: str
) -> None:
    (tmp_path / ENV).write_text(f"CORDCALL_POLICY=nice\n# changed\n{again}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"^\.env: line 3 sets a variable again; allowed: each"):
        read_settings()


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("EST", "America/New_York"),
        ("MST", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
        ("GMT", "Europe/London"),
        ("Etc/GMT", "Europe/London"),
        ("Etc/GMT+5", "America/New_York"),
        ("Etc/GMT-3", "Europe/Istanbul"),
        ("Etc/GMT-14", "Pacific/Kiritimati"),
        ("posix/EST", "America/New_York"),
        ("right/Etc/GMT+5", "America/New_York"),
    ],
)
def test_a_zone_of_a_fixed_offset_is_refused_with_the_one_to_use(
    refused: pytest.MonkeyPatch, zone: str, place: str
) -> None:
    refused.setenv("CORDCALL_TIMEZONE", zone)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    allowed = f"allowed: UTC, or the zone of a place, such as {place}"
    assert str(caught.value) == f"CORDCALL_TIMEZONE: {zone!r} has one offset all year; {allowed}"
    refused.delenv("CORDCALL_TIMEZONE")
    refused.setattr("tzlocal.get_localzone", lambda: zone)
    with pytest.raises(SettingsError, match=f"not set, and the machine's zone .*{place}$"):
        _ = read_settings().zone


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", *(z for of in BY_REGION.values() for z in of)])
def test_utc_and_every_place_are_allowed(refused: pytest.MonkeyPatch, zone: str) -> None:
    assert place_instead(zone) is None
    refused.setenv("CORDCALL_TIMEZONE", zone)
    assert str(read_settings().zone) == zone


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o602])
def test_a_file_that_others_can_read_is_refused_until_its_command_is_run(
    tmp_path: Path, mode: int
) -> None:
    folder = tmp_path / "the ward's"
    folder.mkdir()
    token = folder / "token"
    token.write_text(TOKEN, "utf-8")
    (folder / ENV).write_text("CORDCALL_OWNERS=1\n", "utf-8")
    settings = {"CORDCALL_DATABASE": str(folder / "cordcall.db")}
    assert run(folder, "chat", **settings)[0] == 0
    token_file = {"TELEGRAM_BOT_TOKEN_FILE": str(token), "TELEGRAM_API_URL": "http://127.0.0.1:1"}
    for name, command, more in (
        (ENV, "chat", {}),
        ("cordcall.db", "chat", {}),
        ("token", "run", token_file),
    ):
        (folder / name).chmod(mode)
        status, shown = run(folder, command, **settings, **more)
        assert status == 2
        assert shown.count("\n") == 1
        assert f"others can read or change it (mode {mode:o}); allowed: mode 600 (" in shown
        assert SECRET not in shown
        mending = shown.rpartition("(")[2].rpartition(")")[0]
        subprocess.run(["sh", "-ec", mending], cwd=folder, check=True)
        assert say_shared(folder / name) is None


def test_what_is_made_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert test_command_line.run(tmp_path, "chat").status == 0
    finally:
        os.umask(before)
    made = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert "cordcall.db" in made
    assert set(made.values()) == {0o600}


def test_the_log_of_a_restored_database_counts_as_well(tmp_path: Path) -> None:
    assert run(tmp_path, "chat", CORDCALL_DATABASE="cordcall.db")[0] == 0
    (tmp_path / "cordcall.db-wal").touch(0o644)
    (tmp_path / "cordcall.db-wal").chmod(0o644)
    (tmp_path / "cordcall.db").chmod(0o640)
    _, shown = run(tmp_path, "chat", CORDCALL_DATABASE="cordcall.db")
    assert shown.endswith("(chmod 600 cordcall.db cordcall.db-wal)\n")
