"""What a person can ask for by name.

Start with `registry.py`, which lists every command with what it does.
"""
