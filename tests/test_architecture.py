"""Which room may import which; a folder without a row here fails, and so does a cycle."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((*(ROOT / "bot").rglob("*.py"), *(ROOT / "state").rglob("*.py")))
MAY_IMPORT: Mapping[str, set[str]] = {
    "bot.refusal": set(),
    "bot.identifiers": set(),
    "bot.reading": set(),
    "bot.logic": set(),
    "bot.guidance": {"bot.logic", "bot.__version__"},
    "bot.flows": {"bot.guidance.spoken_times", "bot.logic"},
    "state": {"bot.database_address", "bot.private_file"},
    "bot.conversation": {
        "bot.flows", "bot.guidance", "bot.logic", "state.groups", "state.handovers",
        "state.records",
    },
    "bot.screens": {
        "bot.conversation", "bot.flows", "bot.guidance", "bot.logic", "state.boards",
        "state.groups", "state.handovers", "state.json_text", "state.people", "state.read_lines",
        "state.records", "state.requests",
    },
    "bot.export": {
        "bot.__version__", "bot.conversation", "bot.flows", "bot.guidance", "bot.logic",
        "bot.screens", "state.case_text", "state.groups", "state.json_text", "state.records",
    },
    "bot.actions": set(),
    "bot.incoming": set(),
    "bot.accounts": set(),
    "bot.access": {
        "bot.accounts", "state.groups", "state.records", "state.store", "state.topics.groups",
        "state.topics.members",
    },
    "bot.installation": {"bot.conversation.engine", "state.store"},
    "bot.seeing": {
        "bot.access", "bot.conversation", "bot.incoming", "bot.installation", "bot.screens",
        "state.groups", "state.people", "state.records", "state.store",
    },
    "bot.turn": {
        "bot.actions", "bot.conversation", "bot.guidance", "bot.incoming", "bot.screens",
        "bot.seeing", "state.groups", "state.records", "state.store",
    },
    "bot.lookup": {
        "bot.conversation", "bot.flows", "bot.guidance", "bot.logic", "bot.reading", "bot.screens",
        "bot.turn", "state.records",
    },
    "bot.commands": {
        "bot.access", "bot.actions", "bot.conversation", "bot.export", "bot.flows", "bot.guidance",
        "bot.incoming", "bot.installation", "bot.logic", "bot.lookup", "bot.reading", "bot.screens",
        "bot.turn", "state.boards", "state.groups", "state.handovers", "state.people",
        "state.read_lines", "state.records", "state.requests", "state.store",
    },
    "bot.review": {"bot.flows", "bot.guidance", "bot.logic", "bot.screens"},
    "bot.service": {
        "bot.access", "bot.actions", "bot.commands", "bot.conversation", "bot.export",
        "bot.guidance.reasons", "bot.incoming", "bot.installation", "bot.screens", "bot.turn",
        "state.boards", "state.groups", "state.handovers", "state.read_lines", "state.records",
        "state.requests", "state.store",
    },
    "bot.doctor": {
        "bot.access", "bot.adapters.telegram.asking", "bot.database_address", "bot.logic",
        "bot.private_file", "bot.service.keeping", "bot.settings", "state.beginning",
        "state.engines", "state.key", "state.lock", "state.postgres.look",
        "state.postgres.server", "state.sql.looked", "state.sqlite.engine", "state.sqlite.look",
        "state.sql.version",
    },
    "bot.command_line": {
        "bot.access", "bot.database_address", "bot.doctor", "bot.export", "bot.guidance",
        "bot.incoming", "bot.logic", "bot.masks", "bot.reading", "bot.screens", "bot.service",
        "bot.setting_forms", "bot.settings", "state.chain", "state.engines", "state.key",
        "state.lock", "state.moving_engines", "state.sqlite",
        "state.sql.audit", "state.store", "state.topics.audit",
    },
    "bot.settings": {
        "bot.env_file", "bot.guidance.fixed_zones", "bot.logic", "bot.masks", "bot.private_file",
        "bot.setting_forms", "bot.setting_names", "bot.database_address",
    },
    "bot.setting_names": {"bot.masks"},
    "bot.setting_forms": {
        "bot.accounts", "bot.guidance.fixed_zones", "bot.masks", "bot.database_address",
    },
    "bot.env_file": {"bot.private_file"},
    "bot.masks": set(),
    "bot.database_address": set(),
    "bot.private_file": set(),
    "bot.loading": {"bot.identifiers", "bot.reading"},
    "bot.logs": {"bot.masks"},
    "bot.adapters": {
        "bot.access", "bot.accounts", "bot.commands", "bot.conversation.case_codes",
        "bot.conversation.engine", "bot.conversation.said_at", "bot.export",
        "bot.guidance.reasons", "bot.incoming", "bot.logs", "bot.lookup.inline_cards",
        "bot.identifiers", "bot.screens", "bot.service", "state.boards", "state.groups",
        "state.people", "state.records", "state.store", "state.topics.workers",
    },
}  # fmt: skip
MOST_LINES = 280
TRIAGE = "bot.flows.triage"
READS_A_CASE_BACK = "bot.export.fhir.reading"
CHANGES_A_CASE = {"StoredCase", "with_answer", "with_entry"}
FOR_EVERYBODY = {"bot.refusal"}
UNBOUND = {"bot", "bot.__main__"}
ONLY_IN = {
    "transitions": ("bot/conversation/machine.py",),
    "sqlite_utils": ("state/",),
    "sqlite3": ("state/",),
    "sqlcipher3": ("state/sqlite/engine.py",),
    "psycopg": ("state/postgres/",),
    "telegram": ("bot/adapters/telegram/library.py", "bot/adapters/telegram/httpx_client.py"),
    "httpx": ("bot/adapters/telegram/httpx_client.py",),
    "aiohttp": ("bot/adapters/telegram/",),
    "orjson": ("bot/adapters/telegram/", "state/json_text.py"),
    "segno": ("bot/adapters/telegram/",),
    "rapidfuzz": ("bot/lookup/", "bot/reading/"),
    "fpdf": ("bot/export/page/",),
    "PIL": ("bot/export/picture/",),
    "rich": ("bot/adapters/",),
    "typer": ("bot/__main__.py", "bot/command_line/"),
    "pydantic_settings": ("bot/settings.py", "bot/setting_forms.py"),
}


@cache
def imported(module: Path) -> frozenset[str]:
    """Name everything a module imports, with the names taken from a module behind it."""
    names = set[str]()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "import_module":
            names.add(_beginning(node.args[0]))
    return frozenset(names)


def _beginning(name: ast.expr) -> str:
    """Return the fixed part of the name of a module that is imported late."""
    fixed = name.values[0] if isinstance(name, ast.JoinedStr) else name
    assert isinstance(fixed, ast.Constant), "a module is imported by a name that cannot be read"
    return str(fixed.value).removesuffix(".")


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_a_module_imports_only_what_its_room_may(module: Path) -> None:
    name = dotted(module)
    ours = {each for each in imported(module) if each.split(".")[0] in ("bot", "state")}
    if name not in UNBOUND:
        room = max((each for each in MAY_IMPORT if _within(name, each)), key=len)
        allowed = {room, *MAY_IMPORT[room], *FOR_EVERYBODY}
        assert {each for each in ours if not any(_related(each, may) for may in allowed)} == set()
    if _within(name, "bot.logic"):
        others = {each.split(".")[0] for each in imported(module)} - sys.stdlib_module_names
        assert others <= {"bot", "pydantic", "annotated_types"}
    path = module.relative_to(ROOT).as_posix()
    for library, places in ONLY_IN.items():
        if any(_within(each, library) for each in imported(module)):
            assert path.startswith(places), f"{path} imports {library}"


def test_no_cycle_between_modules() -> None:
    names = {dotted(module): module for module in MODULES}
    arrows = {
        name: {each for each in imported(module) if each in names} - {name}
        for name, module in names.items()
    }
    assert _cycle(arrows) == []


def test_no_cycle_between_rooms() -> None:
    arrows: dict[str, set[str]] = {}
    for module in MODULES:
        if dotted(module) in UNBOUND:
            continue
        here = room_of(dotted(module))
        ours = {each for each in imported(module) if each.split(".")[0] in ("bot", "state")}
        arrows.setdefault(here, set()).update(room_of(each) for each in ours)
    assert _cycle({room: others - {room, "bot"} for room, others in arrows.items()}) == []


def test_no_module_holds_two_ideas() -> None:
    lines = {dotted(module): len(module.read_text("utf-8").splitlines()) for module in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_only_what_is_about_triage_knows_the_triage_flow() -> None:
    """What the rest needs to know of a flow is on its `Flow`, so that a second one is possible."""
    knowing = {dotted(m) for m in MODULES if any(_within(i, TRIAGE) for i in imported(m))}
    elsewhere = {name for name in knowing if room_of(name) not in ("bot.lookup", "bot.review")}
    assert elsewhere == {"bot.__main__", "bot.export.__main__"}


def test_only_the_conversation_changes_a_case() -> None:
    """Only an event applied by `advance` changes a stored case; one is read back as it was."""
    elsewhere = {
        dotted(module)
        for module in MODULES
        if room_of(dotted(module)) not in ("bot.conversation", "state", "state.records")
        and dotted(module) != READS_A_CASE_BACK
        and CHANGES_A_CASE & set(_called(module))
    }
    assert elsewhere == set()


def test_only_one_module_writes_the_audit() -> None:
    """What a turn did is noted on it, and read from it in one place."""
    writing = {
        module.relative_to(ROOT).as_posix()
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith(".audit.add")
    }
    assert writing == {"bot/service/auditing.py"}


def room_of(name: str) -> str:
    """Name the folder directly under `bot` that contains a module, or `state`."""
    first, *rest = name.split(".")
    if first == "state":
        return "state.records" if rest[:1] in (["records"], ["people"]) else "state"
    return ".".join((first, *rest[:1]))


def _cycle(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """Find a path that leads back to its start; empty if there is none."""
    done = set[str]()

    def walk(name: str, way: tuple[str, ...]) -> Iterator[list[str]]:
        if name in way:
            yield [*way[way.index(name) :], name]
        elif name not in done:
            for following in sorted(arrows.get(name, ())):
                yield from walk(following, (*way, name))
            done.add(name)

    return next((found for name in sorted(arrows) for found in walk(name, ())), [])


def _called(module: Path) -> Iterator[str]:
    """Name every function, method and class that a module calls, without qualifiers."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


def _within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def _related(name: str, allowed: str) -> bool:
    return _within(name, allowed) or _within(allowed, name)
