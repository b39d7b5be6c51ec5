"""On which paper a page is drawn: Letter where the hospital's clocks say so, elsewhere A4."""

from datetime import tzinfo
from typing import Final, Literal, get_args

Paper = Literal["A4", "Letter"]
PAPERS: Final[tuple[Paper, ...]] = get_args(Paper)
_LETTER: Final = ("America/", "Canada/", "US/", "Mexico/", "Pacific/Honolulu", "Asia/Manila")
_A4: Final = (
    "America/Sao_Paulo", "America/Argentina/", "America/Buenos_Aires", "America/Lima",
    "America/Montevideo", "America/Asuncion", "America/La_Paz", "America/Guayaquil",
)  # fmt: skip


def paper_of(zone: tzinfo) -> Paper:
    """Return the paper that is usual in a time zone."""
    name = str(zone)
    return "Letter" if name.startswith(_LETTER) and not name.startswith(_A4) else "A4"
