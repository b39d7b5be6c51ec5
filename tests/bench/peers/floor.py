"""The calls of a tap and nothing else: the least that a bot in Python costs.

No library of bots: updates are read by orjson, and every call goes straight through aiohttp.
"""

import asyncio
import os
from typing import Any

import aiohttp
import orjson
from given import SCREENS, tapped

ROOT = f"{os.environ['TELEGRAM_API_URL']}/bot{os.environ['TELEGRAM_BOT_TOKEN']}"
JSON = {"Content-Type": "application/json"}
SHOWN = [
    {
        "text": screen.html,
        "parse_mode": "HTML",
        "reply_markup": {
            "inline_keyboard": [
                [{"text": label, "callback_data": data} for label, data in row]
                for row in screen.rows
            ]
        },
    }
    for screen in SCREENS
]


class Bot:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._tasks = set[asyncio.Task[Any]]()

    async def poll(self) -> None:
        offset = 0
        while True:
            for update in await self._call("getUpdates", {"offset": offset, "timeout": 50}):
                offset = update["update_id"] + 1
                self._take(update)

    def _take(self, update: dict[str, Any]) -> None:
        if "message" in update:
            message = update["message"]
            number = int(message["text"].partition(" ")[2])
            self._send("sendMessage", {"chat_id": message["chat"]["id"], **SHOWN[number]})
            return
        query = update["callback_query"]
        message = query["message"]
        here = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        following = SCREENS[tapped(query["data"])[0]].following
        self._send("answerCallbackQuery", {"callback_query_id": query["id"]})
        self._send("editMessageText", {**here, **SHOWN[following]})

    def _send(self, method: str, params: dict[str, Any]) -> None:
        task = asyncio.create_task(self._call(method, params))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        async with self._session.post(
            f"{ROOT}/{method}", data=orjson.dumps(params), headers=JSON
        ) as answer:
            return orjson.loads(await answer.read())["result"]


async def main() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await Bot(session).poll()


asyncio.run(main())
