"""Installed packages are locked: one version each, with its hashes and no address."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "requirements").glob("*.txt"))
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]
ASKED = {
    "run": (
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["fast"],
        *PROJECT["optional-dependencies"]["crypt"],
        *PROJECT["optional-dependencies"]["postgres"],
        *PYPROJECT["build-system"]["requires"],
        *GROUPS["build"],
    ),
    "dev": GROUPS["dev"],
    "peers": GROUPS["peers"],
    "lock": GROUPS["lock"],
}
ENTRY = re.compile(
    r"([a-z0-9][a-z0-9-]*)==([\w.]+)(?: ; ([^\\\n]+?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)
HEADER = re.compile(r"(#[^\n]*\n)*")


def locked(file: Path) -> dict[str, str]:
    """Read a lock file: the version of each package; fails on any line of another form."""
    text = file.read_text("utf-8")
    entries = HEADER.sub("", text, count=1)
    found = {entry[1]: entry[2] for entry in ENTRY.finditer(entries)}
    assert ENTRY.sub("", entries) == ""
    return found


def test_there_is_a_lock_file_for_each_set_of_packages() -> None:
    assert {file.stem for file in FILES} == set(ASKED)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_lock_file_holds_versions_and_hashes_and_nothing_else(file: Path) -> None:
    assert locked(file)
    text = file.read_text("utf-8")
    assert not re.search(r"https?:|file:|://|--(extra-)?index|--find-links|--trusted-host", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_pyproject_asks_for_is_locked_at_a_version_that_it_allows(file: Path) -> None:
    versions = locked(file)
    for asked in map(Requirement, ASKED[file.stem]):
        version = versions[canonicalize_name(asked.name)]
        assert asked.specifier.contains(version), f"{asked}: {version} is locked"


def test_a_package_has_one_version_where_it_is_run_and_where_it_is_tested() -> None:
    run, dev = (locked(ROOT / "requirements" / f"{name}.txt") for name in ("run", "dev"))
    assert {name: run[name] for name in run.keys() & dev.keys()} == {
        name: dev[name] for name in run.keys() & dev.keys()
    }


@pytest.mark.parametrize("name", ["run", "dev"])
def test_what_a_locked_package_needs_is_locked_as_well(name: str) -> None:
    versions = locked(ROOT / "requirements" / f"{name}.txt")
    assert [need for need in _needs(versions) if canonicalize_name(need.name) not in versions] == []
    for need in _needs(versions):
        assert need.specifier.contains(versions[canonicalize_name(need.name)]), need


def _needs(names: Iterable[str]) -> list[Requirement]:
    """List what the installed ones of these packages need on this machine."""
    needs = list[Requirement]()
    for name in names:
        try:
            asked = [Requirement(each) for each in requires(name) or ()]
        except PackageNotFoundError:
            continue
        needs += [each for each in asked if not each.marker or each.marker.evaluate({"extra": ""})]
    return needs
