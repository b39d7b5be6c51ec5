"""What is said where several people share a terminal."""

from typing import Final

from bot.screens.notices import words
from bot.screens.screen import Screen, text

WORDS: Final = "terminal_people.toml"


def say(what: str, **given: object) -> str:
    """Return a sentence, a heading or a prompt."""
    return words("people", WORDS)[what].format(**given)


def brief(*sentences: str) -> Screen:
    """Return what is said in passing, without a frame."""
    return Screen("toast", "", (text(*sentences, look="notice"),))
