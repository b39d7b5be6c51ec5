"""Calls beside the outbox, which are no part of a chat's order: each is tried a few times."""

import asyncio
from typing import Final

import structlog

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import BadRequest, Forbidden, RetryAfter, TelegramError, why

FIRST_PAUSE: Final = 0.5

log = structlog.get_logger()


async def call_beside(api: Api, method: str, times: int, **params: object) -> None:
    """Call a method until it is answered; a flood is waited for, a refusal is the end."""
    pause = FIRST_PAUSE
    for _ in range(times):
        try:
            await api.call(method, **params)
        except RetryAfter as error:
            await asyncio.sleep(error.seconds)
        except (BadRequest, Forbidden):
            return
        except TelegramError as error:
            log.warning("not answered yet", method=method, **why(error))
            await asyncio.sleep(pause)
            pause *= 2
        else:
            return
