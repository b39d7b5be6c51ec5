"""What people were told of taps that do not count, and when they were shown it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bot.screens.notices import words
from bot.screens.team import WORDS as TEAM
from tests.botapi import Message
from tests.botapi.chats import Chat
from tests.soak.crowd import Acted

NOT_TAKEN = tuple(
    words(table)[name].partition("{")[0]
    for table, names in {
        "fixed": ("too_soon", "too_many", "no_case"),
        "notices": ("twice", "old_button", "ticked_since", "nothing_ticked", "old_question"),
    }.items()
    for name in names
)
BY_OTHERS = words("taken", TEAM)
OVERTAKEN = (BY_OTHERS["first"].removeprefix("{name}").partition("{")[0], BY_OTHERS["check"])
SECONDS_TO_TELL = 60
ASKED_BACK = ("a correction, or still there?", "Is that right?")


@dataclass(frozen=True, slots=True)
class Notice:
    """From when until when a chat was shown that a tap did not count."""

    since: int
    until: float

    def tells(self, acted: Acted) -> bool:
        """Return whether it was shown after a tap, and soon enough to be about it."""
        tapped = int(acted.tap.time)
        return self.until >= tapped and self.since <= tapped + SECONDS_TO_TELL


def is_refused(said: str) -> bool:
    """Return whether a tap was told not to count."""
    return said.startswith(NOT_TAKEN) or any(each in said for each in OVERTAKEN)


def sent_in(chat: Chat) -> Iterator[Message]:
    """Return every message of the bot in a chat, even if deleted since."""
    return (message for message in chat.messages.values() if message.sender.is_bot)


def notices_in(chat: Chat, about: str = "") -> Iterator[Notice]:
    """Return what was shown `about` a case, or any, that says of a tap that it does not count."""
    for message in sent_in(chat):
        followed = [version.date for version in message.versions[1:]]
        for version, until in zip(message.versions, (*followed, math.inf), strict=True):
            says = any(each in version.text for each in (*NOT_TAKEN, *ASKED_BACK))
            if says and about in version.text:
                yield Notice(version.date, until)
