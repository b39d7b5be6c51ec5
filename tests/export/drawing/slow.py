"""Works hard for a second on each file."""

from time import perf_counter

from bot.conversation.engine import Engine
from bot.export import __main__ as program
from bot.export.kinds import Drawn
from tests.export.drawing import draw

SECONDS = 1.0


def draw_slowly(file: str, engine: Engine) -> Drawn:
    ends = perf_counter() + SECONDS
    while perf_counter() < ends:
        sum(range(1000))
    return draw(file, engine)


program.draw_asked = draw_slowly
program.main()
