"""What is said of people who use this: their roles, and how they are named."""

from collections.abc import Mapping

from bot.screens.notices import words
from bot.screens.screen import Screen, text
from state.people import Member


def about(table: str) -> Mapping[str, str]:
    """Return the sentences about rights, invitations or members."""
    return words(table, "people.toml")


def draw_expired(*, handed_on: bool = False) -> Screen:
    """Draw what is left of a message whose case is erased, or is open and offered to others."""
    said, name = about("forget"), "handed_on" if handed_on else "expired"
    return Screen("expired", said[f"{name}_title"], (text(said[name]),))


def say_role(role: str) -> str:
    """Say a role with its article: "an admin"."""
    name = about("rights")[role]
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def say_roles(role: str, count: int) -> str:
    """Say a role as so many people have it: "a viewer" or "viewers"."""
    return say_role(role) if count == 1 else f"{about('rights')[role]}s"


def name_of(member: Member) -> str:
    """Name a member by the user name that they joined with, and their id."""
    known = about("members")["without_name"].format(who=member.who)
    return f"{member.name} ({known})" if member.name else known
