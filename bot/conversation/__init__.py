"""What an event does to a case: engine, machine, time line, reminders. Pure.

Start with `engine.py`: `advance` is the only place that changes a case.
"""
