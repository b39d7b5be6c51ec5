"""`/export`: gives the chat's case away as a file, which is drawn as the case stands now."""

from typing import Final

from bot.actions import EXPORTED
from bot.commands.notes import sbar
from bot.export.asked import is_export, kind_asked
from bot.export.kinds import KINDS, Kind, kind_named, said
from bot.export.message import AS_TEXT, draw_message
from bot.screens.notices import words
from bot.screens.screen import load
from bot.turn import Turn
from state.records import Priority, StoredCase

TEXT: Final = ("", "text", AS_TEXT)


def export(turn: Turn, given: str) -> None:
    """Give the case away as a file of a kind; without one, as the text, which offers the others."""
    kind = kind_named(given)
    if given.casefold() in TEXT:
        sbar(turn, "")
        return
    if kind is None:
        turn.say(said("lines")["allowed"].format(allowed=", ".join(("text", *KINDS))))
        return
    case = turn.load()
    if case is None:
        turn.say(words("fixed")["no_case"])
        return
    if kind.missing:
        turn.say(kind.missing)
        return
    if _is_under_way(turn, case, kind):
        turn.say(said("lines")["already"].format(kind=kind.label, code=case.code))
        return
    turn.note_action(EXPORTED[kind.name], case.code)
    turn.screens.append(draw_message(turn.view(case), kind))


def _is_under_way(turn: Turn, case: StoredCase, kind: Kind) -> bool:
    """Return whether the same file waits for this chat already: it is not drawn twice."""
    queued = turn.store.outbox.queued(turn.chat)
    rows = [row for row in queued if row.priority is Priority.FILE and row.code == case.code]
    files = [load(screen).file for row in rows for screen in row.screens]
    return any(is_export(file) and kind_asked(file) is kind for file in files)
