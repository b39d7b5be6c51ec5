"""The bot's commands, names, descriptions and menu button."""

from __future__ import annotations

import re
from typing import Any

from .chats import Json
from .errors import Refusal, bad_request
from .params import Params
from .profile import DEFAULT_MENU
from .world import World

COMMAND_LIMIT = 100
_COMMAND = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def set_my_commands(world: World, params: Params) -> bool:
    try:
        given = params.json("commands")
    except ValueError:
        raise bad_request("Can't parse commands JSON object") from None
    if not isinstance(given, list):
        if given is not None:
            raise bad_request("Expected an Array of BotCommand")
        given = []
    key = _scope(world, params), _language(params)
    commands = [_checked_command(command) for command in given]
    if len(commands) > COMMAND_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile.commands[key] = commands
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.profile.commands.get((_scope(world, params), _language(params)), [])


def delete_my_commands(world: World, params: Params) -> bool:
    world.profile.commands.pop((_scope(world, params), _language(params)), None)
    return True


def set_my_name(world: World, params: Params) -> bool:
    return _set_text(world, params, "name")


def get_my_name(world: World, params: Params) -> Json:
    name = world.profile.text("name", _language(params))
    return {"name": name or world.bot.first_name}


def set_my_description(world: World, params: Params) -> bool:
    return _set_text(world, params, "description")


def get_my_description(world: World, params: Params) -> Json:
    return {"description": world.profile.text("description", _language(params))}


def set_my_short_description(world: World, params: Params) -> bool:
    return _set_text(world, params, "short_description")


def get_my_short_description(world: World, params: Params) -> Json:
    return {"short_description": world.profile.text("short_description", _language(params))}


def set_chat_menu_button(world: World, params: Params) -> bool:
    try:
        button = params.json("menu_button")
    except ValueError:
        raise bad_request("Can't parse menu button JSON object") from None
    button = DEFAULT_MENU if button is None else button
    kind = button.get("type") if isinstance(button, dict) else None
    if kind not in ("default", "commands", "web_app"):
        raise bad_request("Can't parse menu button: MenuButton has unsupported type")
    world.profile.menu_buttons[_menu_owner(world, params)] = button
    return True


def get_chat_menu_button(world: World, params: Params) -> Json:
    buttons = world.profile.menu_buttons
    return buttons.get(_menu_owner(world, params)) or buttons.get(0, DEFAULT_MENU)


def _menu_owner(world: World, params: Params) -> int:
    """A user's chat, or 0 for the button of all who have none of their own."""
    if not params.text("chat_id"):
        return 0
    owner = params.integer("chat_id")
    if owner <= 0:
        raise bad_request("Invalid chat_id specified")
    if owner not in world.users:
        raise bad_request("User not found")
    return owner


def _set_text(world: World, params: Params, name: str) -> bool:
    text = params.text(name)
    if len(text) > _TEXT_LIMITS[name]:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    world.profile.texts[name, _language(params)] = text
    return True


def _language(params: Params) -> str:
    language = params.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("Invalid language code specified")
    return language


def _scope(world: World, params: Params) -> str:
    try:
        scope: Any = params.json("scope")
    except ValueError:
        raise bad_request("Can't parse BotCommandScope JSON object") from None
    if scope is None:
        return "default"
    if not isinstance(scope, dict):
        raise _bad_scope("BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind in _PLAIN_SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise _bad_scope("Unsupported type specified")
    fields = Params(scope)
    if not fields.text("chat_id"):
        raise _bad_scope("Empty chat_id specified")
    user_id = fields.integer("user_id")
    if kind == "chat_member" and user_id <= 0:
        raise _bad_scope("Invalid user_id specified")
    chat = world.chat_to_read(fields)
    return f"{kind}:{chat.id}" + (f":{user_id}" if kind == "chat_member" else "")


def _bad_scope(message: str) -> Refusal:
    return bad_request(f"Can't parse BotCommandScope: {message}")


def _checked_command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(command.get(name), str):
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{name}\"")
    name = command["command"].strip().removeprefix("/")
    description = command["description"].strip()
    if not name:
        raise bad_request("Command must be non-empty")
    if len(name) > 32:
        raise bad_request("Command length must not exceed 32")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > 256:
        raise bad_request("Command description length must not exceed 256")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}
