"""The table of the commands, and what is made of it: help, menu, what a group may ask."""

from dataclasses import replace

import pytest

from bot.access import Access
from bot.adapters.telegram.profile import set_profile
from bot.adapters.telegram.updates import reduce
from bot.adapters.terminal_look import plain
from bot.commands.registry import COMMANDS, by_topic, draw_help, in_menu
from bot.commands.traits import DONE
from bot.incoming import Command, Incoming
from bot.screens.screen import load
from bot.service.service import Service
from tests.limits import assert_fits
from tests.service.test_service import CHAT, do


def test_every_command_is_known_by_the_name_it_is_typed_with() -> None:
    for name, command in COMMANDS.items():
        assert command.name == name == name.casefold()
        assert command.typed.split()[0] == f"/{name}"
    assert COMMANDS["plan"].typed == "/plan [N|all]"
    assert COMMANDS["back"].typed == "/back"


def test_the_help_names_every_command_once_one_line_a_group() -> None:
    groups = [group for group, _ in by_topic()]
    assert len(set(groups)) == len(groups)
    for terminal in (True, False):
        screen = draw_help(terminal=terminal)
        lines = [line for line in screen.plain().split("\n") if ": /" in line]
        assert [line.partition(": /")[0] for line in lines] == groups
        named = [word[1:] for line in lines for word in line.split() if word.startswith("/")]
        assert named == [name for name, each in COMMANDS.items() if terminal or each.handle]
        assert_fits(screen)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_help_of_a_group_names_what_works_there_alone(terminal: bool) -> None:
    said = draw_help(terminal=terminal, in_group=True).plain()
    named = {word[1:] for word in said.replace("/help and", "").split() if word.startswith("/")}
    own = {"quit"} if terminal else set()
    assert named == {name for name, each in COMMANDS.items() if each.in_group} | own
    assert "All other commands work in your private chat." in said
    assert ("only commands are read" in said) is not terminal


def test_the_help_fits_a_terminal() -> None:
    assert len(plain(draw_help(terminal=True)).split("\n")) <= 20


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_one_command_says_what_it_does_and_takes(service: Service, name: str) -> None:
    command = COMMANDS[name]
    assert 0 < len(command.does) <= 60
    for typed in (f"/help {name}", f"/help /{name.upper()}"):
        screen = do(service, typed)[0]
        assert screen.title == command.typed
        does, takes = screen.plain().split("\n")[1:]
        assert does.casefold() == f"{command.does}.".casefold()
        assert (f"/{name} {command.example};" in takes) == bool(command.takes)
        assert ("Nothing" in takes, "required" in takes) == (
            not command.takes,
            name in ("resume", "correct", "outofuse", "open", "have", "seen", "coming"),
        )


def test_the_help_of_what_is_no_command_repeats_nothing(service: Service) -> None:
    said = do(service, "/help Smith")[0].plain()
    assert said.endswith("No such command; nearest: /mri, /sins, /edit. /help lists all.")
    assert "Smith" not in said


@pytest.mark.parametrize("name", [name for name, each in COMMANDS.items() if each.example])
def test_each_example_works_as_it_is_written(service: Service, name: str) -> None:
    for line in ("/triage", "gait", *["not known"] * 3):
        do(service, line)
    code = service.store.cases.active_code(CHAT)
    given = COMMANDS[name].example.replace("KES-42", str(code))
    said = "\n".join(screen.plain() for screen in do(service, f"/{name} {given}"))
    assert "allowed:" not in said
    assert "nobody on the list" not in said


def test_the_help_names_quit_in_the_terminal_alone(service: Service) -> None:
    assert "/quit" in do(service, "/help")[0].plain()
    phone = replace(service, touch=True)
    phone.take(Incoming(CHAT, "ann", Command("help")))
    (row,) = phone.store.outbox.queued(CHAT)
    said = load(row.screens[0]).plain()
    assert "/why" in said
    assert "/quit" not in said
    phone.take(Incoming(CHAT, "ann", Command("help", "quit")))
    assert "No such command" in load(phone.store.outbox.queued(CHAT)[-1].screens[0]).plain()


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("/trage", "/triage"),
        ("/PLANN", "/plan"),
        ("/newsign bladder", "/newsigns"),
        ("/hlep", "/help"),
        ("/WHO", "/why"),
        ("/calcum 1.98 30", "/calcium"),
    ],
)
def test_a_mistyped_command_is_refused_with_the_three_nearest(
    service: Service, typed: str, nearest: str
) -> None:
    said = do(service, typed)[0].plain()
    assert f"No such command; nearest: {nearest}, /" in said
    assert said.count("/") == 4
    assert said.endswith(". /help lists all.")


@pytest.mark.parametrize("typed", ["/quit", "/answer", "/Miller", "/1234567890"])
def test_what_is_no_command_of_a_chat_is_not_repeated(service: Service, typed: str) -> None:
    said = do(service, typed)[0].plain()
    assert said.count("/") == 4
    assert typed not in said
    named = [word.strip("/,.") for word in said.split() if word.startswith("/")]
    assert set(named) <= COMMANDS.keys()


def test_the_menus_hold_what_is_wanted_most_in_order_of_use() -> None:
    assert [each.name for each in in_menu("private")] == [
        "triage", "card", "plan", "sbar", "mri", "drug", "sins", "ask", "cases", "help",
    ]  # fmt: skip
    assert [each.name for each in in_menu("group")] == ["triage", "board", "help"]


async def test_telegram_is_given_each_menu_with_its_help_lines() -> None:
    class Api:
        def __init__(self) -> None:
            self.menus = dict[str, object]()

        async def call(self, method: str, **given: object) -> object:
            if method == "setMyCommands":
                assert isinstance(given["scope"], dict)
                self.menus[given["scope"]["type"]] = given["commands"]
            return {}

    api = Api()
    await set_profile(api)  # type: ignore[arg-type]
    assert api.menus["all_group_chats"] == [
        {"command": "triage", "description": "start a new case; a line after it is read"},
        {
            "command": "board",
            "description": "all open cases by deadline, on one message kept up to date",
        },
        {"command": "help", "description": "the commands, or what one of them does"},
    ]
    private = api.menus["all_private_chats"]
    assert isinstance(private, list) and len(private) == 10
    assert private[5] == {
        "command": "drug", "description": "a drug on haemodialysis, by name or brand",
    }  # fmt: skip


IN_GROUP = (
    "start", "triage", "board", "open", "have", "seen", "coming", "group", "oncall", "help",
    "enrol", "handover",
)  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_group_is_answered_by_its_own_commands_and_told_that_no_note_is_taken(name: str) -> None:
    group = {"id": -5, "type": "group", "title": "Ward"}
    update = {"update_id": 1, "message": {"chat": group, "from": {"id": 7}, "text": f"/{name}"}}
    answered = reduce(update, "cordcall_bot", Access())
    if name in IN_GROUP or COMMANDS[name].topic == DONE:
        assert answered == Incoming("-5", "7", Command(name))
    else:
        assert answered is None


def test_what_counts_only_on_the_present_screen() -> None:
    present = {name for name, command in COMMANDS.items() if command.needs_present}
    assert present == {"back", "correct", "close", "undo"}
    looks = {name for name, command in COMMANDS.items() if command.only_looks}
    assert looks == {
        "why",
        "sources",
        "sbar",
        "export",
        "plan",
        "card",
        "more",
        "snooze",
        "open",
        "handover",
        "seen",
        "coming",
        "sendto",
    }
