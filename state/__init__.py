"""Persistence: the records, the store that keeps them, and the engines behind it.

Start with `store.py`, the store's interface; `sqlite/schema.py` has the tables.
"""
