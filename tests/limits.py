"""Telegram's limits, which every screen keeps in every adapter."""

from bot.screens.screen import Screen

MOST_UNITS = 4096
MOST_BUTTONS = 100
LONGEST_LABEL = {1: 32, 2: 20, 3: 12, 4: 8, 5: 6, 6: 4, 7: 3, 8: 2}  # by buttons in the row
MOST_CARD = 900


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def assert_fits(screen: Screen) -> None:
    text = screen.plain()
    assert text.strip()
    assert utf16_units(text) <= MOST_UNITS, screen.title
    if screen.kind in ("card", "emergency"):
        assert len(text) <= MOST_CARD, f"{len(text)} characters:\n{text}"
    buttons = [button for row in screen.rows for button in row]
    assert len(buttons) <= MOST_BUTTONS
    assert_labels_fit(screen)
    assert all(button.does for button in buttons)


def assert_labels_fit(screen: Screen) -> None:
    """Assert that a phone 320 px wide cuts no label, however many stand beside it."""
    for row in screen.rows:
        for button in row:
            assert 1 <= len(button.label) <= LONGEST_LABEL[len(row)], (screen.title, button, row)
