"""The same controls over HTTP, for a test in another process and for the phone page.

POST /control/<verb> with a JSON object; the answer is JSON. A person is named by ``user_id`` and,
outside the private chat, by ``chat_id``. A wrong request is answered 400 with ``error``.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .as_json import dumps
from .control_views import call_view, chat_view, tap_view
from .errors import Refusal
from .faults import Fault
from .groups import Group
from .params import Params, read_params
from .people import PersonInChat

if TYPE_CHECKING:
    from .api import BotApi

LONGEST_WAIT = 25.0


class Control:
    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._faults: dict[int, Fault] = {}
        self._verbs: dict[str, Callable[[Params], Any]] = {
            "private_chat": self._private_chat,
            "types": self._types,
            "edits": self._edits,
            "opens": self._opens,
            "taps": self._taps,
            "blocks": lambda asked: self._person(asked).blocks(),
            "unblocks": lambda asked: self._person(asked).unblocks(),
            "asks_inline": self._asks_inline,
            "inline_results": self._inline_results,
            "picks": self._picks,
            "group": self._group,
            "joins": self._joins,
            "leaves": lambda asked: self._group_of(asked).leaves(self._person(asked)),
            "changes_bot": self._changes_bot,
            "migrates": lambda asked: {"chat_id": self._group_of(asked).migrates().chat.id},
            "update": lambda asked: {"update_id": api.updates.push_raw(asked.json("update"))},
            "updates_again": lambda asked: api.updates.deliver_again(asked.integer("update_id")),
            "updates_reorder": self._reorder,
            "updates_hold": lambda _: api.updates.hold(),
            "updates_release": lambda _: api.updates.release(),
            "updates_jump": lambda asked: api.updates.jump(asked.integer("next_id")),
            "fault": self._fault,
            "fault_remove": lambda asked: api.faults.remove(self._faults[asked.integer("id")]),
            "faults_clear": lambda _: api.faults.clear(),
            "settings": self._settings,
            "clock_advance": lambda asked: api.clock.advance(float(asked.text("seconds"))),
            "calls": self._calls,
            "quota": self._quota,
            "chat": self._chat,
            "changes": self._changes,
            "world": self._world,
            "tap_answer": self._tap_answer,
        }

    async def answer(self, request: web.BaseRequest, verb: str) -> web.Response:
        try:
            asked = await read_params(request)
            told = self._verbs[verb](asked)
            if asyncio.iscoroutine(told):
                told = await told
        except (LookupError, ValueError, TypeError, Refusal) as error:
            body = dumps({"error": f"{verb}: {error!r}"})
            return web.Response(body=body, status=400, content_type="application/json")
        return web.Response(body=dumps(told or {}), content_type="application/json")

    async def _changes(self, asked: Params) -> Any:
        """The chat, as soon as it differs from the revision ``since``."""
        chat = self._person(asked).chat
        since = asked.integer("since", -1)
        await self._wait(lambda: chat.revision != since, asked)
        return self._chat(asked)

    async def _world(self, asked: Params) -> Any:
        """The number of changes in all chats, as soon as it differs from ``since``."""
        world, since = self._api.world, asked.integer("since", -1)
        await self._wait(lambda: world.revision != since, asked)
        return {"revision": world.revision}

    async def _tap_answer(self, asked: Params) -> Any:
        """The tap, as soon as the bot answered it."""
        tap = self._api.world.taps[asked.text("tap_id")]
        await self._wait(lambda: tap.answered, asked)
        return tap_view(tap)

    async def _wait(self, predicate: Callable[[], bool], asked: Params) -> None:
        timeout = min(float(asked.text("timeout") or LONGEST_WAIT), LONGEST_WAIT)
        with contextlib.suppress(TimeoutError):
            await self._api.world.changes.until(predicate, timeout)

    def _person(self, asked: Params) -> PersonInChat:
        user_id = asked.integer("user_id")
        return self._api.person_in(asked.integer("chat_id", user_id), user_id)

    def _group_of(self, asked: Params) -> Group:
        return Group(self._api.world, self._api.world.chats[asked.integer("chat_id")])

    def _private_chat(self, asked: Params) -> Any:
        person = self._api.private_chat(
            asked.integer("user_id"),
            asked.text("first_name") or "Person",
            language_code=asked.text("language_code") or "en",
        )
        return chat_view(self._api.world, person)

    def _types(self, asked: Params) -> Any:
        person = self._person(asked)
        reply_to = person.chat.messages.get(asked.integer("reply_to"))
        return {"message_id": person.types(asked.text("text"), reply_to).id}

    def _edits(self, asked: Params) -> None:
        person = self._person(asked)
        person.edits(person.chat.messages[asked.integer("message_id")], asked.text("text"))

    def _taps(self, asked: Params) -> Any:
        """By ``label``, ``row`` and ``column``, or any ``data``; ``version`` for an old one."""
        person = self._person(asked)
        message = person.chat.messages[asked.integer("message_id")]
        if data := asked.text("data"):
            return tap_view(person.taps_data(message, data))
        position = (asked.integer("row"), asked.integer("column"))
        button = asked.text("label") or position
        return tap_view(person.taps(message, button, asked.integer("version", -1)))

    def _opens(self, asked: Params) -> Any:
        return {"message_id": self._person(asked).opens(asked.text("url")).messages[-1].id}

    def _asks_inline(self, asked: Params) -> Any:
        return {"inline_query_id": self._person(asked).asks_inline(asked.text("query")).id}

    def _inline_results(self, asked: Params) -> Any:
        query = self._api.world.inline_queries[asked.text("inline_query_id")]
        return {"answered": query.answered, "results": query.results}

    def _picks(self, asked: Params) -> Any:
        query = self._api.world.inline_queries[asked.text("inline_query_id")]
        return {"message_id": self._person(asked).picks(query, asked.integer("index")).id}

    def _group(self, asked: Params) -> Any:
        group = self._api.group_chat(
            asked.text("title") or "Group",
            supergroup=asked.boolean("supergroup"),
            bot_status=asked.text("bot_status") or "member",
        )
        return {"chat_id": group.chat.id}

    def _joins(self, asked: Params) -> None:
        self._group_of(asked).joins(
            asked.integer("user_id"),
            asked.text("first_name") or "Member",
            asked.text("status") or "member",
        )

    def _changes_bot(self, asked: Params) -> None:
        self._group_of(asked).changes_bot(self._person(asked), asked.text("status"))

    def _reorder(self, asked: Params) -> None:
        seed = asked.integer("seed")
        self._api.updates.reorder_next(random.Random(seed) if seed else None)

    def _fault(self, asked: Params) -> Any:
        """The fields of Fault, with ``seed`` for the Random and ``retry_after`` for a flood."""
        values = dict(asked.values)
        seed = values.pop("seed", None)
        retry_after = values.pop("retry_after", 0.0)
        refusal = Refusal(values.pop("code", 500), values.pop("description", "Internal error"))
        fault = Fault(
            **values,
            rng=None if seed is None else random.Random(seed),
            refusal=refusal,
            until=self._api.clock.now() + retry_after,
        )
        identifier = len(self._faults) + 1
        self._faults[identifier] = self._api.faults.add(fault)
        return {"id": identifier}

    def _settings(self, asked: Params) -> None:
        for name in ("latency", "answer_seconds"):
            if asked.text(name):
                setattr(self._api, name, float(asked.text(name)))
        if asked.text("webhook_delay_unit"):
            self._api.webhook.delay_unit = float(asked.text("webhook_delay_unit"))

    def _calls(self, asked: Params) -> Any:
        wanted = asked.text("outcome")
        calls = [call for call in self._api.calls if wanted in ("", call.outcome)]
        return {"calls": [call_view(call) for call in calls]}

    def _quota(self, asked: Params) -> Any:
        """The calls counted for a group, as (time, method), and the most in any minute."""
        quota, chat_id = self._api.quota, asked.integer("chat_id")
        counted = [each for each in quota.log if each.chat_id == chat_id]
        return {
            "busiest_minute": quota.busiest_minute(chat_id),
            "log": [(each.time, each.method) for each in counted],
        }

    def _chat(self, asked: Params) -> Any:
        return chat_view(self._api.world, self._person(asked))
