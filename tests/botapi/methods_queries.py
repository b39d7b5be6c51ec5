"""Answers to taps and to inline queries."""

from __future__ import annotations

from typing import Any

from .deep_links import start_token
from .errors import QUERY_TOO_OLD, Refusal, bad_request
from .formatting import finish_text, read_text
from .keyboards import check_markup
from .params import Params
from .queries import InlineQuery, Tap
from .telegram_html import utf16_length
from .world import World

TOAST_LIMIT = 200
RESULT_LIMIT = 50


def answer_callback_query(world: World, params: Params) -> bool:
    """Refused the second time, and later than ``world.answer_seconds`` after the tap.

    ``url`` may only start this bot; a game of its own, which Telegram also opens, it has not.
    """
    tap = world.taps.get(params.text("callback_query_id"))
    _check_open(world, tap)
    assert tap
    text = params.text("text")
    if utf16_length(text) > TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and start_token(url, world.bot.username) is None:
        raise bad_request("URL_INVALID")
    tap.answered = True
    tap.text = text
    tap.alert = params.boolean("show_alert")
    tap.url = url
    world.touch(tap.message.chat)
    return True


def answer_inline_query(world: World, params: Params) -> bool:
    try:
        results = params.json("results")
    except ValueError:
        raise bad_request("Can't parse inline query results JSON object") from None
    if not isinstance(results, list):
        raise bad_request("Expected an Array of inline query results")
    if len(results) > RESULT_LIMIT:
        raise bad_request("Too many inline query results specified")
    checked = [_checked_result(result) for result in results]
    query = world.inline_queries.get(params.text("inline_query_id"))
    _check_open(world, query)
    assert query
    identifiers = [result["id"] for result in checked]
    if len(set(identifiers)) < len(identifiers):
        raise bad_request("RESULT_ID_DUPLICATE")
    query.answered = True
    query.results = checked
    query.is_personal = params.boolean("is_personal")
    query.cache_time = params.integer("cache_time", 300)
    world.changes.notify()
    return True


def _check_open(world: World, query: Tap | InlineQuery | None) -> None:
    longest = world.clock.waited(world.answer_seconds)
    late = query is None or world.clock.now() - query.time > longest
    if late or (query and query.answered):
        raise bad_request(QUERY_TOO_OLD)


def _checked_result(result: object) -> dict[str, Any]:
    """The result with its message as a person would get it, under ``shown``."""
    if not isinstance(result, dict):
        raise _unparsable("Inline query result must be an object")
    for name in ("type", "id"):
        if not isinstance(result.get(name), str):
            raise _unparsable(f'Can\'t find field "{name}"')
    if not 1 <= len(result["id"].encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content")
    if result["type"] == "article" and not result.get("title"):
        raise _unparsable('Can\'t find field "title"')
    if result["type"] == "article" and not isinstance(content, dict):
        raise _unparsable('Can\'t find field "input_message_content"')
    markup = check_markup(result["reply_markup"]) if result.get("reply_markup") else None
    shown: dict[str, Any] = {"text": "", "entities": [], "reply_markup": markup}
    if isinstance(content, dict) and "message_text" in content:
        if not content["message_text"]:
            raise _unparsable("Message text is empty")
        text, entities = finish_text(read_text(Params(content), "message_text"))
        shown |= {"text": text, "entities": entities}
    return result | {"shown": shown}


def _unparsable(message: str) -> Refusal:
    return bad_request(f"Can't parse inline query result: {message}")
