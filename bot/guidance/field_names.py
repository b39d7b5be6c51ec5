"""What the fields of a case are called on the ward where they are still open."""

from collections.abc import Mapping
from functools import cache

from bot.logic.text_files import read_texts


def field_name(field: str) -> str:
    """Name a field of the case as the ward does: "signs of infection"."""
    return _field_names()[field]


@cache
def _field_names() -> Mapping[str, str]:
    names: Mapping[str, str] = read_texts("bot.guidance", "field_names.toml")["fields"]
    return names
