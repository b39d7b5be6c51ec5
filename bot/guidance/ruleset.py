"""Which rules these are: their hash over code and texts, and how far their texts are reviewed."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from bot import __version__
from bot.guidance.texts import guidance
from bot.logic.assessment import RULESET_ID, RULESET_VERSION
from bot.logic.drugs import drugs
from bot.logic.library import library
from bot.logic.review import HEX_SHOWN, STATUSES

PACKAGES: Final = (
    "bot.conversation", "bot.flows", "bot.guidance", "bot.logic", "bot.lookup", "bot.lookup.drugs",
    "bot.lookup.mri", "bot.lookup.scores", "bot.lookup.search", "bot.screens",
)  # fmt: skip
SUFFIXES: Final = (".py", ".toml")


@cache
def ruleset_hash() -> str:
    """Give 12 hex of the sha256 over what decides and says an answer, whatever the line ends.

    A changed threshold, question, sentence, citation or look-up changes it.
    """
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted(files(package).iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(SUFFIXES):
                content = normalised(file.read_bytes())
                digest.update(f"{package}/{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:HEX_SHOWN]


def normalised(content: bytes) -> bytes:
    """Write every line end as a line feed."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def review_counts() -> Mapping[str, int]:
    """Count the texts of rules, drugs and library by the review status that holds."""
    found = Counter(entry.status for entry in guidance().values())
    found.update(row.status for row in drugs().values())
    found.update(passage.status for passage in library().values())
    return {status: found[status] for status in STATUSES}


def say_version() -> str:
    """Say the version of the product and of its rules, with their hash, on one line."""
    return (
        f"cordcall {__version__}, rules {RULESET_ID} {RULESET_VERSION}, rule hash {ruleset_hash()}"
    )
