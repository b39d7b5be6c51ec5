"""What an alert says is remembered, for so many alerts."""

from bot.adapters.telegram.outbox.drawing import Message
from bot.adapters.telegram.outbox.shown import MOST_ALERTS_REMEMBERED, Shown

SAID = Message("said", "said", {"inline_keyboard": []})
OTHER = Message("other", "other", {"inline_keyboard": []})


def test_only_what_an_alert_says_now_is_known() -> None:
    shown = Shown()
    shown.note_alert("1", 7, SAID)
    assert shown.says("1", 7, SAID) and not shown.says("2", 7, SAID)
    shown.note_alert("1", 7, OTHER)
    assert shown.says("1", 7, OTHER) and not shown.says("1", 7, SAID)


def test_only_so_many_alerts_are_remembered_the_newest_first() -> None:
    shown = Shown()
    for number in range(MOST_ALERTS_REMEMBERED):
        shown.note_alert("1", number, SAID)
    shown.note_alert("1", 0, SAID)
    shown.note_alert("1", MOST_ALERTS_REMEMBERED, SAID)
    assert shown.says("1", 0, SAID) and shown.says("1", MOST_ALERTS_REMEMBERED, SAID)
    assert not shown.says("1", 1, SAID)
