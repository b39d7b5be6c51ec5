"""`cordcall import`: a case moved from one database to another, and one line on what is wrong."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from bot.export.fhir.bundle import hash_of, write
from state.engines import open_as, open_store
from state.lock import BOT, TERMINAL
from state.records import StoredCase
from tests.export.fhir.bundles import only
from tests.forked import Run, run


def case_in(folder: Path) -> StoredCase | None:
    with closing(open_store(folder / "cordcall.db")) as store:
        code = store.cases.codes_under_way("terminal")
        return store.cases.find(code[-1]) if code else None


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder with a database, in which there is one emergency, and its bundle."""
    folder = tmp_path / "there"
    folder.mkdir()
    assert run(folder, "chat", given=b"1,3\nno\n/requested\n/quit\n").status == 0
    case = case_in(folder)
    assert case is not None
    assert run(folder, "export", case.code, "--fhir", CORDCALL_TIMEZONE="UTC").status == 0
    return folder


@pytest.fixture
def file(there: Path) -> Path:
    (file,) = there.glob("*.json")
    return file


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with another database, without a case."""
    folder = tmp_path / "here"
    folder.mkdir()
    assert run(folder, "chat", given=b"/quit\n").status == 0
    return folder


def bring_in(folder: Path, *words: str | Path, **variables: str) -> Run:
    return run(folder, "import", *map(str, words), CORDCALL_TIMEZONE="UTC", **variables)


def test_a_case_is_moved_with_everything_in_it(there: Path, here: Path, file: Path) -> None:
    done = bring_in(here, file)
    case, kept = case_in(there), case_in(here)
    assert (done.status, done.err) == (0, "")
    assert case is not None and kept is not None
    said = done.out.decode()
    assert said.startswith(f"{case.code}: imported as of 20") and "2 answers, 1 lines" in said
    assert (kept.answers, kept.timeline, kept.begun_at, kept.told) == (
        case.answers, case.timeline, case.begun_at, case.told,
    )  # fmt: skip
    listed = run(here, "chat", given=b"/cases\n/quit\n").out.decode()
    assert case.code in listed
    again = bring_in(here, file)
    assert (again.status, again.err) == (0, "")
    assert b"the very same case; nothing was changed" in again.out


def test_exported_again_it_is_the_same_but_for_the_times_of_export(here: Path, file: Path) -> None:
    assert bring_in(here, file).status == 0
    case = case_in(here)
    assert case is not None
    assert run(here, "export", case.code, "--fhir", CORDCALL_TIMEZONE="UTC").status == 0
    (again,) = here.glob("*.json")
    before, after = file.read_text().splitlines(), again.read_text().splitlines()
    assert len(before) == len(after)
    changed = [line.strip().partition(":")[0] for line in after if line not in before]
    times = {
        '"valueString"',
        '"timestamp"',
        '"recorded"',
        '"occurrenceDateTime"',
        '"div"',
        '"text"',
    }
    assert {*changed} <= times


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.json",), "nowhere.json: No such file or directory; allowed: a file"),
        ((".",), ".: Is a directory; allowed: a file that cordcall export has written"),
        (("cordcall.db",), "cordcall.db: "),
        (("{file}", "--as", "Ann Bell"), '--as: "Ann Bell" given; allowed: a Telegram id, or you'),
        (("{file}", "--as", "4711"), "its owner may not have cases here"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    here: Path, file: Path, words: tuple[str, ...], said: str
) -> None:
    done = bring_in(here, *(each.format(file=file) for each in words))
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(f"cordcall: {said}") or said in done.err
    assert done.err.count("\n") == 1
    assert case_in(here) is None


def test_a_damaged_file_is_named_and_nothing_is_stored(here: Path, file: Path) -> None:
    file.write_text(file.read_text().replace("Sensory level", "Sensory levels"))
    done = bring_in(here, file)
    assert (done.status, done.out) == (2, b"")
    assert f"{file.name}: it was changed or damaged since its export" in done.err
    assert case_in(here) is None


def resealed(file: Path, was: str, now: str) -> None:
    """Change a bundle by hand, and compute its hash again."""
    found = json.loads(file.read_text().replace(was, now))
    found["meta"]["extension"][0]["valueString"] = hash_of(found)
    file.write_text(write(found))


def test_a_case_from_the_future_is_refused(here: Path, file: Path) -> None:
    """By a clock that was ahead its deadlines would come too late, or in another century."""
    exported = json.loads(file.read_text())["timestamp"]
    resealed(file, exported[:4], str(int(exported[:4]) + 1))
    done = bring_in(here, file)
    assert (done.status, done.out, done.err.count("\n")) == (2, b"", 1)
    assert f"{file.name}: exported at " in done.err and "set the clock that is wrong" in done.err
    assert case_in(here) is None


@pytest.mark.parametrize(
    ("owner", "chat"),
    [("1001", "2002"), ("1001", "terminal"), ("you", "2002"), ("smith", "smith")],
)
def test_a_case_in_a_chat_where_its_owner_would_not_see_it_is_refused(
    here: Path, file: Path, owner: str, chat: str
) -> None:
    resealed(file, '"value": "you"', f'"value": "{owner}"')
    if chat == owner:
        alone(file)
    resealed(file, '"value": "terminal"', f'"value": "{chat}"')
    done = bring_in(here, file, CORDCALL_ACCESS="open")
    assert (done.status, done.out, done.err.count("\n")) == (2, b"", 1)
    assert f'{file.name}: chat: "{chat}" given' in done.err
    assert case_in(here) is None
    assert bring_in(here, file, "--as", "you").status == 0


def alone(file: Path) -> None:
    """Let the chat of a bundle be its owner's own, whatever they are called."""
    found = json.loads(file.read_text())
    del only(found, "Provenance")["agent"][1:]
    file.write_text(write(found))
    resealed(file, "person 2", "person 1")


def test_a_pipe_is_not_waited_for(here: Path) -> None:
    os.mkfifo(here / "pipe")
    done = bring_in(here, "pipe")
    assert done.status == 2 and "is no file" in done.err


def test_it_needs_a_database_on_which_nothing_runs(here: Path, file: Path, tmp_path: Path) -> None:
    for role, said in ((BOT, "in use by a Telegram bot"), (TERMINAL, "by another terminal")):
        running = open_as(role, here / "cordcall.db")
        try:
            done = bring_in(here, file)
        finally:
            running.close()
        assert done.status == 2 and said in done.err
    (tmp_path / "new").mkdir()
    done = bring_in(tmp_path / "new", file)
    assert done.status == 2 and "no such file" in done.err
    assert [*(tmp_path / "new").iterdir()] == []
    assert case_in(here) is None


def test_out_of_use_nothing_is_imported(here: Path, file: Path) -> None:
    done = bring_in(here, file, CORDCALL_OUT_OF_USE="the deadlines are wrong")
    assert done.status == 2 and "the deadlines are wrong" in done.err
    assert case_in(here) is None
