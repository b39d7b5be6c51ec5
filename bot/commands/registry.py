"""The commands: one row each, the source of /help, the Telegram menu and the README table."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import groupby
from typing import Final

from bot.access import Right
from bot.commands import (
    asking,
    board,
    cases,
    exporting,
    forgetting,
    invitations,
    lines,
    members,
    notes,
    out_of_use,
    overriding,
    preferences,
    privacy,
    sources,
    starting,
    takeover,
    undo,
    version,
    why,
)
from bot.commands.in_groups import IN_GROUPS
from bot.commands.look_ups import LOOK_UPS
from bot.commands.traits import (
    BEGIN,
    CASE,
    CORDCALL,
    DONE,
    REASONS,
    Scope,
    Traits,
)
from bot.screens.notices import words
from bot.screens.people import about, say_role
from bot.screens.screen import Screen, text
from bot.screens.team import WORDS as GROUP_WORDS
from bot.turn import Turn


def _help(turn: Turn, name: str) -> None:
    terminal = not turn.touch
    if not name:
        right = turn.access.right_of(turn.incoming.who)
        turn.screens.append(draw_help(terminal=terminal, in_group=turn.in_group, right=right))
        return
    command = COMMANDS.get(name.removeprefix("/").casefold())
    if command and (terminal or command.handle):
        turn.screens.append(_draw_command(command))
    else:
        turn.say(_say_nearest(name.removeprefix("/")))


_TABLE: Final = (
    Traits(
        "start", starting.start, BEGIN, "what this is; continue or start a case", in_group=True,
        right=Right.NOBODY,
    ),
    Traits(
        "triage", cases.triage, BEGIN, "start a new case; a line after it is read",
        "[LINE]", "67M prostate, legs weak 2/7, HD, apixaban", in_group=True,
    ),
    *LOOK_UPS,
    Traits(
        "cases", cases.cases, CASE, "cases that are open or were recently closed",
    ),
    Traits(
        "board", board.board, CASE, "all open cases by deadline, on one message kept up to date",
        in_group=True,
    ),
    Traits("resume", cases.resume, CASE, "continue a case", "CODE", "KES-42"),
    Traits(
        "takeover", takeover.takeover, CASE, "take over an unattended case", "[CODE]",
        "KES-42",
    ),
    Traits(
        "sendto", asking.send_to, CASE, "ask a colleague of the group one question of your case",
        "[NAME]", "bob", only_looks=True,
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
    Traits(
        "line", lines.line, CASE, "use, change or cancel what was read from a line",
        "[use|change|out N|in N|cancel] [CODE]", "use",
    ),
    Traits("define", cases.define, CASE, "what this question's options mean"),
    Traits(
        "earlier", cases.earlier, CASE, "suspected earlier: moves all deadlines", "[TIME]",
        "2 h before",
    ),
    *IN_GROUPS,
    Traits("requested", notes.requested, DONE, "the MRI has been requested"),
    Traits("scanned", notes.scanned, DONE, "the MRI is done: continue with the images"),
    Traits("given", notes.given, DONE, "the steroid has been given"),
    Traits("called", notes.called, DONE, "whom you called", "[WHOM]", "surgeon"),
    Traits("begun", notes.begun, DONE, "treatment has begun"),
    Traits(
        "differs", overriding.differs, DONE, "what differs from the plan, and why",
        "[WHAT WHY]", "steroid contraindication",
    ),
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
    Traits(
        "export", exporting.export, DONE, "the hand-over as a file: page, picture, data, calendar",
        "[KIND]", "page", only_looks=True,
    ),
    Traits("outcome", notes.outcome, DONE, "close this case and say how it ended"),
    Traits(
        "close", notes.close, DONE, "close this case", "[OUTCOME]", "transferred",
        needs_present=True,
    ),
    Traits("cancel", cases.cancel, DONE, "close this case, after one confirmation"),
    Traits(
        "why", why.why, REASONS, "a rule, its answers and sources", "[RULE]", "D1",
        only_looks=True, right=Right.VIEWER,
    ),
    Traits(
        "sources", sources.sources, REASONS, "the sources by topic, or one of them", "[ID]", "R02",
        only_looks=True, right=Right.VIEWER,
    ),
    Traits(
        "version", version.version, REASONS, "the version of the rules, and their review",
        right=Right.VIEWER,
    ),
    Traits(
        "settings", preferences.settings, CORDCALL, "your role and time zone", right=Right.VIEWER,
    ),
    Traits(
        "help", _help, CORDCALL, "the commands, or what one of them does", "[NAME]", "plan",
        in_group=True, right=Right.VIEWER,
    ),
    Traits(
        "invite", invitations.invite, CORDCALL, "let somebody in, by a link and its picture",
        "[ROLE] [COUNT] [@NAME]", "clinician 3",
        works_out_of_use=True, right=Right.ADMIN,
    ),
    Traits(
        "members", members.members, CORDCALL, "who may use this; roles, and removing somebody",
        "[ID]", "1234567", works_out_of_use=True, right=Right.ADMIN,
    ),
    Traits(
        "privacy", privacy.privacy, CORDCALL, "what is kept, and for how long",
        works_out_of_use=True, right=Right.VIEWER,
    ),
    Traits(
        "mydata", forgetting.mydata, CORDCALL, "what is stored of you, as a file",
        works_out_of_use=True, right=Right.VIEWER,
    ),
    Traits(
        "forget", forgetting.forget, CORDCALL, "erase what is stored of you, when confirmed",
        "[yes]", "yes", works_out_of_use=True, right=Right.VIEWER,
    ),
    Traits(
        "outofuse", out_of_use.out_of_use, CORDCALL, "take CordCall out of use", "REASON",
        "the deadlines are wrong", works_out_of_use=True, right=Right.OWNER,
    ),
    Traits(
        "inuse", out_of_use.in_use, CORDCALL, "put CordCall back in use",
        works_out_of_use=True, right=Right.OWNER,
    ),
    Traits("quit", None, CORDCALL, "leave the terminal; the case is kept"),
)  # fmt: skip
COMMANDS: Final[Mapping[str, Traits]] = {each.name: each for each in _TABLE}
MENUS: Final[Mapping[Scope, tuple[str, ...]]] = {
    "private": (
        "triage", "card", "plan", "sbar", "mri", "drug", "sins", "ask", "cases", "help",
    ),
    "group": ("triage", "board", "help"),
}  # fmt: skip
"""Telegram's menu lists what is wanted while no button offers it: first a new patient and where
this one stands, then the look-ups. Notes and settings are buttons of the case."""
NEAREST: Final = 3


def run(turn: Turn, name: str, rest: str) -> None:
    """Run a command by its name; name the nearest ones if there is no such command."""
    command = COMMANDS.get(name.casefold())
    if command and command.handle:
        if lacks(turn, command.right):
            return
        if rest.strip() and command.topic == DONE and not (command.takes or command.only_looks):
            turn.say(words("fixed")["on_its_own"].format(command=command.name))
            return
        command.handle(turn, rest.strip())
        return
    turn.say(_say_nearest(name))


def lacks(turn: Turn, needed: Right) -> bool:
    """Return whether the person who acts lacks a right, and say so; a stranger is told nothing."""
    right = turn.access.right_of(turn.incoming.who)
    if right < needed and right is not Right.NOBODY:
        turn.note_action("refused")
        viewer = (right, needed) == (Right.VIEWER, Right.CLINICIAN)
        why = "only_owners" if needed is Right.OWNER else "not_yours"
        said = about("access")["looks_up_only" if viewer else why]
        named = say_role(needed.name.casefold()), say_role(right.name.casefold())
        turn.say(said.format(needed=named[0], role=named[1]))
    return right < needed


def _say_nearest(name: str) -> str:
    """Name the commands most like a mistyped one, the likest first, without repeating it."""
    names = [each.name for each in COMMANDS.values() if each.handle]
    nearest = get_close_matches(name.casefold(), names, NEAREST, cutoff=0)
    named = ", ".join(f"/{each}" for each in nearest)
    return f"No such command; nearest: {named}. /help lists all."


def in_menu(scope: Scope) -> tuple[Traits, ...]:
    """Return the commands of a Telegram menu, in order."""
    return tuple(COMMANDS[name] for name in MENUS[scope])


def by_topic(
    *, terminal: bool = True, in_group: bool = False, right: Right = Right.OWNER
) -> Iterator[tuple[str, list[Traits]]]:
    """Yield every command that a right allows, by topic; `terminal` with its own ones.

    With `in_group` only those that a group takes.
    """
    allowed = (each for each in COMMANDS.values() if each.right <= right)
    here = (each for each in allowed if each.in_group or not (in_group and each.handle))
    offered = (each for each in here if terminal or each.handle)
    for topic, commands in groupby(offered, lambda each: each.topic):
        yield topic, list(commands)


def draw_help(*, terminal: bool, in_group: bool = False, right: Right = Right.OWNER) -> Screen:
    """Explain how to answer or look up, and name the commands that a right allows, by topic."""
    lines = (
        f"{topic}: {' '.join(f'/{each.name}' for each in commands)}"
        for topic, commands in by_topic(terminal=terminal, in_group=in_group, right=right)
    )
    how = words("fixed" if terminal else "by_tap")["how_to_answer"]
    if right < Right.CLINICIAN:
        how = about("access")["viewer_help"]
    elif in_group and not terminal:
        how = words("help", GROUP_WORDS)["how"]
    rest = [words("help", GROUP_WORDS)["rest"]] if in_group else []
    one = words("fixed")["help_of_one"]
    return Screen("info", "CordCall", (text(how), text(*lines, *rest), text(one, look="help")))


def _draw_command(command: Traits) -> Screen:
    """Say what one command does, and what may be typed after it."""
    does = f"{command.does[:1].upper()}{command.does[1:]}."
    kind = "nothing" if not command.takes else "optional" if "[" in command.takes else "required"
    takes = words("takes")[kind].format(
        takes=command.takes, example=f"/{command.name} {command.example}"
    )
    return Screen("info", command.typed, (text(does, takes),))
