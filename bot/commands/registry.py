"""The commands: what each does in a turn, and the line that explains it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Final

from bot.commands import notes, preferences, sources, version, why
from bot.conversation.events import (
    AskedForCard,
    AskedForPlan,
    AskedWhatItMeans,
    Edited,
    Looked,
    SuspectedEarlier,
    WentBack,
)
from bot.logic.case_input import quoted
from bot.screens.notices import words
from bot.screens.screen import Button, Screen, text
from bot.turn import Turn

CLOSED_LATELY: Final = timedelta(days=1)
MOST_LISTED: Final = 20


def start(turn: Turn, _: str) -> None:
    """Say what this is; with an open case offer to go on with it."""
    turn.say(words("fixed")["welcome"].strip())
    case = turn.load()
    if case is None or not case.is_under_way:
        turn.begin()
        return
    described = f"{turn.describe(case)}."
    turn.case = None
    turn.say(
        described,
        (Button(f"Go on {case.code}", f"resume {case.code}", style="primary"),),
        (Button("New case", "triage"),),
    )


def triage(turn: Turn, _: str) -> None:
    turn.begin()


def look(turn: Turn, _: str) -> None:
    """Show where the chat's case stands, or begin one."""
    case = turn.load()
    if case is None or not case.is_under_way:
        turn.begin()
    else:
        turn.advance(Looked())


def cases(turn: Turn, _: str) -> None:
    """List the cases that are not closed, or were closed lately."""
    listed = turn.store.cases.listed(turn.chat, turn.now - CLOSED_LATELY)[:MOST_LISTED]
    active = turn.load()
    lines = []
    for case in listed:
        here = " (this one)" if active and active.code == case.code else ""
        lines.append(f"{turn.describe(case)}{here}")
    rows = tuple(
        (Button(f"Go on {case.code}", f"resume {case.code}", typed=f"/resume {case.code}"),)
        for case in listed
    )
    turn.case = None
    blocks = (text(*(lines or ["None is open."]), look="list"),)
    turn.screens.append(Screen("notice", "Cases", blocks, rows))


def resume(turn: Turn, code: str) -> None:
    """Take up a case of this chat by its code."""
    case = turn.store.cases.find(code.upper())
    if case is None or case.chat != turn.chat:
        given = quoted(code[:20]) if code else "(nothing)"
        turn.say(f"{given}: no such case; allowed: a code that /cases lists")
        return
    turn.take_up(case)
    turn.advance(Looked())


def earlier(turn: Turn, time: str) -> None:
    """Ask since when it is suspected, or take the time that came with the command."""
    turn.load()
    turn.advance(SuspectedEarlier(time))


def cancel(turn: Turn, _: str) -> None:
    """Ask once before a case is closed."""
    case = turn.load()
    if case is None:
        turn.say(words("fixed")["no_case"])
        return
    turn.say(
        f"Close {case.code}? Its answers are kept.",
        (Button("Yes, close it", "close", typed="/close", style="danger"),),
        (Button("No, go on", "look", typed="/card"),),
    )


def explain(turn: Turn, _: str) -> None:
    turn.say(help_text())


def privacy(turn: Turn, _: str) -> None:
    days = turn.setting.retention_days
    turn.say(words("fixed")["privacy"].format(days=days).strip())


def _on_case(event: Callable[[str], object]) -> "Handler":
    def handle(turn: Turn, rest: str) -> None:
        turn.load()
        turn.advance(event(rest))  # type: ignore[arg-type]

    return handle


def _look_up(topic: str, name: str = "") -> "Handler":
    """Load a look-up when it is first asked for: the start need not pay for it."""

    def handle(turn: Turn, rest: str) -> None:
        getattr(import_module(f"bot.lookup.{topic}"), name or topic.rpartition(".")[2])(turn, rest)

    return handle


Handler = Callable[[Turn, str], None]


@dataclass(frozen=True, slots=True)
class Described:
    """A command's handler, how it is typed, and what it does in a few words."""

    handle: Handler
    typed: str
    does: str


