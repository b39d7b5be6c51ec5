"""`cordcall export`: the files that it writes, its rows of the audit, one line on what is wrong."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from bot.__main__ import _serve
from bot.command_line import exports
from bot.export import kinds
from bot.export.picture.palette import DARK, LIGHT
from bot.refusal import Refusal
from state.engines import open_as, open_store
from state.lock import BOT, TERMINAL
from tests.forked import Run, run

ALL = ("--text", "--pdf", "--png", "--dark", "--fhir", "--ics")
ENDINGS = {".txt", ".pdf", ".png", ".json", ".ics"}
BEGINNINGS = {".pdf": b"%PDF-", ".png": b"\x89PNG", ".json": b"{", ".ics": b"BEGIN:VCALENDAR\r\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database, in which there is one emergency."""
    (tmp_path / "out").mkdir()
    begun = run(tmp_path, "chat", given=b"1,3\n/quit\n")
    assert begun.status == 0
    return tmp_path


@pytest.fixture
def code(folder: Path) -> str:
    with closing(open_store(folder / "cordcall.db")) as store:
        found = store.cases.active_code("terminal")
    assert found is not None
    return found


def export(folder: Path, *words: str, **variables: str) -> Run:
    return run(folder, "export", *words, CORDCALL_TIMEZONE="UTC", **variables)


def audited(folder: Path) -> list[tuple[str, str | None]]:
    with closing(open_store(folder / "cordcall.db")) as store, store.audit.trail() as trail:
        you = store.audit.pseudonym("you")
        return [(row.what, row.code) for row in trail.rows if row.who == you]


def test_every_kind_is_written_for_nobody_else_and_is_in_the_audit(folder: Path, code: str) -> None:
    done = export(folder, code.casefold(), *ALL, "--folder", "out")
    assert (done.status, done.err) == (0, "")
    written = sorted((folder / "out").iterdir())
    assert {each.suffix for each in written} == ENDINGS
    assert all(re.fullmatch(rf"{code}-\d{{8}}-\d{{4}}(\.dark)?", each.stem) for each in written)
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in written)
    said = done.out.decode().splitlines()
    assert sorted(said) == [f"out/{each.name}: written" for each in written]
    for each in written:
        assert each.read_bytes().startswith(BEGINNINGS.get(each.suffix, b"SBAR "))
    bundle = json.loads(next(each for each in written if each.suffix == ".json").read_text())
    assert bundle["resourceType"] == "Bundle"
    assert audited(folder)[-6:] == [
        (what, code)
        for what in (
            "exported", "exported page", "exported picture", "exported picture",
            "exported data", "exported calendar",
        )
    ]  # fmt: skip


def test_the_picture_is_light_unless_dark_is_asked_for(folder: Path, code: str) -> None:
    assert export(folder, code, "--png", "--dark").status == 0
    files = [*folder.glob("*.png")]
    assert len(files) == 2
    for file in files:
        colours = DARK if file.name.endswith(".dark.png") else LIGHT
        with Image.open(file) as image:
            assert image.getpixel((0, 0)) == ImageColor.getrgb(colours["page"])


def test_what_is_there_already_is_never_written_over(folder: Path, code: str) -> None:
    assert export(folder, code, "--ics").status == 0
    (file,) = folder.glob("*.ics")
    kept = file.read_bytes()
    in_the_next = {file.with_name(f"{code}-{minute}.ics") for minute in _coming_minutes()}
    for each in in_the_next - {file}:
        each.write_bytes(kept)
    rows = len(audited(folder))
    again = export(folder, code, "--text", "--ics")
    assert (again.status, again.out) == (2, b"")
    assert again.err.endswith(".ics: is there already; allowed: another folder\n")
    assert {each.read_bytes() for each in folder.glob("*.ics")} == {kept}
    assert [*folder.glob("*.txt")] == []
    assert len(audited(folder)) == rows


REFUSED = {
    "no kind": (
        (),
        "export: no kind given; allowed: --text, --pdf, --png, --dark, --fhir, --ics\n",
    ),
    "another paper": (
        ("--pdf", "--paper", "A3"),
        '--paper: "A3" given; allowed: A4, Letter\n',
    ),
    "no folder": (
        ("--text", "--folder", "nowhere"),
        "No such file or directory; allowed: a folder that can be written to\n",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said_in_one_line(folder: Path, code: str, name: str) -> None:
    words, said = REFUSED[name]
    done = export(folder, code, *words)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith("cordcall: ") and done.err.endswith(said)
    assert done.err.count("\n") == 1


def test_a_case_that_is_not_kept_is_named(folder: Path) -> None:
    done = export(folder, "KES-00", "--text")
    assert (done.status, done.out) == (2, b"")
    assert done.err == (
        'cordcall: CODE: "KES-00" given; allowed: the code of a case that is kept\n'
    )


def test_without_a_database_none_is_begun(tmp_path: Path) -> None:
    done = export(tmp_path, "KES-42", "--text")
    assert (done.status, done.out) == (2, b"")
    assert "no such file; allowed: one with cases" in done.err
    assert [*tmp_path.iterdir()] == []


def test_out_of_use_nothing_is_given(folder: Path, code: str) -> None:
    done = export(folder, code, "--text", CORDCALL_OUT_OF_USE="the deadlines are wrong")
    assert (done.status, done.out) == (2, b"")
    assert "the deadlines are wrong" in done.err
    assert [*folder.glob("*.txt")] == []


def test_it_works_beside_a_running_bot_but_not_beside_a_terminal(folder: Path, code: str) -> None:
    running = open_as(BOT, folder / "cordcall.db")
    try:
        with running.store.turn():
            pass
        assert export(folder, code, "--text").status == 0
        assert running.store.cases.find(code) is not None
        with running.store.audit.trail() as trail:
            assert [row.what for row in trail.rows][-1] == "exported"
    finally:
        running.close()
    talking = open_as(TERMINAL, folder / "cordcall.db")
    try:
        done = export(folder, code, "--ics")
    finally:
        talking.close()
    assert (done.status, done.out) == (2, b"")
    assert "is in use by another terminal" in done.err


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CORDCALL_DATABASE", str(folder / "cordcall.db"))
    yield


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("kind", ["page", "picture"])
def test_without_the_extra_it_says_so_and_writes_nothing(
    folder: Path, code: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="install CordCall with its extra pdf first"):
        exports.export_case(_serve, code, ["text", kind], folder / "out", None)
    assert [*(folder / "out").iterdir()] == []
    exports.export_case(_serve, code, ["text", "calendar"], folder / "out", None)
    assert len([*(folder / "out").iterdir()]) == 2


def _coming_minutes() -> list[str]:
    now = datetime.now(UTC)
    return [f"{now + timedelta(minutes=n):%Y%m%d-%H%M}" for n in range(3)]
