"""Fails to draw, and goes on."""

from bot.conversation.engine import Engine
from bot.export import __main__ as program
from bot.export.kinds import Drawn


def fail(file: str, engine: Engine) -> Drawn:
    raise ZeroDivisionError


program.draw_asked = fail
program.main()
