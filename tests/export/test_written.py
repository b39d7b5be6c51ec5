"""A file is written whole or not at all, for nobody else to read, and never over another."""

import os
from pathlib import Path

import pytest

from bot.export import written
from bot.export.written import NotWritten, write_new, write_numbered


def test_a_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    os.umask(0)
    try:
        write_new(tmp_path / "KES-42.pdf", b"%PDF")
    finally:
        os.umask(0o077)
    (file,) = tmp_path.iterdir()
    assert (file.name, file.read_bytes()) == ("KES-42.pdf", b"%PDF")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "KES-42.pdf"
    file.write_bytes(b"before")
    with pytest.raises(NotWritten, match=r"KES-42\.pdf: is there already; allowed: a folder"):
        write_new(file, b"after")
    assert (file.read_bytes(), [*tmp_path.iterdir()]) == (b"before", [file])


def test_a_number_is_added_to_a_name_that_is_taken_even_by_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "KES-42-2.pdf").symlink_to("nowhere")
    names = [write_numbered(tmp_path, "KES-42.pdf", b"%PDF").name for _ in range(3)]
    assert names == ["KES-42.pdf", "KES-42-3.pdf", "KES-42-4.pdf"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"x\.pdf: No such file or directory; allowed: a folder"):
        write_new(tmp_path / "nowhere" / "x.pdf", b"%PDF")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(written.os, "fsync", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        write_new(tmp_path / "x.pdf", b"%PDF")
    assert [*tmp_path.iterdir()] == []
