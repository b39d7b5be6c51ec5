"""Finds a name behind its title, so that no word of it is read as a finding: "Mrs Weak"."""

from collections.abc import Sequence
from typing import Final

_TITLES: Final = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "mister", "herr", "frau", "mevr", "dhr")
)
_NOT_NAMES: Final = frozenset((
    "spine", "spinal", "whole", "scan", "lumbar", "thoracic", "cervical", "ws", "pelvis",
    "brain", "head", "liver", "shows", "showed", "angio", "done", "pending", "clear", "normal",
    "neg", "says", "said", "asks", "asked", "wants", "thinks", "with", "and", "for", "is",
    "has", "on", "wr", "l", "t", "c", "lspine", "tspine", "myelogram", "to", "in", "of", "if",
    "no", "not", "tomorrow", "today", "read", "reads", "reading", "reported", "report", "result",
    "confirms", "confirmed", "reveals", "planned", "booked", "requested", "slot", "tonight",
))  # fmt: skip


def name_at(words: Sequence[str], n: int) -> int:
    """Return the end of a name behind a title, "Mrs A Sample-Weak"; 0 if there is none."""
    if words[n] not in _TITLES:
        return 0
    end = n + 1
    if end < len(words) and words[end] == ".":
        end += 1
    while end + 1 < len(words) and len(words[end]) == 1 and words[end].isalpha():
        end += 1
        if words[end] == ".":
            end += 1
    if end >= len(words) or not words[end].isalpha() or words[end] in _NOT_NAMES:
        return 0
    end += 1
    while end + 1 < len(words) and words[end] == "-" and words[end + 1].isalpha():
        end += 2
    return end
