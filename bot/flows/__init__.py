"""The conversations: questions, options and conditions as data.

Start with `triage.py`, written in the terms of `grammar.py`; its wording is in `triage.toml`.
"""
