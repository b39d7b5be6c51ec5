"""Eight clinicians and three groups of theirs, one with topics; and who was in which, and when.

A viewer is in one of the groups too, and a stranger in none.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from state.people import Member
from state.sqlite.store import SqliteStore
from tests.botapi import BotApi, Group, PersonInChat

OWNER = "A"
MEMBERS = {"Oncology": "ABCDE", "Spine surgery": "ACDFG", "Dialysis": "AEFGH"}
TOPICS = ("New patients", "Under treatment")
FIRST_ID = 1_001
VIEWER, STRANGER = 8_001, 9_001
EVENTS_KEPT = 20_000


@dataclass(slots=True)
class Clinician:
    """Somebody in a private chat with the bot, and in groups."""

    letter: str
    phone: PersonInChat

    @property
    def id(self) -> int:
        return self.phone.user.id

    @property
    def name(self) -> str:
        return self.phone.user.first_name


@dataclass(slots=True)
class Place:
    """A group: it keeps its people when it becomes a supergroup, and with that another id."""

    name: str
    group: Group
    people: dict[int, PersonInChat]
    topics: tuple[int, ...] = (0,)
    chats: set[int] = field(default_factory=set)
    left: dict[int, float] = field(default_factory=dict)
    is_away: bool = False
    lost: list[float] = field(default_factory=list)
    demoted: int = 0

    def was_lost_in(self, since: float, until: float) -> bool:
        """Return whether the bot could not write there any more from some time between two on."""
        return any(since <= at <= until for at in self.lost)

    def is_in(self, who: int, at: float) -> bool:
        """Return whether somebody is in the group at a time of the clock."""
        return who in self.people or at <= self.left.get(who, 0.0)


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, for whoever reads why something is amiss."""

    at: float
    what: str

    def __str__(self) -> str:
        return f"{datetime.fromtimestamp(self.at, UTC):%H:%M:%S} {self.what}"


class Ward:
    """The people, their groups, and a record of what happened."""

    def __init__(self, server: BotApi) -> None:
        self.server = server
        self.happened = deque[Happened](maxlen=EVENTS_KEPT)
        self.codes = list[str]()
        self.clinicians = {
            letter: Clinician(letter, server.private_chat(FIRST_ID + n, f"Dr {letter}"))
            for n, letter in enumerate(sorted({*"".join(MEMBERS.values())}))
        }
        self.viewer = Clinician("V", server.private_chat(VIEWER, "Viewer V"))
        self.stranger = Clinician("?", server.private_chat(STRANGER, "Stranger"))
        self.places = [self._place(name) for name in MEMBERS]

    def _place(self, name: str) -> Place:
        forum = name == "Dialysis"
        group = self.server.group_chat(name, supergroup=name != "Oncology", forum=forum)
        people = dict[int, PersonInChat]()
        for letter in MEMBERS[name]:
            person = self.clinicians[letter]
            status = "administrator" if letter == OWNER else "member"
            people[person.id] = group.joins(person.id, person.name, status)
        if name == "Spine surgery":
            people[VIEWER] = group.joins(VIEWER, self.viewer.name)
        place = Place(name, group, people, chats={group.chat.id})
        owner = people[self.clinicians[OWNER].id]
        group.changes_bot(owner, "administrator" if name == "Spine surgery" else "member")
        if forum:
            place.topics = tuple(group.opens_topic(owner, topic) for topic in TOPICS)
        return place

    @property
    def now(self) -> float:
        return self.server.clock.now()

    def note(self, what: str) -> None:
        self.happened.append(Happened(self.now, what))

    def admit(self, database: Path) -> None:
        """Let everybody in, before the program starts."""
        store = SqliteStore(database)
        at = datetime.fromtimestamp(self.now, UTC)
        with store.turn():
            for each in (*self.clinicians.values(), self.viewer):
                if each.letter != OWNER:
                    role = "viewer" if each is self.viewer else "clinician"
                    member = Member(str(each.id), role, f"@dr{each.letter}", "1001", at)
                    store.members.keep(member)
        store.close()

    @property
    def everybody(self) -> list[Clinician]:
        return [*self.clinicians.values(), self.viewer, self.stranger]

    def places_of(self, person: Clinician) -> list[Place]:
        """Return the groups of a person that the bot is in."""
        return [each for each in self.places if person.id in each.people and not each.is_away]

    def place_of(self, chat: int) -> Place:
        """Return the group that has, or had, this id. StopIteration for another chat."""
        return next(place for place in self.places if chat in place.chats)

    def clinician(self, who: str) -> Clinician:
        return next(each for each in self.clinicians.values() if str(each.id) == who)

    def name_of(self, who: str) -> str:
        return next((each.name for each in self.everybody if str(each.id) == who), who)

    def owner_in(self, place: Place) -> PersonInChat:
        return place.people[self.clinicians[OWNER].id]

    def puts_bot(self, place: Place, status: str, *, without: frozenset[str] = frozenset()) -> None:
        """The bot's place in a group changes: thrown out, let in, a plain member, no right."""
        place.is_away = status in ("kicked", "restricted")
        led = place.group.chat.bot_status == "administrator"
        place.demoted += led and status == "member"
        if place.is_away:
            place.lost.append(self.now)
        lacks = f" without {', '.join(without)}" if without else ""
        self.note(f"! the bot is {status} in {place.name}{lacks}")
        place.group.changes_bot(self.owner_in(place), status, without=without)

    def migrates(self, place: Place) -> None:
        """A group becomes a supergroup."""
        place.group = place.group.migrates()
        place.people = {who: place.group.person(each) for who, each in place.people.items()}
        place.chats.add(place.group.chat.id)
        self.note(f"{place.name} became the supergroup {place.group.chat.id}")

    def removes(self, place: Place, letter: str) -> None:
        """Somebody is thrown out of a group."""
        place.group.removes(self._goes(place, letter), self.owner_in(place))

    def leaves(self, place: Place, letter: str) -> None:
        """Somebody leaves a group."""
        place.group.leaves(self._goes(place, letter))

    def _goes(self, place: Place, letter: str) -> PersonInChat:
        who = self.clinicians[letter].id
        place.left[who] = self.now
        self.note(f"Dr {letter} is not in {place.name} any more")
        return place.people.pop(who)

    def around(self, at: float, before: float, after: float, about: str) -> list[str]:
        """Say what happened around a time: what concerns a case, and what concerns everybody."""
        happened = [
            each
            for each in (*self.happened, *(self._shown(about) if about else ()))
            if at - before <= each.at <= at + after
            and (about in each.what or each.what.startswith("! "))
        ]
        return [str(each) for each in sorted(happened, key=lambda each: each.at)]

    def _shown(self, about: str) -> Iterator[Happened]:
        """Return every message of the bot about a case, as each was sent or edited."""
        for chat in self.server.world.chats.values():
            for message in chat.messages.values():
                for number, version in enumerate(message.versions):
                    if message.sender.is_bot and about in version.text:
                        how = "edited" if number else "sent silently" if message.silent else "sent"
                        where = chat.title or self.name_of(str(chat.id))
                        said = " | ".join(version.text.split("\n"))[:160]
                        yield Happened(version.date, f"{how} in {where}: {message.id} {said}")
