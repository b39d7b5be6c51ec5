"""A simulated night: the real process by a fast clock, and clinicians who tap in three groups."""
