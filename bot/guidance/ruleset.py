"""Identifies the rules: a hash over code and texts, and how far the texts are reviewed."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from bot import __version__
from bot.guidance.texts import guidance
from bot.logic.assessment import RULESET_ID, RULESET_VERSION
from bot.logic.drugs import drugs
from bot.logic.library import library
from bot.logic.review import HEX_SHOWN, STATUSES

ROOT: Final = files("bot")
CARRIES_ONLY: Final = (
    "__init__.py", "__main__.py", "adapters", "env_file.py", "logs.py", "masks.py",
    "private_file.py", "settings.py",
)  # fmt: skip
SUFFIXES: Final = (".py", ".toml")


@cache
def ruleset_hash() -> str:
    """Return 12 hex digits of the sha256 over all that decides or words an answer.

    All of `bot` counts except what only transports it: adapters, settings, logs, command line.
    """
    digest = hashlib.sha256()
    for name, file in _files(ROOT):
        if name.split("/")[0] not in CARRIES_ONLY:
            content = normalised(file.read_bytes())
            digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:HEX_SHOWN]


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """Return every module and text below a folder by its path, such as "logic/sins.py"."""
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            yield from _files(each, f"{above}{each.name}/")
        elif each.name.endswith(SUFFIXES):
            yield f"{above}{each.name}", each


def normalised(content: bytes) -> bytes:
    """Normalise every line ending to a line feed."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def review_counts() -> Mapping[str, int]:
    """Count the texts of rules, drugs and library by their current review status."""
    found = Counter(entry.status for entry in guidance().values())
    found.update(row.status for row in drugs().values())
    found.update(passage.status for passage in library().values())
    return {status: found[status] for status in STATUSES}


def say_version() -> str:
    """Say the version of the product and of its rules, with their hash, on one line."""
    return (
        f"cordcall {__version__}, rules {RULESET_ID} {RULESET_VERSION}, rule hash {ruleset_hash()}"
    )
