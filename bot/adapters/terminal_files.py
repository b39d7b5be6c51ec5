"""The files of a terminal: a case that is given away is written into the folder it runs in."""

from dataclasses import dataclass, replace
from pathlib import Path

from bot.conversation.engine import Engine
from bot.export.asked import draw_asked, is_export
from bot.export.kinds import said
from bot.export.message import say_of
from bot.export.written import NotWritten, write_numbered
from bot.screens.screen import Screen, text


@dataclass(frozen=True, slots=True)
class TerminalFiles:
    """Writes what screens name into a folder; a file that is there already stays."""

    engine: Engine
    folder: Path = Path()

    def written(self, screen: Screen) -> Screen:
        """Write the file of a screen, if it is a case, and say below the screen where it is."""
        if not is_export(screen.file):
            return screen
        lines = said("lines")
        try:
            drawn = draw_asked(screen.file, self.engine)
        except Exception:
            return replace(screen, blocks=(text(say_of("failed", screen.file)),), file="")
        try:
            path = write_numbered(self.folder, drawn.name, drawn.content)
        except NotWritten:
            where = lines["not_written"].format(file=drawn.name)
        else:
            where = lines["written"].format(file=path.absolute())
        shown = drawn.in_words.split("\n") if drawn.in_words else []
        return replace(screen, blocks=(*screen.blocks, text(*shown, where)), file="")
