"""What an event does to a case: engine, machine, time line, reminders. Pure."""
