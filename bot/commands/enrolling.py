"""`/enrol`: an admin lets a group share its cases."""

from typing import Final

from bot.incoming import Command, Incoming
from bot.screens.notices import words
from bot.screens.team import WORDS
from bot.turn import Turn
from state.groups import Colleague, Group

ENROL: Final = "enrol"


def enrol(turn: Turn, _: str) -> None:
    """Enrol the group that this is said in."""
    said, groups, who = words("enrol", WORDS), turn.store.groups, turn.incoming.who
    if not turn.in_group:
        turn.say(said["in_private"])
        return
    if groups.find(turn.chat):
        turn.say(said["already"])
        return
    groups.enrol(Group(turn.chat, who, turn.now))
    groups.see(Colleague(turn.chat, who, turn.incoming.name or who, turn.now))
    turn.note_action("enrolled")
    turn.say(said["enrolled"])


def enrols(incoming: Incoming) -> bool:
    """Return whether somebody asks to enrol a group."""
    act = incoming.act
    return isinstance(act, Command) and act.name.casefold() == ENROL
