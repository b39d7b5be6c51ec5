"""How typed lines are read: what in them identifies a person.

Start with `identifiers.py`, which leaves that out of a line.
"""
