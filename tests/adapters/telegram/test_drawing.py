"""Screens as Telegram messages: what each button does."""

import pytest

from bot.adapters.telegram.outbox.drawing import draw_card_again, draw_html, draw_messages
from bot.screens.screen import Button, Look, Screen, text

TELEGRAM_TAKES = 4096


def screen(kind: str, *labels: str, alert: bool = False) -> Screen:
    row = tuple(Button(label, f"does {label}") for label in labels)
    return Screen(kind, kind, rows=(row,) if row else (), alert=alert)  # type: ignore[arg-type]


def places(keyboard: dict[str, list[list[dict[str, str]]]]) -> dict[str, str]:
    return {b["text"]: b["callback_data"] for row in keyboard["inline_keyboard"] for b in row}


def test_a_button_keeps_its_place_wherever_it_is_drawn() -> None:
    screens = [screen("plan", "a", "b"), screen("emergency", "c"), screen("question", "d", "e")]
    message = draw_messages(screens, "t")[-1]
    assert places(message.keyboard) == {"a": "t:0", "b": "t:1", "c": "t:2", "d": "t:3", "e": "t:4"}
    assert [b["text"] for b in message.keyboard["inline_keyboard"][0]] == ["d", "e"]
    alone = draw_card_again(screens, "t")
    assert alone is not None
    assert places(alone.keyboard) == {"c": "t:2"}


def test_only_a_card_that_is_no_news_is_drawn_again() -> None:
    assert draw_card_again([screen("emergency", "c", alert=True)], "t") is None
    assert draw_card_again([screen("question", "d")], "t") is None


def test_folded_blocks_beside_each_other_share_one_quote() -> None:
    blocks = (
        text("MRI within 12 h", look="lead"),
        text("a < b", heading="Why", look="fold"),
        text("c", look="fold"),
        text("d"),
        text("e", look="fold"),
    )
    assert draw_html(Screen("info", "CordCall", blocks)) == (
        "<b>CordCall</b>\n<b>MRI within 12 h</b>\n"
        "<blockquote expandable><b>Why</b>\n• a &lt; b\n• c</blockquote>\nd\n"
        "<blockquote expandable>• e</blockquote>"
    )


@pytest.mark.parametrize("look", ["text", "list", "fold", "copy"])
@pytest.mark.parametrize("word", ["case ", "\U0001f9b4"])
def test_a_screen_too_long_for_one_message_is_split_at_lines_and_keeps_its_buttons(
    look: Look, word: str
) -> None:
    lines = [f"{n} " + word * 40 for n in range(60)]
    blocks = (text("first"), text(*lines, heading="Cases", look=look), text("last"))
    long = Screen("info", "CordCall", blocks, ((Button("a", "does a"),),))
    messages = draw_messages([screen("plan", "b"), long, screen("question", "c")], "t")
    assert all(len(m.plain.encode("utf-16-le")) // 2 <= TELEGRAM_TAKES for m in messages)
    said = "\n".join(m.plain for m in messages).splitlines()
    assert [line for line in said if line in lines] == lines
    found = [places(m.keyboard) for m in messages]
    assert [each for each in found if each] == [{"b": "t:0"}, {"a": "t:1"}, {"c": "t:2"}]
    assert "last" in next(m for m in messages if "a" in places(m.keyboard)).plain
