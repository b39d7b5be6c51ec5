"""Who may import whom; a module without a row here fails."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((*(ROOT / "bot").rglob("*.py"), *(ROOT / "state").rglob("*.py")))
MAY_IMPORT = {
    "bot.logic": {"bot.logic"},
    "bot.flows": {"bot.flows", "bot.logic", "bot.moments"},
    "state": {"state"},
    "bot.machine": {"bot.flows", "bot.logic"},
    "bot.events": {"state.records"},
    "bot.screens": set[str](),
    "bot.moments": set[str](),
    "bot.words": {"bot.logic", "bot.moments"},
    "bot.shows": {"state.records"},
    "bot.sections": {"bot.logic"},
    "bot.first_steps": {"bot.logic"},
    "bot.standing": {"bot.first_steps", "bot.flows", "bot.logic", "bot.machine"},
    "bot.news": {"bot.logic", "bot.shows", "bot.standing", "state.records"},
    "bot.timeline": {"bot.flows", "bot.logic", "bot.shows", "bot.standing", "state.records"},
    "bot.entries": {"bot.flows", "bot.timeline", "bot.view", "state.records"},
    "bot.reminders": {"bot.standing", "state.records"},
    "bot.reminder_card": {
        "bot.card", "bot.entries", "bot.reminders", "bot.screens", "bot.view", "state.records",
    },
    "bot.sbar": {
        "bot.card", "bot.entries", "bot.flows", "bot.logic", "bot.moments", "bot.screens",
        "bot.view",
    },
    "bot.aftercare": {
        "bot.entries", "bot.events", "bot.logic", "bot.reminders", "bot.sbar", "bot.screens",
        "bot.shows",
        "bot.timeline", "bot.turn", "bot.view", "state.records",
    },
    "bot.memory": {"bot.flows", "bot.logic", "bot.machine", "state.records"},
    "bot.contents": {"bot.flows", "bot.sections", "bot.shows", "bot.standing"},
    "bot.retyped": {"bot.flows", "state.records"},
    "bot.engine": {
        "bot.contents", "bot.memory", "bot.retyped", "bot.timeline",
        "bot.events", "bot.flows", "bot.logic", "bot.machine", "bot.moments", "bot.news",
        "bot.sections", "bot.standing",
        "bot.shows", "state.records",
    },
    "bot.view": {"bot.flows", "bot.logic", "bot.moments", "bot.standing", "state.records"},
    "bot.card": {
        "bot.entries", "bot.timeline",
        "bot.first_steps", "bot.flows", "bot.logic", "bot.moments", "bot.screens", "bot.view",
        "bot.words",
    },
    "bot.plan": {"bot.flows", "bot.logic", "bot.screens", "bot.sections", "bot.view", "bot.words"},
    "bot.render": {
        "bot.entries", "bot.timeline",
        "bot.card", "bot.flows", "bot.logic", "bot.moments", "bot.plan", "bot.retyped", "bot.roles",
        "bot.screens", "bot.shows", "bot.view",
        "bot.words",
    },
    "bot.turn": {
        "bot.entries", "bot.reminders",
        "bot.engine", "bot.events", "bot.logic", "bot.moments", "bot.render", "bot.screens",
        "bot.shows", "bot.view", "bot.zones", "state",
    },
    "bot.ruleset": {"bot.__version__", "bot.logic", "bot.words"},
    "bot.why": {
        "bot.because", "bot.flows", "bot.logic", "bot.machine", "bot.moments", "bot.screens",
        "bot.turn", "bot.view", "bot.words",
    },
    "bot.citing": {"bot.logic", "bot.screens", "bot.turn", "bot.view", "bot.why", "bot.words"},
    "bot.about": {"bot.ruleset", "bot.turn"},
    "bot.roles": set[str](),
    "bot.zones": set[str](),
    "bot.reader": {"bot.logic", "bot.roles", "bot.screens", "bot.turn", "bot.view", "bot.zones"},
    "bot.because": {"bot.logic", "bot.words"},
    "bot.commands": {
        "bot.about", "bot.aftercare", "bot.citing", "bot.lookup", "bot.reader", "bot.why",
        "bot.events", "bot.flows", "bot.logic", "bot.screens", "bot.turn", "bot.view",
    },
    "bot.lookup": {
        "bot.because", "bot.card", "bot.events", "bot.flows", "bot.logic", "bot.lookup",
        "bot.machine", "bot.moments", "bot.plan", "bot.screens", "bot.turn", "bot.view",
        "bot.words", "state.records",
    },
    "bot.refusals": set[str](),
    "bot.going_on": {"bot.shows", "bot.turn"},
    "bot.renewal": {"bot.engine", "bot.reminders", "state"},
    "bot.service": {
        "bot.going_on", "bot.refusals", "bot.renewal", "bot.reminder_card", "bot.reminders",
        "bot.commands", "bot.events", "bot.screens", "bot.shows", "bot.turn", "bot.view", "state",
    },
    "bot.answer": {"bot.logic", "bot.words"},
    "bot.pathway": {"bot.flows"},
    "bot.settings": {"bot.logic"},
    "bot.logs": set[str](),
    "bot.adapters": {
        "bot.adapters", "bot.commands", "bot.events", "bot.logs", "bot.lookup.inline",
        "bot.screens", "bot.service",
        "state",
    },
}  # fmt: skip
UNBOUND = {"bot", "bot.__main__"}
ONLY_IN = {
    "transitions": ("bot/machine.py",),
    "sqlite_utils": ("state/",),
    "sqlite3": ("state/",),
    "telegram": ("bot/adapters/",),
    "httpx": ("bot/adapters/telegram/",),
    "aiohttp": ("bot/adapters/telegram/",),
    "orjson": ("bot/adapters/telegram/",),
    "rapidfuzz": ("bot/lookup/",),
    "rich": ("bot/adapters/",),
    "typer": ("bot/__main__.py",),
    "pydantic_settings": ("bot/settings.py",),
}


def imported(module: Path) -> set[str]:
    names = set[str]()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_a_module_imports_only_what_it_may(module: Path) -> None:
    name = dotted(module)
    ours = {each for each in imported(module) if each.split(".")[0] in ("bot", "state")}
    if name not in UNBOUND:
        layer = max((each for each in MAY_IMPORT if _within(name, each)), key=len)
        allowed = MAY_IMPORT[layer]
        assert {each for each in ours if not any(_related(each, may) for may in allowed)} == set()
    if _within(name, "bot.logic"):
        others = {each.split(".")[0] for each in imported(module)} - sys.stdlib_module_names
        assert others <= {"bot", "pydantic", "annotated_types"}
    path = module.relative_to(ROOT).as_posix()
    for library, places in ONLY_IN.items():
        if any(_within(each, library) for each in imported(module)):
            assert path.startswith(places), f"{path} imports {library}"


def test_no_module_holds_two_ideas() -> None:
    long = {dotted(m): n for m in MODULES if (n := len(m.read_text("utf-8").splitlines())) > 350}
    assert long == {}


def _within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def _related(name: str, allowed: str) -> bool:
    return _within(name, allowed) or _within(allowed, name)
