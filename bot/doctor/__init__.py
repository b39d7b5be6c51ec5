"""What `cordcall doctor` checks: the settings, the machine, Telegram, the database, the people.

Start with `checks.py`, which lists every check; `facts.py` gathers what they judge.
"""
