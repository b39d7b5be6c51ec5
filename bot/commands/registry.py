"""The commands: one row each, the source of /help, the Telegram menu and the README table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from itertools import groupby
from typing import Final, Literal

from bot.commands import (
    cases,
    notes,
    preferences,
    privacy,
    sources,
    takeover,
    undo,
    version,
    why,
)
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.turn import Turn

Handler = Callable[[Turn, str], None]
Scope = Literal["private", "group"]

BEGIN: Final = "Start"
LOOK_UP: Final = "Look up, with or without a case"
CASE: Final = "In a case"
DONE: Final = "What was done, and what follows"
REASONS: Final = "Reasons and sources"
CORDCALL: Final = "About CordCall"


@dataclass(frozen=True, slots=True)
class Traits:
    """One command: what it does, how it is typed, and the rules for using it.

    `takes` is what may be typed after the name, in brackets if optional, such as `example`.
    `handle` is None if only the terminal handles the command. A command that `only_looks` leaves
    a chat on its own case when it is tapped in another case's message; one that `needs_present`
    works only from a button of the newest version of the case. `in_group` commands are answered
    in a group.
    """

    name: str
    handle: Handler | None
    group: str
    does: str
    takes: str = ""
    example: str = ""
    only_looks: bool = False
    needs_present: bool = False
    in_group: bool = False

    @property
    def typed(self) -> str:
        """Return the command as it is typed, such as "/edit [N]"."""
        return f"/{self.name} {self.takes}".rstrip()


def _look_up(topic: str, name: str = "") -> Handler:
    """Load a look-up on first use, so that start-up does not pay for it."""

    def handle(turn: Turn, rest: str) -> None:
        getattr(import_module(f"bot.lookup.{topic}"), name or topic.rpartition(".")[2])(turn, rest)

    return handle


def _help(turn: Turn, name: str) -> None:
    terminal = not turn.touch
    if not name:
        turn.screens.append(draw_help(terminal=terminal))
        return
    command = COMMANDS.get(name.removeprefix("/").casefold())
    if command and (terminal or command.handle):
        turn.screens.append(_draw_command(command))
    else:
        turn.say(_say_nearest(name.removeprefix("/")))


_TABLE: Final = (
    Traits("start", cases.start, BEGIN, "what this is; continue or start a case", in_group=True),
    Traits(
        "triage", cases.triage, BEGIN, "start a new case", in_group=True
    ),
    Traits(
        "mri", _look_up("mri.mri"), LOOK_UP, "how soon an MRI, by presentation", "[WORDS]",
        "foot drop 3 days",
    ),
    Traits(
        "drug", _look_up("drugs.drug"), LOOK_UP, "a drug on haemodialysis, by name or brand",
        "[NAME]", "prolia",
    ),
    Traits(
        "ask", _look_up("search.ask"), LOOK_UP, "search the stored passages, or list the chapters",
        "[WORDS]", "steroid dose",
    ),
    Traits(
        "sins", _look_up("scores.sins"), LOOK_UP, "SINS of one lesion, in six taps", "[ITEMS]",
        "T11 mechanical lytic",
    ),
    Traits(
        "escc", _look_up("scores.escc"), LOOK_UP, "what each ESCC (Bilsky) grade means",
        "[GRADE]", "1b",
    ),
    Traits(
        "tokuhashi", _look_up("scores.tokuhashi"), LOOK_UP, "revised Tokuhashi, in six taps",
        "[ITEMS]", "70 0 1 none",
    ),
    Traits(
        "asia", _look_up("scores.scales", "asia"), LOOK_UP, "ASIA and Frankel, ECOG, Karnofsky",
        "[GRADE]", "D",
    ),
    Traits(
        "calcium", _look_up("scores.calcium"), LOOK_UP,
        "adjusted calcium, from calcium and albumin", "[CA ALB]", "1.98 30",
    ),
    Traits(
        "cases", cases.cases, CASE, "cases that are open or were recently closed",
    ),
    Traits("resume", cases.resume, CASE, "continue a case", "CODE", "KES-42"),
    Traits(
        "takeover", takeover.takeover, CASE, "take over a case that nobody sees any more", "[CODE]",
        "KES-42",
    ),
    Traits("look", cases.look, CASE, "go on with this case, or start one"),
    Traits("card", cases.card, CASE, "where this case stands, and what to do", only_looks=True),
    Traits(
        "plan", cases.plan, CASE, "the plan, section by section", "[N|all]", "all", only_looks=True
    ),
    Traits("more", cases.more, CASE, "what else can be done in this case", only_looks=True),
    Traits("continue", cases.go_on, CASE, "go on with the question that is open"),
    Traits("back", cases.back, CASE, "go back one question", needs_present=True),
    Traits("edit", cases.edit, CASE, "list the answers, or change number N", "[N]", "3"),
    Traits("define", cases.define, CASE, "what this question's options mean"),
    Traits(
        "earlier", cases.earlier, CASE, "suspected earlier: moves all deadlines", "[TIME]",
        "2 h before",
    ),
    Traits("requested", notes.requested, DONE, "the MRI has been requested"),
    Traits("scanned", notes.scanned, DONE, "the MRI is done: continue with the images"),
    Traits("given", notes.given, DONE, "the steroid has been given"),
    Traits("called", notes.called, DONE, "whom you called", "[WHOM]", "surgeon"),
    Traits("begun", notes.begun, DONE, "treatment has begun"),
    Traits("newsigns", notes.new_signs, DONE, "add new signs to those ticked"),
    Traits(
        "correct", notes.correct, DONE, "correct the cord signs, when asked", "SIGNS", "gait",
        needs_present=True,
    ),
    Traits("snooze", notes.snooze, DONE, "repeat the reminder in 30 minutes", only_looks=True),
    Traits(
        "undo", undo.undo, DONE, "take back the last note or answer, or the last of a kind",
        "[WHAT]", "given", needs_present=True,
    ),
    Traits("sbar", notes.sbar, DONE, "the hand-over text, to copy", only_looks=True),
    Traits("outcome", notes.outcome, DONE, "close this case and say how it ended"),
    Traits(
        "close", notes.close, DONE, "close this case", "[OUTCOME]", "transferred",
        needs_present=True,
    ),
    Traits("cancel", cases.cancel, DONE, "close this case, after one confirmation"),
    Traits(
        "why", why.why, REASONS, "a rule, its answers and sources", "[RULE]", "D1",
        only_looks=True,
    ),
    Traits(
        "sources", sources.sources, REASONS, "the sources by topic, or one of them", "[ID]", "R02",
        only_looks=True,
    ),
    Traits("version", version.version, REASONS, "the version of the rules, and their review"),
    Traits(
        "settings", preferences.settings, CORDCALL, "your role and time zone"
    ),
    Traits(
        "help", _help, CORDCALL, "the commands, or what one of them does", "[NAME]", "plan",
        in_group=True,
    ),
    Traits("privacy", privacy.privacy, CORDCALL, "what is kept, and for how long"),
    Traits("quit", None, CORDCALL, "leave the terminal; the case is kept"),
)  # fmt: skip
COMMANDS: Final[Mapping[str, Traits]] = {each.name: each for each in _TABLE}
MENUS: Final[Mapping[Scope, tuple[str, ...]]] = {
    "private": (
        "triage", "card", "plan", "sbar", "mri", "drug", "sins", "ask", "cases", "help",
    ),
    "group": ("triage", "help"),
}  # fmt: skip
"""Telegram's menu lists what is wanted while no button offers it: first a new patient and where
this one stands, then the look-ups. Notes and settings are buttons of the case."""
NEAREST: Final = 3


def run(turn: Turn, name: str, rest: str) -> None:
    """Run a command by its name; name the nearest ones if there is no such command."""
    command = COMMANDS.get(name.casefold())
    if command and command.handle:
        if rest.strip() and command.group == DONE and not (command.takes or command.only_looks):
            turn.say(f"/{command.name} takes nothing after it, no time either. Nothing was noted.")
            return
        command.handle(turn, rest.strip())
        return
    turn.say(_say_nearest(name))


def _say_nearest(name: str) -> str:
    """Name the commands most like a mistyped one, the likest first, without repeating it."""
    names = [each.name for each in COMMANDS.values() if each.handle]
    nearest = get_close_matches(name.casefold(), names, NEAREST, cutoff=0)
    named = ", ".join(f"/{each}" for each in nearest)
    return f"No such command; nearest: {named}. /help lists all."


def in_menu(scope: Scope) -> tuple[Traits, ...]:
    """Return the commands of a Telegram menu, in order."""
    return tuple(COMMANDS[name] for name in MENUS[scope])


def by_group(*, terminal: bool = True) -> Iterator[tuple[str, list[Traits]]]:
    """Yield every command by group; outside the terminal without the terminal-only ones."""
    offered = (each for each in COMMANDS.values() if terminal or each.handle)
    for group, commands in groupby(offered, lambda each: each.group):
        yield group, list(commands)


def draw_help(*, terminal: bool) -> Screen:
    """Explain how to answer, and name every command, one line a group."""
    lines = (
        f"{group}: {' '.join(f'/{each.name}' for each in commands)}"
        for group, commands in by_group(terminal=terminal)
    )
    how = words("fixed" if terminal else "by_tap")["how_to_answer"]
    one = words("fixed")["help_of_one"]
    return Screen("info", "CordCall", (text(how), text(*lines), text(one, look="help")))


def _draw_command(command: Traits) -> Screen:
    """Say what one command does, and what may be typed after it."""
    does = f"{command.does[:1].upper()}{command.does[1:]}."
    kind = "nothing" if not command.takes else "optional" if "[" in command.takes else "required"
    takes = words("takes")[kind].format(
        takes=command.takes, example=f"/{command.name} {command.example}"
    )
    return Screen("info", command.typed, (text(does, takes),))
