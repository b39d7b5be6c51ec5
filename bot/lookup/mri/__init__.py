"""How fast an MRI, by presentation."""
