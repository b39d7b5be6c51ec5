"""What the commands that answer for a case do while CordCall is out of use: they refuse."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.refusal import Refusal

if TYPE_CHECKING:
    from bot.settings import Settings


def refuse_if_out_of_use(settings: "Settings") -> None:
    """Refuse to answer while CordCall is out of use, by its setting or by an owner in a chat."""
    why = settings.out_of_use
    database = settings.database
    if not why and (not isinstance(database, Path) or database.exists()):
        from state.engines import why_out_of_use
        from state.key import read_key

        why = why_out_of_use(database, read_key(settings.key_file, database))
    if why:
        from bot.screens.out_of_use import say_out_of_use

        raise Refusal(say_out_of_use(settings.call, why))
