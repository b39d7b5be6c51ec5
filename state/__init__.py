"""What is kept: its records, the store that keeps them, and the engines behind it.

Start with `store.py`, which says what a store promises; `sqlite/schema.py` holds the tables.
"""
