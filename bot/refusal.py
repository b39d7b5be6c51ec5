"""Base of every error that ends the program with one line."""


class Refusal(Exception):
    """CordCall cannot continue; the message says what is wrong, what was given, what is allowed."""


class SettingsError(Refusal):
    """An unusable setting: names the variable, what was given and what is allowed."""
