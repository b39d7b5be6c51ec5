"""What a person can ask for by name."""
