"""Reply markup: the limits and the words of each refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.botapi import Refusal
from tests.botapi.keyboards import check_markup, read_markup
from tests.botapi.params import Params

PARSE = "can't parse inline keyboard button: "


def keyboard(*rows: list[Any]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def button(**fields: Any) -> dict[str, Any]:
    return {"text": "Yes"} | fields


@pytest.mark.parametrize(
    "good",
    [
        keyboard([button(callback_data="x" * 64)]),
        keyboard([button(callback_data="é" * 32)]),
        keyboard([button(callback_data="a", style=style) for style in ("danger", "success")]),
        keyboard([button(copy_text={"text": "x" * 256})]),
        keyboard([button(url="https://example.org/a")], [button(url="tg://user?id=1")]),
        keyboard(*([[button(callback_data="a")] * 8] * 12)),
        {"keyboard": [[{"text": "a"}]]},
        {"remove_keyboard": True},
        {"force_reply": True},
    ],
)
def test_accepts(good: dict[str, Any]) -> None:
    assert check_markup(good) == good


def test_an_empty_keyboard_is_no_keyboard() -> None:
    assert check_markup(keyboard()) is None
    assert check_markup(keyboard([])) is None
    assert read_markup(Params({})) is None


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        (keyboard([button(callback_data="x" * 65)]), "BUTTON_DATA_INVALID"),
        (keyboard([button(callback_data="é" * 33)]), "BUTTON_DATA_INVALID"),
        (
            keyboard([button(callback_data="")]),
            PARSE + "Text buttons are unallowed in the inline keyboard",
        ),
        (keyboard([button()]), PARSE + "Text buttons are unallowed in the inline keyboard"),
        (keyboard([{"callback_data": "a"}]), PARSE + 'Can\'t find field "text"'),
        (keyboard([{"text": 5}]), PARSE + 'Field "text" must be of type String'),
        (
            keyboard([{"text": " ", "callback_data": "a"}]),
            "inline keyboard button text must be non-empty",
        ),
        (
            keyboard([button(callback_data="a", url="https://example.org")]),
            PARSE + "Exactly one action expected, found url and callback_data",
        ),
        (
            keyboard([button(callback_data="a", style="warning")]),
            PARSE + "invalid button style specified",
        ),
        (keyboard([button(copy_text={"text": ""})]), "BUTTON_COPY_TEXT_INVALID"),
        (keyboard([button(copy_text={"text": "x" * 257})]), "BUTTON_COPY_TEXT_INVALID"),
        (
            keyboard([button(url="http://localhost")]),
            "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
        (keyboard([button(callback_data="a")] * 9), "reply markup is too long"),
        (keyboard(*[[button(callback_data="a")]] * 101), "reply markup is too long"),
        (
            keyboard(*[[button(text="x" * 60, callback_data="x" * 60)]] * 90),
            "reply markup is too long",
        ),
        ({"inline_keyboard": 5}, 'field "inline_keyboard" must be of type Array'),
        (
            {"inline_keyboard": [{"text": "a"}]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ({"inline_keyboard": [["a"]]}, PARSE + "InlineKeyboardButton must be an Object"),
        ([], "object expected as reply markup"),
        ({"inlinekeyboard": []}, "can't parse reply keyboard markup JSON object"),
    ],
)
def test_refuses(markup: Any, description: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_markup(markup)
    assert caught.value.description == f"Bad Request: {description}"


def test_broken_json_is_refused() -> None:
    with pytest.raises(Refusal, match="can't parse reply keyboard markup JSON object"):
        read_markup(Params({"reply_markup": "{"}))
