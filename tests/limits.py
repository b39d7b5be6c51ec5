"""Telegram's limits, which every screen keeps in every adapter."""

from bot.screens.screen import Screen

MOST_UNITS = 4096
MOST_BUTTONS = 100
MOST_IN_ROW = 8
MOST_LABEL = 20
MOST_LABEL_ALONE = 32
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
    assert all(1 <= len(row) <= MOST_IN_ROW for row in screen.rows)
    for row in screen.rows:
        most = MOST_LABEL if len(row) > 1 else MOST_LABEL_ALONE
        for button in row:
            assert 1 <= len(button.label) <= most, button
            assert button.does
