"""Translators between the core and a place where people type or tap. They know no medicine.

Start with `terminal.py`, the shorter one; then `telegram/app.py`.
"""
