"""One turn, one transaction: access, taps, reminders.

Start with `service.py`: everything a person does comes in there.
"""
