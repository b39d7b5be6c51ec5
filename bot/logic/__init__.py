"""The clinical rules: what a case means. Knows no chat, no wording, no storage and no clock.

Start with `assessment.py`, which asks one module a topic;
the texts of each are in the TOML file beside it.
"""
