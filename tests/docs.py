"""The generated documents: flow, pathways, rooms, patients, hazards, attacks, parts of others."""

import io
import re
from pathlib import Path
from unittest.mock import patch

from bot.adapters.terminal import Terminal
from bot.commands.registry import by_topic
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.review import flow_page, pathway_pages
from bot.service.service import Service
from state.sqlite.store import SqliteStore
from tests import attacks, hazards, patients, rooms, safety_case
from tests.conftest import NOON, Clock

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PATHWAYS = ROOT / "docs" / "pathways"
TRIAGE_PAGE = ROOT / "docs" / "triage.md"
TRANSCRIPT = re.compile(r"(?<=<!-- transcript -->\n```text\n).*?(?=```\n)", re.DOTALL)
COMMANDS = re.compile(r"(?<=<!-- commands -->\n).*?(?=\n<!-- end of commands -->)", re.DOTALL)
LINES = ("1,3", "no", "haemodialysis", "known", "none", "/quit")
CALL = "spinal coordinator, bleep 4321"


def transcript(folder: Path) -> str:
    """Play the README's conversation at noon and return what the terminal shows."""
    clock, out = Clock(), io.StringIO()
    store = SqliteStore(folder / "cordcall.db")
    engine = Engine(FlowMachine(FLOW), "stepwise", NOON.tzinfo)
    service = Service(store, Setting(engine, CALL, 30), clock)
    with patch("bot.turn.new_codes", lambda: iter(["KES-42"])):
        Terminal(service, io.StringIO("".join(f"{line}\n" for line in LINES)), out).run()
    store.close()
    return out.getvalue().rstrip() + "\n"


def command_table() -> str:
    """Return the README's table of commands, with a heading for each topic."""
    lines = ["| command | what it does |", "|---|---|"]
    for topic, commands in by_topic():
        lines.append(f"| **{topic}** | |")
        for each in commands:
            typed = each.typed.replace("|", "\\|")
            example = f", such as `/{each.name} {each.example}`" if each.example else ""
            lines.append(f"| `{typed}` | {each.does}{example} |")
    return "\n".join(lines)


def write_pathways() -> None:
    """Write the pathway pages into their folder, and remove pages that no longer exist."""
    PATHWAYS.mkdir(exist_ok=True)
    for name, page in pathway_pages.pages().items():
        (PATHWAYS / name).write_text(page, "utf-8")
    for stray in set(PATHWAYS.iterdir()) - {PATHWAYS / name for name in pathway_pages.pages()}:
        stray.unlink()


def main() -> None:
    """Regenerate every generated document."""
    import tempfile

    TRIAGE_PAGE.write_text(flow_page.page(FLOW), "utf-8")
    write_pathways()
    rooms.PAGE.write_text(rooms.page(), "utf-8")
    attacks.PAGE.write_text(attacks.page(), "utf-8")
    hazards.PAGE.write_text(hazards.page(), "utf-8")
    safety_case.PAGE.write_text(safety_case.page(), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        said = transcript(Path(folder))
        patients.write(Path(folder))
    readme = TRANSCRIPT.sub(lambda _: said, README.read_text("utf-8"))
    README.write_text(COMMANDS.sub(lambda _: command_table(), readme), "utf-8")


if __name__ == "__main__":
    main()
