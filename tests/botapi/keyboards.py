"""Checks reply markup the way Telegram does before it shows a keyboard.

Three checks are stricter than what is known of Telegram, which picks the first action of two, does
not document 8 buttons a row, and ignores an unknown kind of markup: a bot under test needs none.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .as_json import dumps
from .chats import Json
from .errors import Refusal, bad_request
from .params import Params
from .telegram_html import utf16_length

BUTTON_LIMIT = 100
ROW_LIMIT = 8
MARKUP_BYTES = 10_240
STYLES = ("", "default", "primary", "success", "danger")
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_OTHER_MARKUP = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(params: Params) -> Json | None:
    """The checked markup; None where there is none or an empty keyboard. Raises Refusal."""
    if not params.values.get("reply_markup"):
        return None
    try:
        markup = params.json("reply_markup")
    except ValueError:
        raise bad_request("Can't parse reply keyboard markup JSON object") from None
    return check_markup(markup)


def check_markup(markup: object) -> Json | None:
    if not isinstance(markup, dict):
        raise bad_request("Object expected as reply markup")
    if "inline_keyboard" not in markup:
        if markup and not any(markup.get(name) for name in _OTHER_MARKUP):
            raise bad_request("Can't parse reply keyboard markup JSON object")
        _check_rows(markup.get("keyboard", []), "keyboard")
        return markup or None
    rows = _check_rows(markup["inline_keyboard"], "inline_keyboard")
    for row in rows:
        for button in row:
            _check_button(button)
    buttons = sum(map(len, rows))
    if buttons > BUTTON_LIMIT or any(len(row) > ROW_LIMIT for row in rows):
        raise bad_request("Reply markup is too long")
    if len(dumps(markup)) > MARKUP_BYTES:
        raise bad_request("Reply markup is too long")
    return {"inline_keyboard": rows} if buttons else None


def _check_rows(rows: object, name: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise bad_request(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        owner = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
        raise bad_request(f'Field "{name}"{owner} must be an Array of Arrays')
    return rows


def _check_button(button: object) -> None:
    if not isinstance(button, dict):
        raise _unparsable("InlineKeyboardButton must be an Object")
    text = button.get("text")
    if text is None:
        raise _unparsable('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _unparsable('Field "text" must be of type String')
    if str(button.get("style") or "").lower() not in STYLES:
        raise _unparsable("invalid button style specified")
    actions = [name for name in ACTIONS if _is_given(button, name)]
    if not actions:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unparsable(f"Exactly one action expected, found {' and '.join(actions)}")
    if not text.strip():
        raise bad_request("Inline keyboard button text must be non-empty")
    _check_action(button, actions[0])


def _is_given(button: Json, action: str) -> bool:
    """An empty text is not an action, except for the switch to an empty inline query."""
    value = button.get(action)
    return value is not None and (value != "" or action.startswith("switch_inline_query"))


def _check_action(button: Json, action: str) -> None:
    value = button[action]
    if action == "callback_data":
        if not isinstance(value, str):
            raise _unparsable('Field "callback_data" must be of type String')
        if len(value.encode()) > 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "copy_text":
        copied = value.get("text") if isinstance(value, dict) else None
        if not isinstance(copied, str):
            raise _unparsable('Can\'t find field "text"')
        if not 1 <= utf16_length(copied) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    elif action == "url":
        parts = urlsplit(str(value))
        is_web = parts.scheme in ("", "http", "https") and "." in (parts.netloc or parts.path)
        if not is_web and parts.scheme not in ("tg", "ton", "mailto", "tel"):
            raise bad_request(f"Inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")


def _unparsable(message: str) -> Refusal:
    return bad_request(f"Can't parse inline keyboard button: {message}")
