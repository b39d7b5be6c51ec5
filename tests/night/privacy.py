"""Accounts for what each chat was shown: a case is of its group, and of nobody else."""

import re
from collections import Counter

from state.groups import is_group
from tests.botapi import Message
from tests.night.crowd import CODE, Crowd
from tests.night.ward import Place, Ward
from tests.night.watch import Watch

ON_ITS_WAY = 60.0  # seconds of the clock: one real second at the usual speed
TELLS = re.compile(r"EMERGENCY|URGENT|SOON|ROUTINE|Owner|MRI|Cord signs|Reminder|patient|\bDr\b")


def account(counts: Counter[str], ward: Ward, crowd: Crowd, watch: Watch) -> None:
    """Check every version of every message of the bot, and what taps were answered."""
    counts["learnt outside a group"] = 0
    places = {
        code: ward.place_of(int(case.begun_in))
        for code, case in watch.cases.items()
        if is_group(case.begun_in)
    }
    typed = {(chat, code) for _, chat, text in crowd.typed for code in CODE.findall(text)}
    for chat in ward.server.world.chats.values():
        for message in chat.messages.values():
            if message.sender.is_bot:
                _account_message(counts, ward, watch, places, typed, message)
    for acted in crowd.acted:
        for code in {*CODE.findall(acted.tap.text)} & places.keys():
            counts["codes in toasts"] += 1
            chat, said = acted.tap.message.chat.id, acted.tap.text
            inside = _is_inside(ward, places[code], chat, acted.tap.time)
            if not inside and TELLS.search(said):
                whom = ward.name_of(str(acted.who))
                counts["learnt outside a group"] += 1
                watch.tell(code, f"{whom}, outside, was told {said!r}", acted.tap.time)


def _is_inside(ward: Ward, place: Place, chat: int, at: float) -> bool:
    """Return whether a chat is a group, or of somebody who may have its cases."""
    if chat in place.chats:
        return True
    return chat > 0 and chat != ward.viewer.id and place.is_in(chat, at - ON_ITS_WAY)


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
            counts["codes in messages"] += 1
            place = places[code]
            if _is_inside(ward, place, chat, version.date):
                continue
            known = (chat, code) in typed or chat in place.left
            if known and not TELLS.search(version.text):
                continue
            whom = ward.name_of(str(chat))
            counts["learnt outside a group"] += 1
            what = f"a case of {place.name}, shown in {whom}"
            if not any(each.code == code and each.what.startswith(what) for each in watch.amiss):
                watch.tell(code, f"{what}: {version.text[:120]!r}", version.date)
