"""Everything that CordCall says, with one constant changed: run as a process of its own.

Reads changes from its input as JSON: a list of [topic, old source, new source]. Writes for each
the figures and the lines that are said then; each change is made in a child of this process.
"""

import ast
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic  # noqa: F401 - loaded once, before the children
import rapidfuzz.process  # noqa: F401

BOT = Path(__file__).parents[2] / "bot"
NOT_SENTENCES = ("sources.toml", "synonyms.toml")


def load_changed(topic: str, old: str, new: str) -> None:
    """Load a topic of the rules from its source, one part of it replaced."""
    package = importlib.import_module("bot.logic")
    path = BOT / "logic" / f"{topic}.py"
    source = path.read_text("utf-8")
    assert source.count(old) == 1, f"{topic}.py: {old!r} stands there {source.count(old)} times"
    module = ModuleType(f"bot.logic.{topic}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(source.replace(old, new), str(path), "exec"), module.__dict__)
    setattr(package, topic, module)


def lines_in_tables() -> Iterator[str]:
    """Return every sentence of every text table, filled in."""
    from bot.logic.text_files import read_folder

    for folder in sorted({path.parent for path in BOT.rglob("*.toml")}):
        package = ".".join(("bot", *folder.relative_to(BOT).parts))
        for file, table in read_folder(package, NOT_SENTENCES):
            yield from _leaves(table, file)


def _leaves(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, f"{place}: {key}")
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, place)
    elif isinstance(value, str):
        yield f"{place}: {value}"


def lines_in_code() -> Iterator[str]:
    """Return every string in the code except docstrings, without the filled-in parts."""
    for path in sorted(BOT.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
                yield f"{path.name}: {''.join(map(str, parts))}"
            elif isinstance(node, ast.Constant) and id(node) not in told:
                yield f"{path.name}: {node.value}"


def lines_on_pages() -> Iterator[str]:
    """Return the review pages, what every look-up can show, and a full answer."""
    from bot.flows.triage import FLOW
    from bot.lookup.search.entries import entries
    from bot.review import flow_page, pathway_pages

    for name, page in {"flow": flow_page.page(FLOW), **pathway_pages.pages()}.items():
        yield from (f"page {name}: {line}" for line in page.split("\n"))
    for entry in entries("stepwise").values():
        if entry.kind != "source":
            yield from (f"/ask {entry.id}: {line}" for line in (entry.heading, *entry.searched))


def everything() -> dict[str, Any]:
    from bot.logic.figures import figures

    return {"figures": dict(figures()), "lines": [*lines_in_tables(), *lines_on_pages()]}


def _in_a_child(topic: str, old: str, new: str) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as out:
            if topic:
                load_changed(topic, old, new)
            json.dump(everything(), out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(text)
    return found


if __name__ == "__main__":
    json.dump([_in_a_child(*change) for change in json.load(sys.stdin)], sys.stdout)
