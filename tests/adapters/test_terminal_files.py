"""In the terminal a case is given away into the folder that it runs in, and the path is said."""

from pathlib import Path

import pytest

from bot.adapters import terminal_files
from bot.service.service import Service
from tests.adapters.test_terminal import talk
from tests.export.drawing import draw


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files are drawn by a stand-in, into a folder of their own."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(terminal_files, "draw_asked", draw)
    return here


def test_a_file_is_written_and_its_path_is_said(service: Service, folder: Path) -> None:
    said = talk(service, "1,3", "/export page", "/export page", "/export fhir")
    code = service.store.cases.active_code("terminal")
    names = sorted(each.name for each in folder.iterdir())
    stem = f"{code}-20261122-1200"
    assert names == [f"{stem}-2.pdf", f"{stem}.json", f"{stem}.pdf"]
    assert said.count("Written: ") == 3
    assert f"Written: {folder}" in said.replace("\n", "")
    assert "/export picture" not in said
    assert service.store.outbox.queued() == []


def test_the_text_names_what_to_type_for_a_file(service: Service) -> None:
    said = talk(service, "1,3", "/sbar")
    for kind in ("page", "picture", "data", "calendar", "dark"):
        assert f"/export {kind}" in said


def test_a_picture_is_said_in_words_as_well(service: Service) -> None:
    assert "KES-42 in words" in talk(service, "1,3", "/export png")


def test_a_folder_that_cannot_be_written_to_is_said(service: Service, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        if not _can_write(folder):
            said = talk(service, "1,3", "/export page")
            assert "cannot be written here. The text says the same: /sbar" in said
    finally:
        folder.chmod(0o700)


def test_a_drawing_that_fails_is_said_and_the_case_goes_on(
    service: Service, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(terminal_files, "draw_asked", fail)
    said = talk(service, "1,3", "/export page", "/card")
    assert "it could not be drawn" in said
    assert "Do now" in said
    assert [*folder.iterdir()] == []


def _can_write(folder: Path) -> bool:
    try:
        (folder / "x").touch()
    except OSError:
        return False
    (folder / "x").unlink()
    return True
