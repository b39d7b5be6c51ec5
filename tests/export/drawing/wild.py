"""Answers with what it was not asked for; it draws a calendar alone."""

import json
import sys
from datetime import UTC

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from tests.export.drawing import draw

HEADS = {
    "page": b"x" * 100_000,
    "picture": {"name": 'KES-42.png"\r\nX: y', "media": "image/png", "in_words": "", "size": 1},
    "data": {"name": "KES-42.html", "media": "text/html", "in_words": "", "size": 1},
}

for line in sys.stdin.buffer:
    asked = line.decode().rstrip("\n")
    odd = HEADS.get(asked.split()[1])
    drawn = draw(asked, Engine(FlowMachine(FLOW), "stepwise", UTC))
    head = {"name": drawn.name, "media": drawn.media, "in_words": "", "size": len(drawn.content)}
    said = odd if isinstance(odd, bytes) else json.dumps(odd or head).encode()
    sys.stdout.buffer.write(said + b"\n" + drawn.content)
    sys.stdout.buffer.flush()
