"""What was asked to be given away, as text for the outbox: a case as it stood at the request.

What is drawn later, even after a restart, shows the case of that moment.
"""

import json
from datetime import datetime, tzinfo
from typing import Final

from bot.conversation.engine import Engine
from bot.export.kinds import KINDS, Drawn, Kind
from bot.export.paper import paper_of
from bot.screens.time_zones import find_zone
from bot.screens.view import View
from state.case_text import case_as_json, case_from_json
from state.groups import Colleague
from state.json_text import write_json

EXPORT: Final = "export"


def is_export(file: str) -> bool:
    """Return whether the file that a screen names is a case that is given away."""
    return file.startswith(f"{EXPORT} ")


def kind_asked(file: str) -> Kind:
    """Return which kind of file a screen names."""
    return KINDS[file.split(" ", 2)[1]]


def write_asked(view: View, kind: Kind) -> str:
    """Write down all that a file is drawn from."""
    people = view.colleagues
    asked = {
        "case": case_as_json(view.case),
        "policy": view.result.policy,
        "now": view.now.isoformat(),
        "zone": str(view.zone),
        "call": view.call,
        "role": view.role,
        "reader_zone": str(view.reader_zone) if view.reader_zone else None,
        "touch": view.touch,
        "late": view.late,
        "colleagues": None if people is None else [_plain(each) for each in people.values()],
    }
    return f"{EXPORT} {kind.name} {write_json(asked)}"


def read_asked(file: str, engine: Engine) -> View:
    """Return the view that a file is drawn from; its rules and flow are those of the engine."""
    asked = json.loads(file.split(" ", 2)[2])
    case, now = case_from_json(asked["case"]), datetime.fromisoformat(asked["now"])
    zone, people = _zone(asked["zone"], engine.zone), asked["colleagues"]
    own = engine
    if (asked["policy"], zone) != (engine.policy, engine.zone):
        own = Engine(engine.machine, asked["policy"], zone)
    return View(
        case=case,
        standing=own.stand(case, now),
        flow=engine.machine.flow,
        now=now,
        zone=zone,
        call=asked["call"],
        role=asked["role"],
        reader_zone=find_zone(asked["reader_zone"]) if asked["reader_zone"] else None,
        touch=asked["touch"],
        late=asked["late"],
        colleagues=None if people is None else {each[1]: _colleague(*each) for each in people},
    )


def draw_asked(file: str, engine: Engine) -> Drawn:
    """Draw the file that a screen names."""
    view = read_asked(file, engine)
    return kind_asked(file).draw(view, paper_of(view.zone))


def _zone(name: str, usual: tzinfo) -> tzinfo:
    return usual if name == str(usual) else find_zone(name) or usual


def _plain(person: Colleague) -> tuple[str, str, str, str]:
    return person.chat, person.who, person.name, person.seen_at.isoformat()


def _colleague(chat: str, who: str, name: str, seen_at: str) -> Colleague:
    return Colleague(chat, who, name, datetime.fromisoformat(seen_at))
