"""`/outofuse` and `/inuse`: the switch with which an owner stops and resumes every answer."""

from dataclasses import replace

from bot.screens.notices import words
from bot.screens.out_of_use import LONGEST_REASON, WORDS
from bot.turn import Turn


def out_of_use(turn: Turn, reason: str) -> None:
    """Take CordCall out of use, for a reason that everybody is told.

    If the reason only identified somebody, and was left out, it goes out of use all the same.
    """
    said = words("command", WORDS)
    if turn.incoming.left_out:
        reason = " ".join(reason.split()) or said["no_reason"]
    if not (0 < len(reason) <= LONGEST_REASON and reason.isprintable()):
        turn.say(said["wrong_reason"].format(count=len(reason), allowed=LONGEST_REASON))
        return
    switch = turn.store.out_of_use
    switch.keep(replace(switch.kept(), reason=reason))
    turn.note_action("out of use")
    turn.say(said["is_out"])


def in_use(turn: Turn, _: str) -> None:
    """Put CordCall back in use, unless the operator's setting keeps it out."""
    said = words("command", WORDS)
    if turn.setting.out_of_use:
        turn.say(said["set_outside"])
        return
    switch = turn.store.out_of_use
    before = switch.kept()
    if not before.reason:
        turn.say(said["never_out"])
        return
    switch.keep(replace(before, reason=""))
    turn.note_action("back in use")
    turn.say(said["is_back"])
