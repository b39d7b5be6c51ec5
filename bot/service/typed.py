"""What a typed line or command does: for which case it is, and whether it comes too late."""

from typing import Final

from bot.commands.cases import LISTED
from bot.commands.forgetting import ERASING, NO
from bot.commands.forgetting import YES as SURELY
from bot.commands.lines import offers, say_only_looked_up
from bot.commands.registry import COMMANDS, run
from bot.commands.traits import DONE, Traits
from bot.conversation.answering import YES
from bot.conversation.events import Outdated, Suggested, Typed
from bot.conversation.said_at import comes_too_late, is_older
from bot.incoming import Command
from bot.screens.notices import words
from bot.screens.team import WORDS
from bot.service.which_case import (
    CHANGES_ALL,
    ask_which,
    go_on_with,
    is_about_a_case,
    replied_to,
    shown_since,
)
from bot.turn import Turn
from state.records import StoredCase

BY_A_LINE: Final = "mri"  # the look-up that reads the same lines as a case
ELSEWHERE: Final = "look "  # kept in place of a look-up: what was shown last is no question


def route(turn: Turn, line: str) -> None:
    """Pass a typed line to the look-up that asked, if any, else to the case.

    In a group, where only a terminal reads lines, it is for the case whose card it replies to.
    """
    if turn.in_group:
        shared = replied_to(turn)
        if shared and go_on_with(turn, shared):
            turn.advance(Typed(line))
        return
    begun = turn.look_up
    meant = replied_to(turn)
    if meant and not go_on_with(turn, meant):
        return
    if meant or shown_since(turn):
        begun = begun if begun and not meant else ELSEWHERE
    to_the_case = begun in ("", ELSEWHERE) or not _answers(begun, line)
    if not to_the_case:
        if begun == LISTED:
            turn.look_up = ""
        name, _, rest = f"{begun}{line}".partition(" ")
        _run(turn, name, rest.strip(" .!") if begun == ERASING else rest)
        return
    turn.look_up = ""
    if offers(turn, line):
        return
    turn.load()
    kind = Suggested if turn.touch else Typed
    turn.advance(kind(line, elsewhere=bool(begun)))


def _answers(begun: str, line: str) -> bool:
    """Return whether a line answers what was asked last: a list by number, /forget by yes or no."""
    if begun == LISTED:
        return line.strip().isdecimal()
    return begun != ERASING or line.strip(" .!").casefold() in (SURELY, NO)


def keep_whether_asked(turn: Turn) -> None:
    """Keep that something else than a question was shown last, unless that asks itself.

    A number that is asked back may be typed anew: it names its question.
    """
    last = turn.screens[-1] if turn.screens else None
    buttons = [button for row in last.rows for button in row] if last else []
    named = any(button.typed.startswith(YES) for button in buttons)
    asks = named or (last is not None and last.kind == "question")
    brief = last is not None and last.kind == "toast"
    if not asks and not brief and not turn.look_up:
        turn.look_up = ELSEWHERE


def run_command(turn: Turn, command: Command) -> None:
    """Run a command, unless it changes a case that has changed too much since it was sent.

    A group is told of one that it does not take: silence would be read as noted.
    A note keeps its own time, but one sent before the case began was meant for another case.
    """
    traits = COMMANDS.get(command.name.casefold())
    if traits and turn.in_group and turn.touch and not traits.in_group:
        turn.say(words("taken", WORDS)["only_private"].format(command=traits.name))
        return
    if traits and is_about_a_case(traits):
        meant = replied_to(turn)
        if meant and not go_on_with(turn, meant):
            return
        shown = shown_since(turn) if traits.topic == DONE or traits.name == CHANGES_ALL else []
        if shown and not meant:
            ask_which(turn, traits.name, shown)
            return
    changes = traits and (traits.needs_present or traits.topic == DONE) and not traits.only_looks
    case = turn.load() if changes else None
    if traits and case and _comes_too_late(turn, traits, case):
        turn.advance(Outdated("sent_before", f"/{traits.name}"))
    else:
        _run(turn, command.name, command.rest)


def _run(turn: Turn, name: str, rest: str) -> None:
    """Run a command; a look-up of a line of a patient says that no case has it."""
    if name.casefold() == BY_A_LINE and turn.access.sees_cases(turn.incoming.who):
        say_only_looked_up(turn, rest)
    run(turn, name, rest)


def _comes_too_late(turn: Turn, traits: Traits, case: StoredCase) -> bool:
    said = turn.said_at
    overtaken = traits.needs_present and comes_too_late(case, said, turn.now, traits.name)
    return overtaken or is_older(case, said, turn.now)
