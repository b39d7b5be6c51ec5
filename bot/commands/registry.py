"""The commands: one row each, the source of /help, the Telegram menu and the README table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from typing import Final, Literal

from bot.commands import cases, notes, preferences, privacy, sources, undo, version, why
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

    `takes` is what may be typed after the name, in brackets if optional. `handle` is None if only
    the terminal handles the command. A command that `only_looks` leaves a chat on its own case when
    it is tapped in another case's message; one that `needs_present` works only from a button of the
    newest version of the case. `in_group` commands are answered in a group; `menu` names the chats
    whose Telegram menu lists it.
    """

    name: str
    handle: Handler | None
    group: str
    does: str
    takes: str = ""
    only_looks: bool = False
    needs_present: bool = False
    in_group: bool = False
    menu: tuple[Scope, ...] = ()

    @property
    def typed(self) -> str:
        """Return the command as it is typed, such as "/edit [N]"."""
        return f"/{self.name} {self.takes}".rstrip()


def _look_up(topic: str, name: str = "") -> Handler:
    """Load a look-up on first use, so that start-up does not pay for it."""

    def handle(turn: Turn, rest: str) -> None:
        getattr(import_module(f"bot.lookup.{topic}"), name or topic.rpartition(".")[2])(turn, rest)

    return handle


def _help(turn: Turn, _: str) -> None:
    turn.screens.append(draw_help(terminal=not turn.touch))


_TABLE: Final = (
    Traits("start", cases.start, BEGIN, "what this is; continue or start a case", in_group=True),
    Traits(
        "triage", cases.triage, BEGIN, "start a new case", in_group=True, menu=("private", "group")
    ),
    Traits(
        "mri", _look_up("mri.mri"), LOOK_UP, "how soon an MRI, by presentation", "[WORDS]",
        menu=("private",),
    ),
    Traits(
        "drug", _look_up("drugs.drug"), LOOK_UP, "a drug on haemodialysis, by name or brand",
        "[NAME]", menu=("private",),
    ),
    Traits(
        "ask", _look_up("search.ask"), LOOK_UP, "search the stored passages, or list the chapters",
        "[WORDS]", menu=("private",),
    ),
    Traits(
        "sins", _look_up("scores.sins"), LOOK_UP, "SINS of one lesion, in six taps", "[ITEMS]",
        menu=("private",),
    ),
    Traits(
        "escc", _look_up("scores.escc"), LOOK_UP, "what each ESCC (Bilsky) grade means", "[GRADE]"
    ),
    Traits(
        "tokuhashi", _look_up("scores.tokuhashi"), LOOK_UP, "revised Tokuhashi, in six taps",
        "[ITEMS]",
    ),
    Traits(
        "asia", _look_up("scores.scales", "asia"), LOOK_UP, "ASIA and Frankel, ECOG, Karnofsky",
        "[GRADE]",
    ),
    Traits(
        "calcium", _look_up("scores.calcium"), LOOK_UP, "adjusted calcium, such as 1.98 30",
        "[CA ALB]",
    ),
    Traits(
        "cases", cases.cases, CASE, "cases that are open or were recently closed",
        menu=("private",),
    ),
    Traits("resume", cases.resume, CASE, "continue a case, such as /resume KES-42", "CODE"),
    Traits("look", cases.look, CASE, "where this case stands"),
    Traits("card", cases.card, CASE, "show the card again", only_looks=True, menu=("private",)),
    Traits(
        "plan", cases.plan, CASE, "the plan, section by section", "[N|all]", only_looks=True
    ),
    Traits("back", cases.back, CASE, "go back one question", needs_present=True),
    Traits("edit", cases.edit, CASE, "list the answers, or change number N", "[N]"),
    Traits("define", cases.define, CASE, "what this question's options mean"),
    Traits(
        "earlier", cases.earlier, CASE, "suspected earlier: moves all deadlines", "[TIME]"
    ),
    Traits("requested", notes.requested, DONE, "the MRI has been requested"),
    Traits("scanned", notes.scanned, DONE, "the MRI is done: continue with the images"),
    Traits("given", notes.given, DONE, "the steroid has been given"),
    Traits("called", notes.called, DONE, "whom you called, such as surgeon", "[WHOM]"),
    Traits("begun", notes.begun, DONE, "treatment has begun"),
    Traits("newsigns", notes.new_signs, DONE, "add new signs to those ticked"),
    Traits(
        "correct", notes.correct, DONE, "correct the cord signs, when asked", "SIGNS",
        needs_present=True,
    ),
    Traits("snooze", notes.snooze, DONE, "repeat the reminder in 30 minutes", only_looks=True),
    Traits(
        "undo", undo.undo, DONE, "take back the last note or answer, or the last of a kind",
        "[WHAT]", needs_present=True,
    ),
    Traits("sbar", notes.sbar, DONE, "the hand-over text, to copy", only_looks=True),
    Traits("outcome", notes.outcome, DONE, "close this case and say how it ended"),
    Traits("close", notes.close, DONE, "close this case", "[OUTCOME]", needs_present=True),
    Traits("cancel", cases.cancel, DONE, "close this case, after one confirmation"),
    Traits(
        "why", why.why, REASONS, "a rule, its answers and sources, such as /why D1", "[RULE]",
        only_looks=True, menu=("private",),
    ),
    Traits(
        "sources", sources.sources, REASONS, "the sources by topic, or one of them", "[ID]",
        only_looks=True,
    ),
    Traits("version", version.version, REASONS, "the version of the rules, and their review"),
    Traits(
        "settings", preferences.settings, CORDCALL, "your role and time zone", menu=("private",)
    ),
    Traits("help", _help, CORDCALL, "this list", in_group=True, menu=("private", "group")),
    Traits("privacy", privacy.privacy, CORDCALL, "what is kept, and for how long"),
    Traits("quit", None, CORDCALL, "leave the terminal; the case is kept"),
)  # fmt: skip
COMMANDS: Final[Mapping[str, Traits]] = {each.name: each for each in _TABLE}


def run(turn: Turn, name: str, rest: str) -> None:
    """Run a command by its name, or list the commands."""
    command = COMMANDS.get(name.casefold())
    if command and command.handle:
        if rest.strip() and command.group == DONE and not (command.takes or command.only_looks):
            turn.say(f"/{command.name} takes nothing after it, no time either. Nothing was noted.")
            return
        command.handle(turn, rest.strip())
        return
    allowed = ", ".join(f"/{each.name}" for each in COMMANDS.values() if each.handle)
    turn.say(f"/{name[:20]}: no such command; allowed: {allowed}")


def in_menu(scope: Scope) -> tuple[Traits, ...]:
    """Return the commands of a Telegram menu, in order."""
    return tuple(each for each in COMMANDS.values() if scope in each.menu)


def by_group(*, terminal: bool = True) -> Iterator[tuple[str, list[Traits]]]:
    """Yield every command by group; outside the terminal without the terminal-only ones."""
    offered = (each for each in COMMANDS.values() if terminal or each.handle)
    for group, commands in groupby(offered, lambda each: each.group):
        yield group, list(commands)


def draw_help(*, terminal: bool) -> Screen:
    """Explain how to answer, and every command."""
    blocks = [text(words("fixed")["how_to_answer"])]
    for group, commands in by_group(terminal=terminal):
        blocks.append(text(*(f"{each.typed} – {each.does}" for each in commands), heading=group))
    return Screen("info", "CordCall", tuple(blocks))
