"""The people of a region: they answer cases alone and in their groups, and ask for look-ups."""

import asyncio
import random
from typing import Final

from tests.botapi import BotApi
from tests.botapi.chats import Chat
from tests.night.crowd import ENROLLED
from tests.region.people import Answering, Asking, Room, types_in
from tests.region.reminded import GROUP_REPEATS_MIN
from tests.region.waits import Waits
from tests.soak.crowd import FIRST_ID
from tests.soak.crowd import Crowd as SoakCrowd

ASKS: Final = 4  # one in so many asks for look-ups and waits for a deadline; the others answer
GUEST_ID: Final = 9_001  # whoever looks on, and may tap along
SECONDS_TO_ENROL: Final = 120.0
WAYS: Final = ("asks all", f"repeat {GROUP_REPEATS_MIN}")


class Crowd(SoakCrowd):
    """So many people, in groups of one size; each is in one group.

    `taps` counts what they do: they tap, or type.
    """

    def __init__(
        self, server: BotApi, waits: Waits, people: int, groups: int, seconds: float, seed: int
    ) -> None:
        ends_at = asyncio.get_running_loop().time() + seconds
        self.server = server
        self.taps = 0
        self.rooms = [
            Room(server.group_chat(f"Group {n + 1}", supergroup=True)) for n in range(groups)
        ]
        self.answering = list[Answering]()
        self.asking = list[Asking]()
        for n in range(people):
            phone, chance = (
                server.private_chat(FIRST_ID + n, f"Dr {n + 1}"),
                random.Random(f"{seed} {n}"),
            )
            room = self.rooms[n % groups]
            room.lets_in(phone)
            if n // groups % ASKS == ASKS - 1:
                self.asking.append(Asking(phone, chance, waits=waits, ends_at=ends_at))
            else:
                self.answering.append(Answering(phone, chance, waits=waits, room=room))
        self.people = [*self.answering, *self.asking]
        random.Random(seed).shuffle(self.people)

    @property
    def owners(self) -> str:
        """The ids of all and of a guest, as a setting."""
        people = (each.phone.user.id for each in self.people)
        return ",".join(map(str, (*people, GUEST_ID)))

    async def begin(self) -> None:
        """Have one of each group enrol it, and everybody start the bot."""
        async with asyncio.TaskGroup() as together:
            for room in self.rooms:
                together.create_task(self._enrol(room))
        for person in self.people:
            person.phone.types("/start")

    async def _enrol(self, room: Room) -> None:
        leads = room.leads
        room.group.changes_bot(leads, "member")
        types_in(leads, "/enrol")
        await leads.sees(ENROLLED, SECONDS_TO_ENROL)
        for way in WAYS:
            types_in(leads, f"/group {way}")

    def desks_of(self, chat: Chat) -> list[Chat]:
        """Return a chat, and if it is a group's the private chats of its people."""
        room = next((each for each in self.rooms if each.group.chat is chat), None)
        own = (self.server.world.chats[who] for who in room.people) if room else ()
        return [chat, *own]
