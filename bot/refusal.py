"""Base of every error that ends the program with one line."""


class Refusal(Exception):
    """CordCall cannot continue; the message says what is wrong, what was given, what is allowed."""
