"""Runs three validators of FHIR over many resources, in one process of node."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final

HERE: Final = Path(__file__).parent
PACKAGES: Final = Path(sys.prefix) / "validators" / "node_modules"
VALIDATORS: Final = ("fhir", "medplum", "hl7")
NODE: Final = 20
MISSING: Final = f"FHIR is validated once node {NODE} is there and `make validators` has been run"


@dataclass(frozen=True, slots=True)
class Judged:
    """What each validator finds wrong in a resource, by the name of the validator."""

    name: str
    found: Mapping[str, tuple[str, ...]]

    @property
    def finding(self) -> tuple[str, ...]:
        """The validators that find anything."""
        return tuple(each for each in VALIDATORS if self.found[each])

    def __str__(self) -> str:
        lines = (f"{who}: {each}" for who, said in self.found.items() for each in said)
        return "\n  ".join((self.name, *lines))


@cache
def are_there() -> bool:
    """Return whether a node that is new enough and the validators are installed here."""
    node = shutil.which("node")
    if node is None or not PACKAGES.is_dir():
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().removeprefix("v").partition(".")[0] or 0) >= NODE


def judge(resources: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Judged]:
    """Judge resources by their names, in their order; they are made while others are judged."""
    command = ["node", "--max-old-space-size=1024", str(HERE / "validate.cjs")]
    with subprocess.Popen(
        command,
        env={**os.environ, "NODE_PATH": str(PACKAGES)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        writing = Thread(target=_write, args=(node.stdin, resources), daemon=True)
        writing.start()
        for line in node.stdout:
            said = json.loads(line)
            yield Judged(said["name"], {who: tuple(each) for who, each in said["found"].items()})
        writing.join()
    if node.returncode:
        raise RuntimeError(f"validate.cjs ended with {node.returncode}")


def _write(to: IO[str], resources: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    with to:
        for name, resource in resources:
            to.write(json.dumps({"name": name, "resource": resource}, ensure_ascii=False) + "\n")
