"""Screens as Telegram messages: what each button does."""

import pytest

from bot.adapters.telegram.outbox.drawing import (
    draw_html,
    draw_messages,
    draw_renewed_alert,
    draw_toast,
)
from bot.screens.screen import Button, Look, Screen, text

TELEGRAM_TAKES = 4096


def screen(kind: str, *labels: str, alert: bool = False) -> Screen:
    row = tuple(Button(label, f"does {label}") for label in labels)
    return Screen(kind, kind, rows=(row,) if row else (), alert=alert)  # type: ignore[arg-type]


def places(keyboard: dict[str, list[list[dict[str, str]]]]) -> dict[str, str]:
    return {b["text"]: b["callback_data"] for row in keyboard["inline_keyboard"] for b in row}


def test_a_button_keeps_its_place_wherever_it_is_drawn() -> None:
    screens = [screen("plan", "a", "b"), screen("alert", "c"), screen("question", "d", "e")]
    (message,) = draw_messages(screens, "t")
    assert places(message.keyboard) == {"a": "t:0", "b": "t:1", "d": "t:3", "e": "t:4"}
    alone = draw_renewed_alert(screens, "t")
    assert alone is not None
    assert places(alone.keyboard) == {"c": "t:2"}
    screens[1] = screen("alert", "c", alert=True)
    first, second = draw_messages(screens, "t")
    assert (first.alert, places(first.keyboard)) == (True, {"c": "t:2"})
    assert (second.alert, places(second.keyboard)) == (False, places(message.keyboard))


@pytest.mark.parametrize("kind", ["alert", "reminder", "kept"])
def test_what_stays_is_a_message_of_its_own_above_the_view(kind: str) -> None:
    screens = [screen(kind, alert=kind == "alert"), screen("notice"), screen("question", "a")]
    first, second = draw_messages(screens, "t")
    assert (first.kind, first.plain) == (kind, kind)
    assert (second.kind, second.plain) == ("question", "notice\n\nquestion")


def test_only_an_alert_that_is_no_news_corrects_the_one_before() -> None:
    assert draw_renewed_alert([screen("alert", "c", alert=True)], "t") is None
    assert draw_renewed_alert([screen("question", "d"), screen("reminder", "r")], "t") is None


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


def test_a_toast_repeats_no_screen_that_has_buttons() -> None:
    asked = text("What is the next step?", "1. Dexamethasone: 16 mg now")
    button = ((Button("1", "does a"),),)
    assert draw_toast([Screen("notice", "Hand over", (asked,), button)]) is None
    assert draw_toast([Screen("notice", "Hand over", (text("Sent back."),))]) == "Sent back."
    noted = text("Noted.", look="notice")
    assert draw_toast([Screen("notice", "KES-42", (noted, asked), button)]) == "Noted."
