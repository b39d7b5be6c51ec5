"""getMe, getUpdates and the webhook's three methods."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .chats import Json
from .errors import bad_request, conflict
from .params import Params
from .updates import DEFAULT_KINDS, KINDS
from .webhook import Target
from .world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]*")


def get_me(world: World, params: Params) -> Json:
    return world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy_mode,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(world: World, params: Params) -> list[Json]:
    if world.webhook.target:
        raise conflict(
            "can't use getUpdates method while webhook is active;"
            " use deleteWebhook to delete the webhook first"
        )
    _allow_kinds(world, params)
    limit = min(max(params.integer("limit", 100), 1), 100)
    return await world.updates.poll(params.integer("offset"), limit, params.integer("timeout"))


async def set_webhook(world: World, params: Params) -> bool:
    """Plain http is accepted, as by a self-hosted Bot API server in local mode."""
    url = params.text("url")
    if not url:
        return await delete_webhook(world, params)
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise bad_request("invalid webhook URL specified")
    secret = params.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    world.updates.end_poll(conflict("terminated by setWebhook request"))
    if params.boolean("drop_pending_updates"):
        world.updates.forget_all()
    _allow_kinds(world, params)
    connections = min(max(params.integer("max_connections", 40), 1), 100)
    await world.webhook.start(Target(url, secret, connections, params.text("ip_address")))
    return True


async def delete_webhook(world: World, params: Params) -> bool:
    await world.webhook.stop()
    if params.boolean("drop_pending_updates"):
        world.updates.forget_all()
    return True


def get_webhook_info(world: World, params: Params) -> Json:
    info = world.webhook.info()
    if world.updates.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = [kind for kind in KINDS if kind in world.updates.allowed]
    return info


def _allow_kinds(world: World, params: Params) -> None:
    try:
        world.updates.allow(params.json("allowed_updates"))
    except ValueError:
        return
