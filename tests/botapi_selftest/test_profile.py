"""Commands, names, descriptions and the menu button."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    MenuButtonCommands,
    MenuButtonDefault,
)
from telegram.error import BadRequest

from tests.botapi import BotApi, PersonInChat


async def test_commands_by_scope_and_language(api: BotApi, bot: Bot, ann: PersonInChat) -> None:
    await bot.set_my_commands([("start", "Start")])
    await bot.set_my_commands([("start", "Los")], language_code="de")
    await bot.set_my_commands([("mine", "Only here")], scope=BotCommandScopeChat(1001))
    await bot.set_my_commands([("board", "Board")], scope=BotCommandScopeAllGroupChats())
    assert [c.description for c in await bot.get_my_commands(language_code="de")] == ["Los"]
    profile, bob = api.world.profile, api.private_chat(1002, language_code="de")
    group = api.group_chat("Ward")
    assert profile.commands_for(ann.chat, ann.user)[0]["command"] == "mine"
    assert profile.commands_for(bob.chat, bob.user)[0]["description"] == "Los"
    assert profile.commands_for(group.chat, bob.user)[0]["command"] == "board"
    await bot.delete_my_commands(scope=BotCommandScopeChat(1001))
    assert profile.commands_for(ann.chat, ann.user)[0]["command"] == "start"
    await bot.set_my_commands(
        [("own", "Own")], scope=BotCommandScopeChatMember(group.chat.id, 1002)
    )
    assert profile.commands_for(group.chat, bob.user)[0]["command"] == "own"


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([("Start", "x")], "Bot_command_invalid"),
        ([("to-day", "x")], "Bot_command_invalid"),
        ([("", "x")], "Command must be non-empty"),
        ([("x" * 33, "x")], "Command length must not exceed 32"),
        ([("x", " ")], "Command description must be non-empty"),
        ([("x", "x" * 257)], "Command description length must not exceed 256"),
        ([(f"c{number}", "x") for number in range(101)], "Bot_commands_too_much"),
    ],
)
async def test_commands_refused(bot: Bot, commands: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.set_my_commands(commands)


async def test_scopes_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_my_commands(scope=BotCommandScopeChat(5))
    with pytest.raises(BadRequest, match="unsupported type specified"):
        await bot.set_my_commands([], api_kwargs={"scope": '{"type": "all"}'})


async def test_texts(bot: Bot) -> None:
    assert (await bot.get_my_name()).name == "Example"
    await bot.set_my_name("Ward bot")
    await bot.set_my_description("Long", language_code="de")
    await bot.set_my_short_description("Short")
    assert (await bot.get_my_name("fr")).name == "Ward bot"
    assert (await bot.get_my_description()).description == ""
    assert (await bot.get_my_description("de")).description == "Long"
    assert (await bot.get_my_short_description()).short_description == "Short"
    with pytest.raises(BadRequest, match="too long"):
        await bot.set_my_name("x" * 65)
    with pytest.raises(BadRequest, match="Invalid language code specified"):
        await bot.set_my_name("x", language_code="deu")


async def test_menu_button(bot: Bot, ann: PersonInChat) -> None:
    assert isinstance(await bot.get_chat_menu_button(1001), MenuButtonDefault)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert isinstance(await bot.get_chat_menu_button(1001), MenuButtonCommands)
    await bot.set_chat_menu_button(1001, MenuButtonDefault())
    assert isinstance(await bot.get_chat_menu_button(1001), MenuButtonDefault)
    with pytest.raises(BadRequest, match="Invalid chat_id specified"):
        await bot.get_chat_menu_button(-5)
