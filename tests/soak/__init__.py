"""A soak: the real process, a crowd that taps at a steady rate, and a fault every few seconds."""
