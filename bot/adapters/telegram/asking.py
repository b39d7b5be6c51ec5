"""Asks Telegram about the bot without changing anything, beside a bot that is running."""

import asyncio
from dataclasses import dataclass
from typing import Final

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import InvalidToken, TelegramError, why

SECONDS_TO_ANSWER: Final = 20.0


@dataclass(frozen=True, slots=True)
class AboutBot:
    """What Telegram says: `problem` is why there is no answer, "" if there is one.

    `webhook` is the address that Telegram posts to, "" if there is none; `waiting` counts updates
    that nobody has fetched; `last_error` is the newest failure to post one.
    """

    problem: str = ""
    token_refused: bool = False
    webhook: str = ""
    waiting: int = 0
    last_error: str = ""


def ask(token: str, root: str) -> AboutBot:
    """Ask Telegram with getMe and getWebhookInfo."""
    return asyncio.run(_ask(Api(token, root)))


async def _ask(api: Api) -> AboutBot:
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            await api.open()
            info = await api.call("getWebhookInfo")
        return AboutBot(
            webhook=str(info.get("url", "")),
            waiting=int(info.get("pending_update_count", 0)),
            last_error=str(info.get("last_error_message", "")),
        )
    except InvalidToken:
        return AboutBot(token_refused=True)
    except TelegramError as error:
        return AboutBot(problem=" ".join(why(error).values()))
    except TimeoutError:
        return AboutBot(problem="too slow")
    except (AttributeError, TypeError, ValueError):
        return AboutBot(problem="an answer that is not Telegram's")
    finally:
        await api.close()
