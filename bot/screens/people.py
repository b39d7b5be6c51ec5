"""What is said of people who use this: their roles, and how they are named."""

from collections.abc import Mapping

from bot.screens.notices import words
from bot.screens.screen import Screen, text
from state.people import Member


def about(table: str) -> Mapping[str, str]:
    """Return the sentences about rights, invitations or members."""
    return words(table, "people.toml")


def draw_expired() -> Screen:
    """Draw what is left of a message whose case is erased, or belongs to nobody there any more."""
    return Screen("expired", about("forget")["expired_title"], (text(about("forget")["expired"]),))


def say_role(role: str) -> str:
    """Say a role with its article: "an admin"."""
    name = about("rights")[role]
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def name_of(member: Member) -> str:
    """Name a member by the user name that they joined with, and their id."""
    known = about("members")["without_name"].format(who=member.who)
    return f"{member.name} ({known})" if member.name else known
