"""The table of the commands, and what is made of it: help, menu, what a group may ask."""

from dataclasses import replace

import pytest

from bot.adapters.telegram.profile import set_profile
from bot.adapters.telegram.updates import reduce
from bot.commands.registry import COMMANDS, by_group, draw_help, in_menu
from bot.incoming import Command, Incoming, InGroup
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


def test_every_command_has_one_line_of_help_under_one_group() -> None:
    groups = [group for group, _ in by_group()]
    assert len(set(groups)) == len(groups)
    lines = draw_help(terminal=True).plain().split("\n")
    for command in COMMANDS.values():
        assert lines.count(f"{command.typed} – {command.does}") == 1
        assert 0 < len(command.does) <= 60
    assert [line for line in lines if line in groups] == groups
    assert_fits(draw_help(terminal=True))


def test_the_help_names_quit_in_the_terminal_alone(service: Service) -> None:
    assert "/quit – " in do(service, "/help")[0].plain()
    phone = replace(service, touch=True)
    phone.take(Incoming(CHAT, "ann", Command("help")))
    (row,) = phone.store.outbox.queued(CHAT)
    said = load(row.screens[0]).plain()
    assert "/why [RULE] – " in said
    assert "/quit" not in said


@pytest.mark.parametrize("typed", ["/quit", "/answer", "/tick gait", "/WHO"])
def test_what_is_no_command_of_a_chat_is_refused_with_those_that_are(
    service: Service, typed: str
) -> None:
    said = do(service, typed)[0].plain()
    assert f"{typed.split()[0]}: no such command; allowed: /start, /triage, " in said
    assert said.endswith("/privacy")


def test_the_menus_hold_what_is_asked_most() -> None:
    assert [each.name for each in in_menu("private")] == [
        "triage", "mri", "drug", "ask", "sins", "cases", "card", "why", "settings", "help",
    ]  # fmt: skip
    assert [each.name for each in in_menu("group")] == ["triage", "help"]


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
        {"command": "triage", "description": "start a new case"},
        {"command": "help", "description": "this list"},
    ]
    private = api.menus["all_private_chats"]
    assert isinstance(private, list) and len(private) == 10
    assert private[2] == {
        "command": "drug", "description": "a drug on haemodialysis, by name or brand",
    }  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_group_is_answered_by_its_own_commands_alone(name: str) -> None:
    group = {"id": -5, "type": "group", "title": "Ward"}
    update = {"update_id": 1, "message": {"chat": group, "from": {"id": 7}, "text": f"/{name}"}}
    answered = reduce(update, "cordcall_bot")
    if name in ("start", "triage", "help"):
        assert answered == Incoming("-5", "-5", InGroup())
    else:
        assert answered is None


def test_what_counts_only_on_the_present_screen() -> None:
    present = {name for name, command in COMMANDS.items() if command.needs_present}
    assert present == {"back", "correct", "close", "undo"}
    looks = {name for name, command in COMMANDS.items() if command.only_looks}
    assert looks == {"why", "sources", "sbar", "plan", "card", "snooze"}
