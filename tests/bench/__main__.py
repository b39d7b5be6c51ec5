"""Prints every table in turn, or only those named: core, lookup, telegram, …"""

import argparse

from tests.bench import (
    audit,
    board,
    core,
    counts,
    crypt,
    engines,
    lookup,
    move,
    reminders,
    rounds_table,
    scale,
    starts,
    taps,
    telegram,
    turn,
)

TABLES = {
    "counts": counts,
    "taps": taps,
    "core": core,
    "turn": turn,
    "audit": audit,
    "crypt": crypt,
    "lookup": lookup,
    "telegram": telegram,
    "rounds": rounds_table,
    "engines": engines,
    "scale": scale,
    "starts": starts,
    "reminders": reminders,
    "board": board,
    "move": move,
}

asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
asked.add_argument("tables", nargs="*", metavar="table", help=", ".join(TABLES))
of_rounds = asked.add_argument_group("of the table rounds")
of_rounds.add_argument("--rounds", type=int, default=rounds_table.ROUNDS)
of_rounds.add_argument("--people", type=int, default=rounds_table.PEOPLE)
of_rounds.add_argument("--seconds", type=float, default=rounds_table.SECONDS, help="a scene")
of_engines = asked.add_argument_group("of the table engines")
of_engines.add_argument("--cases", type=int, default=0, help="what so many stored cases cost a tap")
of_engines.add_argument("--short", action="store_true", help="in two minutes")
given = asked.parse_args()
for name in given.tables or TABLES:
    if name == "rounds":
        rounds_table.measure(given.rounds, given.people, given.seconds)
    elif name == "engines":
        engines.measure(given.cases, short=given.short)
    else:
        TABLES[name].measure()
