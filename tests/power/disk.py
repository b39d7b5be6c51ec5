"""A disk that remembers every write and every sync, in order, under the SQLite of this process.

SQLite's own functions for files are called through; those that write, cut off or sync note it
first. What the program syncs itself is noted as well.
"""

import _sqlite3
import ctypes
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from state.sqlite import log_on_disk

OK: Final = 0
SECTOR: Final = 512
SECONDS_OF_A_SYNC: Final = 0.002

_Pointer = ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, _Pointer, ctypes.c_int, _Pointer)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int64)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_char_p, ctypes.c_int)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, up to version 3; only the named ones are replaced."""

    _fields_ = (
        ("version", ctypes.c_int), ("close", _Pointer), ("read", _Pointer), ("write", _Pointer),
        ("truncate", _Pointer), ("sync", _Pointer), ("others", _Pointer * 13),
    )  # fmt: skip


class _Vfs(ctypes.Structure):
    """The beginning of sqlite3_vfs."""

    _fields_ = (
        ("version", ctypes.c_int), ("file_size", ctypes.c_int), ("longest_path", ctypes.c_int),
        ("next", _Pointer), ("name", ctypes.c_char_p), ("data", _Pointer), ("open", _Pointer),
        ("delete", _Pointer),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes written to a file; without any, the file was cut off there."""

    file: str
    at: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Sync:
    """A file was synced: what was written to it before the event `begun` is on the disk."""

    file: str
    begun: int


@dataclass(slots=True)
class Disk:
    """What happened to the files of one folder, and between that whatever else is noted."""

    folder: Path
    events: list[Any] = field(default_factory=list)

    def note(self, event: object) -> None:
        self.events.append(event)

    def rebuild(self, cut: int, chance: Random, share: float, folder: Path) -> None:
        """Write the files as a power cut before the event `cut` may have left them.

        All that was synced is there, and of the rest a share, some of it only in part.
        """
        kept = dict[str, int]()
        for event in self.events[:cut]:
            if isinstance(event, Sync):
                kept[event.file] = max(kept.get(event.file, 0), event.begun)
        files = dict[str, bytearray]()
        for number, event in enumerate(self.events[:cut]):
            if not isinstance(event, Write):
                continue
            content = event.content
            if number >= kept.get(event.file, 0):
                if chance.random() >= share:
                    continue
                if content and chance.random() < 0.2:
                    content = content[: SECTOR * chance.randint(0, len(content) // SECTOR)]
            _apply(files.setdefault(event.file, bytearray()), event.at, content)
        for name, content in files.items():
            (folder / name).write_bytes(content)


def _apply(file: bytearray, at: int, content: bytes | None) -> None:
    if content is None:
        del file[at:]
        return
    file.extend(bytes(max(0, at - len(file))))
    file[at : at + len(content)] = content


@contextmanager
def recorded(folder: Path) -> Iterator[Disk]:
    """Record what is written to the files of a folder that are opened inside the block."""
    disk, recorder = Disk(folder), None
    sync = log_on_disk.SYNC
    try:
        recorder = _Recorder(disk)
        log_on_disk.SYNC = recorder.sync_by_number
        yield disk
    finally:
        log_on_disk.SYNC = sync
        if recorder:
            recorder.remove()


class _Recorder:
    """Stands between SQLite and its file system.

    Raises RuntimeError if the functions of SQLite cannot be found in this Python.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._names = dict[int, str]()
        self._tables = dict[int, _Methods]()
        self._kept = list[Any]()
        find = getattr(ctypes.CDLL(_sqlite3.__file__), "sqlite3_vfs_find", None)
        if find is None:
            raise RuntimeError("this Python hides the functions of its SQLite")
        find.restype, find.argtypes = ctypes.POINTER(_Vfs), [ctypes.c_char_p]
        self._vfs = find(None).contents
        self._opens, self._deletes = self._vfs.open, self._vfs.delete
        self._vfs.open = self._address(_OPEN, self._open)
        self._vfs.delete = self._address(_DELETE, self._delete)

    def remove(self) -> None:
        self._vfs.open, self._vfs.delete = self._opens, self._deletes

    def sync_by_number(self, number: int) -> None:
        """Stand in for the program's own sync of an open file."""
        self._synced(
            next(n for n in self._names.values() if _is_open_as(number, self._disk.folder / n))
        )

    def _synced(self, name: str) -> None:
        begun = len(self._disk.events)
        time.sleep(SECONDS_OF_A_SYNC)
        self._disk.note(Sync(name, begun))

    def _address(self, kind: Any, function: Callable[..., int]) -> int | None:
        called = kind(function)
        self._kept.append(called)
        return ctypes.cast(called, _Pointer).value

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        """Open a file; SQLite keeps the pointer to its name."""
        status: int = _OPEN(self._opens)(vfs, name, file, flags, out)
        path = Path(os.fsdecode(ctypes.string_at(name))) if name else None
        if status == OK and path and path.parent == self._disk.folder:
            self._names[file] = path.name
            slot = ctypes.cast(file, ctypes.POINTER(_Pointer))
            if slot[0] not in map(ctypes.addressof, self._tables.values()):
                slot[0] = ctypes.addressof(self._table(slot[0]))
        return status

    def _delete(self, vfs: int, name: bytes, sync: int) -> int:
        """Delete a file: that of the beginning, before anybody is shown anything, at once."""
        path = Path(os.fsdecode(name))
        if path.parent == self._disk.folder:
            self._disk.note(Write(path.name, 0, None))
            self._disk.note(Sync(path.name, len(self._disk.events)))
        status: int = _DELETE(self._deletes)(vfs, name, sync)
        return status

    def _table(self, original: int | None) -> _Methods:
        assert original is not None
        if original in self._tables:
            return self._tables[original]
        first = ctypes.cast(original, ctypes.POINTER(_Methods)).contents
        table = _Methods.from_buffer_copy(first)
        write, truncate, sync = _WRITE(first.write), _TRUNCATE(first.truncate), _SYNC(first.sync)

        def noted_write(file: int, content: int, size: int, at: int) -> int:
            self._disk.note(Write(self._names[file], at, ctypes.string_at(content, size)))
            status: int = write(file, content, size, at)
            return status

        def noted_truncate(file: int, size: int) -> int:
            self._disk.note(Write(self._names[file], size, None))
            status: int = truncate(file, size)
            return status

        def noted_sync(file: int, flags: int) -> int:
            self._synced(self._names[file])
            return OK

        table.write = self._address(_WRITE, noted_write)
        table.truncate = self._address(_TRUNCATE, noted_truncate)
        table.sync = self._address(_SYNC, noted_sync)
        self._kept += [write, truncate, sync]
        self._tables[original] = table
        return table


def _is_open_as(number: int, path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(number), path.stat())
