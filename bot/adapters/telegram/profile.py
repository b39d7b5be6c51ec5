"""The bot's name, texts and commands, set at start-up only if they differ."""

from collections.abc import Mapping
from typing import Any, Final

from bot.adapters.telegram.api import Api
from bot.commands.registry import in_menu
from bot.commands.traits import Scope

NAME: Final = "CordCall"
SHORT: Final = "Suspected spine metastases: how urgent, MRI by when, what to do. For clinicians."
LONG: Final = (
    "For clinicians who meet a patient with suspected or known spine metastases, above all on "
    "dialysis. Short questions; urgency, MRI deadline and next steps, each with its source.\n\n"
    "Decision support, not a medical device. No patient names, please. In doubt, or if I do not "
    "answer: treat a new deficit as an emergency and call your coordinator."
)
CHATS: Final[Mapping[Scope, str]] = {"private": "all_private_chats", "group": "all_group_chats"}


async def set_profile(api: Api) -> list[str]:
    """Set what differs; return the names of what was set."""
    changed = [
        await _set(api, "MyName", "name", NAME),
        await _set(api, "MyShortDescription", "short_description", SHORT),
        await _set(api, "MyDescription", "description", LONG),
        *[await _set_menu(api, scope) for scope in CHATS],
    ]
    return [name for name in changed if name]


async def _set(api: Api, method: str, field: str, wanted: str) -> str | None:
    present: dict[str, Any] = await api.call(f"get{method}")
    if present.get(field) == wanted:
        return None
    await api.call(f"set{method}", **{field: wanted})
    return method


async def _set_menu(api: Api, scope: Scope) -> str | None:
    chats = {"type": CHATS[scope]}
    wanted = [{"command": each.name, "description": each.does} for each in in_menu(scope)]
    present = await api.call("getMyCommands", scope=chats)
    if present == wanted:
        return None
    await api.call("setMyCommands", scope=chats, commands=wanted)
    return f"commands for {CHATS[scope]}"
