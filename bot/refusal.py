"""The base of every error that ends the program with one line."""


class Refusal(Exception):
    """CordCall cannot go on; the text names what is wrong, what was given and what is allowed."""