COMMANDS: Final[Mapping[str, Described]] = {
    "start": Described(start, "/start", "what this is; go on, or begin"),
    "look": Described(look, "/look", "where this case stands"),
    "triage": Described(triage, "/triage", "a new case"),
    "cases": Described(cases, "/cases", "the cases that are open, or were closed lately"),
    "resume": Described(resume, "/resume CODE", "go on with one, such as /resume KES-42"),
    "back": Described(_on_case(lambda _: WentBack()), "/back", "the question before"),
    "edit": Described(_on_case(Edited), "/edit [N]", "every answer, or change number N"),
    "earlier": Described(earlier, "/earlier", "suspected earlier: moves all deadlines"),
    "define": Described(
        _on_case(lambda _: AskedWhatItMeans()), "/define", "what this question's options mean"
    ),
    "card": Described(_on_case(lambda _: AskedForCard()), "/card", "the card again"),
    "plan": Described(_on_case(AskedForPlan), "/plan [N|all]", "the plan, section by section"),
    "mri": Described(_look_up("mri.mri"), "/mri [WORDS]", "how fast an MRI, by presentation"),
    "sins": Described(_look_up("scores.sins"), "/sins [ITEMS]", "SINS of one lesion, in six taps"),
    "escc": Described(
        _look_up("scores.escc"), "/escc [GRADE]", "what each ESCC (Bilsky) grade means"
    ),
    "tokuhashi": Described(
        _look_up("scores.tokuhashi"), "/tokuhashi [ITEMS]", "revised Tokuhashi, in six taps"
    ),
    "asia": Described(
        _look_up("scores.scales", "asia"), "/asia [GRADE]", "ASIA and Frankel, ECOG, Karnofsky"
    ),
    "calcium": Described(
        _look_up("scores.calcium"), "/calcium [CA ALB]", "adjusted calcium, such as 1.98 30"
    ),
    "drug": Described(
        _look_up("drugs.drug"), "/drug [NAME]", "a drug on haemodialysis, by name or brand"
    ),
    "ask": Described(
        _look_up("search.ask"), "/ask [WORDS]", "what is stored about it, or the chapters"
    ),
    "requested": Described(notes.requested, "/requested", "the MRI is requested"),
    "scanned": Described(notes.scanned, "/scanned", "the MRI is done: on to its images"),
    "given": Described(notes.given, "/given", "the steroid is given"),
    "called": Described(notes.called, "/called [WHOM]", "whom you called, such as surgeon"),
    "newsigns": Described(notes.new_signs, "/newsigns", "new signs, with the ticks so far"),
    "correct": Described(
        notes.correct, "/correct SIGNS", "cord signs corrected, when you are asked"
    ),
    "begun": Described(notes.begun, "/begun", "treatment has begun"),
    "sbar": Described(notes.sbar, "/sbar", "the hand-over text, to copy"),
    "snooze": Described(notes.snooze, "/snooze", "the reminder again in 30 minutes"),
    "outcome": Described(notes.outcome, "/outcome", "close this case, asked how it ended"),
    "close": Described(notes.close, "/close [OUTCOME]", "close this case"),
    "cancel": Described(cancel, "/cancel", "close this case, asked once"),
    "settings": Described(preferences.settings, "/settings", "your role and time zone"),
    "why": Described(why.why, "/why [RULE]", "the rule, its answers and sources, such as /why D1"),
    "sources": Described(sources.sources, "/sources [ID]", "the sources by topic, or one of them"),
    "version": Described(version.version, "/version", "which rules these are, and their review"),
    "help": Described(explain, "/help", "this"),
    "privacy": Described(privacy, "/privacy", "what is kept, and for how long"),
}


def help_text() -> str:
    """Explain how to answer, and every command."""
    lines = [words("fixed")["how_to_answer"]]
    lines += [f"{command.typed} – {command.does}" for command in COMMANDS.values()]
    return "\n".join(lines)
