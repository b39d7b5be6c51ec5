"""A drug on dialysis, by name or class."""
