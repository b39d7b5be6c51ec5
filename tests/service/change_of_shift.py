"""A hand-over through the service: who is in the group, and the steps that tests share."""

from collections.abc import Sequence
from dataclasses import replace

from bot.access import Access
from bot.conversation.reading_back import steps
from bot.incoming import Command, Incoming, Tap
from bot.screens.reading_back import deadlines_of
from bot.screens.screen import Button, Screen, load
from bot.service.service import Service
from state.groups import Colleague, Group
from state.handovers import HandOver
from state.people import Member
from state.records import StoredCase
from tests.conftest import NOON

ANN, BOB, CAT, DAN = "1001", "1002", "1003", "1004"
NAMES = {ANN: "Ann", BOB: "Bob", CAT: "Cat", DAN: "Dan"}
WARD = "-100500"


def with_a_ward(service: Service) -> Service:
    """A service with a group of four: Ann and Dan are owners, and Dan never started the bot."""
    store = service.store
    with store.turn():
        for who, name in ((BOB, "@bob"), (CAT, "@cat")):
            store.members.keep(Member(who, "clinician", name, ANN, NOON))
        store.groups.enrol(Group(WARD, ANN, NOON))
        for who, name in NAMES.items():
            store.groups.see(Colleague(WARD, who, name, NOON))
    access = Access(store.members, frozenset({ANN, DAN}), groups=store.groups)
    return replace(service, touch=True, access=access)


def act(service: Service, who: str, line: str, chat: str = "") -> list[Screen]:
    """Do a command, in private unless a chat is named, and return what it showed there."""
    name, _, rest = line.removeprefix("/").partition(" ")
    there = chat or who
    service.take(Incoming(there, who, Command(name, rest), name=NAMES[who]))
    return said(service, there)


def said(service: Service, chat: str) -> list[Screen]:
    """Return what waits for a chat, and mark it as sent."""
    rows = service.store.outbox.queued(chat)
    with service.store.turn():
        service.store.outbox.sent(row.id for row in rows)
    return [load(screen) for row in rows for screen in row.screens]


def text_of(screens: Sequence[Screen]) -> str:
    return "\n".join(screen.plain() for screen in screens)


def buttons(screens: Sequence[Screen]) -> dict[str, Button]:
    return {each.label: each for screen in screens for row in screen.rows for each in row}


def press(service: Service, who: str, screens: Sequence[Screen], label: str) -> list[Screen]:
    """Do what a button of a screen does, as whoever has it."""
    return act(service, who, buttons(screens)[label].does)


def opened(service: Service, *signs: str, who: str = ANN) -> str:
    """Open a case in the group, tick cord signs, and return its code."""
    before = set(service.store.ownership.open_in_groups(who))
    act(service, who, "/triage", WARD)
    (code,) = set(service.store.ownership.open_in_groups(who)) - before
    for sign in signs:
        tick(service, who, code, sign)
    empty(service)
    return code


def tick(service: Service, who: str, code: str, sign: str) -> None:
    """Answer the cord signs of a case by a tap in its group."""
    service.take(Incoming(who, who, Command("open", code)))
    row = service.store.outbox.queued(who)[-1]
    every = [b for each in row.screens for line in load(each).rows for b in line]
    place = next(n for n, each in enumerate(every) if each.value == sign)
    assert row.token is not None
    service.take(Incoming(who, who, Tap(row.token, place), query="q"))


def empty(service: Service) -> None:
    for chat in (*NAMES, WARD):
        said(service, chat)


def case_of(service: Service, code: str) -> StoredCase:
    case = service.store.cases.find(code)
    assert case is not None
    return case


def offer(service: Service, *codes: str, giver: str = ANN, receiver: str = BOB) -> HandOver:
    """Offer cases, and return the first as stored."""
    act(service, giver, f"/handover to {receiver} {WARD} {','.join(codes)}")
    found = service.store.handovers.of(codes[0])
    assert found is not None
    return found


def right_option(service: Service, code: str) -> tuple[str, str]:
    """Return the command of the right option of what is read back now, and of a wrong one."""
    row = service.store.handovers.of(code)
    assert row is not None
    turn = service.begin(Incoming(row.receiver, row.receiver, Command("")))
    case = case_of(service, code)
    view = turn.view(case)
    if row.read == 0:
        right = deadlines_of(view, row).right
    else:
        right = steps(case, view.standing, row.facts).right
    does = f"/handover back {row.offer} {code} {row.read}"
    return f"{does} {right}", f"{does} {(right + 1) % 3}"


def read_back(service: Service, code: str) -> list[Screen]:
    screens: list[Screen] = []
    for _ in range(2):
        right, _ = right_option(service, code)
        screens = act(service, BOB, right)
    return screens
