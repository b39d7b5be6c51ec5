"""What follows when a typed text identified a person: it is refused, or read without that."""

from bot.commands.registry import COMMANDS
from bot.commands.traits import CASE, DONE, LOOK_UP
from bot.incoming import Command, Text, Unread
from bot.screens.left_out import say_left_out, say_refused
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.turn import Turn

READ_WITHOUT = ("start", "triage", "outofuse")


def reads_on(turn: Turn) -> bool:
    """Say what was left out; return whether the rest is to be read.

    Only a clinical line is: what was typed for a look-up, a new case or as an answer; and the
    reason why CordCall goes out of use. Anything else is refused, and so is a message of which
    nothing is left.
    """
    incoming = turn.incoming
    if _is_read(incoming.act):
        turn.said_first = say_left_out(incoming.left_out, deleted=turn.touch)
        return True
    act = incoming.act
    command = act.name.casefold() if isinstance(act, Command) else ""
    traits = COMMANDS.get(command)
    notes = traits is not None and traits.group in (CASE, DONE) and "CODE" not in traits.takes
    kinds, code, deleted = incoming.left_out, turn.active_code, turn.touch
    refused = [say_refused(kinds, code, command, notes=notes, deleted=deleted)]
    if isinstance(incoming.act, Unread):
        refused.insert(0, words("unread")[incoming.act.why])
    turn.show(Screen("info", "CordCall", (text(*refused),)))
    turn.note_action("refused", turn.active_code)
    return False


def _is_read(act: object) -> bool:
    if isinstance(act, Command):
        command = COMMANDS.get(act.name.casefold())
        return command is not None and (command.group == LOOK_UP or command.name in READ_WITHOUT)
    return isinstance(act, Text) and any(map(str.isalnum, act.text))
