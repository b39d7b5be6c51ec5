"""What somebody types is neither repeated nor kept, unless it has the form of something of ours.

The bytes of the database, its log and its shared memory are searched after each turn, while what
was shown still waits in the outbox.
"""

import pytest

from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.incoming import Command, Incoming, Text
from bot.installation import Setting
from bot.service.service import Service
from state.store import Store
from tests.conftest import Clock
from tests.shares import quick_for
from tests.stored import stored

CHAT = "1001"
NAMES = ("Smythe-Oakley", "Qadir 12.03.1951", "9434765919", "NHS 943 476 5919", "ÅseØ")
BEFORE = (
    "", "role ", "zone ", "zone Europe/", "steroid ", "foot drop ", "70 0 1 ", "T11 ", "1.98 30 ",
    "page 2 ", "2 ", "all ", "#", "KES-42 ",
)  # fmt: skip


@pytest.fixture(
    params=[True, pytest.param(False, marks=pytest.mark.slow)], ids=["phone", "terminal"]
)
def ward(request: pytest.FixtureRequest, store: Store, engine: Engine, clock: Clock) -> Service:
    """A service with a case under way."""
    service = Service(store, Setting(engine, "Bleep 1", 30), clock, touch=request.param)
    service.take(Incoming(CHAT, CHAT, Command("triage")))
    return service


def kept(service: Service) -> str:
    """Return all that is kept, as far as it is text."""
    return stored(service.store).decode("utf-8", "replace").casefold()


def parts(typed: str) -> list[str]:
    """Return what would betray a name or a number: its parts, also as JSON writes them."""
    found = [each for each in typed.casefold().split() if len(each) > 3]
    return [*found, *(ascii(each)[1:-1] for each in found if not each.isascii())]


@pytest.mark.parametrize("name", quick_for(NAMES, "Qadir 12.03.1951"))
def test_after_no_command_is_a_name_kept(ward: Service, name: str) -> None:
    for command in COMMANDS:
        for before in BEFORE:
            rest = f"{before}{name}"
            ward.take(Incoming(CHAT, CHAT, Command(command, rest)))
            ward.take(Incoming(CHAT, CHAT, Text(name)))
    found = kept(ward)
    assert [part for part in parts(name) if part in found] == []


@pytest.mark.parametrize("before", ["/triage ", "", "/mri ", "/sins "])
def test_of_a_line_that_is_read_only_what_was_understood_is_kept(
    ward: Service, before: str
) -> None:
    line = "Zxqvwort, legs like jelly, backside gone dead, T9 lytic"
    act = Command(before[1:].strip(), line) if before else Text(line)
    ward.take(Incoming(CHAT, CHAT, act))
    if before in ("/triage ", ""):
        assert '["weakness", "saddle_anaesthesia"]' in kept(ward)
        for does in ("change", "out 1", "in 1", "", "use"):
            ward.take(Incoming(CHAT, CHAT, Command("line", does)))
            ward.take(Incoming(CHAT, CHAT, Text(f"K 6.4, {line}")))
    found = kept(ward)
    assert [word for word in ("zxqvwort", "jelly", "backside") if word in found] == []
