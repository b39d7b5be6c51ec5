"""How typed lines are read: what in them identifies a person.

Start in `identifiers.py`.
"""
