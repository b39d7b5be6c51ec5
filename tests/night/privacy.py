"""Accounts for what each chat was shown: a case is of its group, and of nobody else."""

import re
from collections import Counter

from state.groups import is_group
from tests.botapi import Message
from tests.night.crowd import CODE, Crowd
from tests.night.ward import Place, Ward
from tests.night.watch import Watch

ON_ITS_WAY = 60.0  # seconds of the clock: one real second at the usual speed
TELLS = re.compile(r"EMERGENCY|URGENT|SOON|ROUTINE|Owner|MRI|Cord signs|Reminder|patient")


def account(counts: Counter[str], ward: Ward, crowd: Crowd, watch: Watch) -> None:
    """Check every version of every message of the bot."""
    places = {
        code: ward.place_of(int(case.chats[0][1]))
        for code, case in watch.cases.items()
        if is_group(case.chats[0][1])
    }
    typed = {(chat, code) for _, chat, text in crowd.typed for code in CODE.findall(text)}
    for chat in ward.server.world.chats.values():
        for message in chat.messages.values():
            if message.sender.is_bot:
                _account_message(counts, ward, watch, places, typed, message)


def _account_message(
    counts: Counter[str],
    ward: Ward,
    watch: Watch,
    places: dict[str, Place],
    typed: set[tuple[int, str]],
    message: Message,
) -> None:
    chat = message.chat.id
    for version in message.versions:
        for code in {*CODE.findall(version.text)} & places.keys():
            counts["codes seen"] += 1
            place = places[code]
            at = version.date - ON_ITS_WAY
            if chat in place.chats or (chat > 0 and place.is_in(chat, at)):
                continue
            if (chat, code) in typed and not TELLS.search(version.text):
                continue
            whom = ward.name_of(str(chat))
            what = f"a case of {place.name}, shown in {whom}"
            if not any(each.code == code and each.what.startswith(what) for each in watch.amiss):
                watch.tell(code, f"{what}: {version.text[:120]!r}", version.date)
