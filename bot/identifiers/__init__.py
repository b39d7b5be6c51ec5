"""What in a typed line identifies a person.

Start with `identifiers.py`, which leaves that out of a line.
"""
