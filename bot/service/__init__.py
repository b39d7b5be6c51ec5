"""One turn, one transaction: access, taps, reminders."""
