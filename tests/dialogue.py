"""Dialogues keyed by question: a test states the answers it is about, the flow decides the order.

A question that a test does not name is answered "not known" ("another level?": no). A stated
answer whose question never comes fails the test.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final

from bot.conversation.engine import Engine
from bot.conversation.events import Picked
from bot.conversation.move import Advanced
from bot.flows.grammar import UNKNOWN, Number, Question, Value, option_key
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import Screen, load
from bot.service.service import Service
from state.records import StoredCase
from tests.botapi import Message, PersonInChat, changes
from tests.conftest import NOON

CHAT: Final = "chat"
LOOK_AGAIN_S: Final = 0.005
FIRST: Final = "cord_signs"
AFTER_A_SIGN: Final = "infection_signs"
AFTER_NO_SIGN: Final = "radicular_deficit"
WITHOUT_SYMPTOMS: Final[Mapping[str, Value]] = {
    "cord_signs": [],
    "radicular_deficit": "none",
    "radicular_pain": "none",
    "back_pain": False,
    "infection_signs": False,
}


def ask(name: str) -> str:
    """Return the words with which a question is asked."""
    return words_of(FLOW, name).ask


def script(
    stated: Mapping[str, Value], up_to: str, asked: Callable[[], str]
) -> Iterator[tuple[Question, str, Value]]:
    """Yield each question as it is asked, its key and the answer, until every answer is given.

    With `up_to` it goes on until that question, or that end of the flow, is reached. The answers
    of a repeated question are named by its id for the first lesion, `level.2` for the second.
    """
    left = {_key(name): value for name, value in stated.items()}
    given = set[str]()
    while left or (up_to and asked() != _key(up_to)):
        key = asked()
        question = FLOW.question(key)
        if question is None or key in given or key == _key(up_to):
            raise AssertionError(f"{', '.join(left) or up_to}: never asked; the case is at {key}")
        given.add(key)
        yield question, key, left.pop(key, UNKNOWN if question.can_be_unknown else False)


def answered(engine: Engine, case: StoredCase, *, up_to: str = "", **stated: Value) -> Advanced:
    """Answer a case in the order in which it asks, and return what the last answer did."""
    turn = Advanced(case, (), engine.stand(case, NOON))
    where = script(stated, up_to, lambda: engine.stand(turn.case, NOON).asked)
    for question, key, value in where:
        turn = engine.advance(turn.case, Picked(key, typed(question, value)), "ann", NOON)
    return turn


def do(service: Service, *lines: str, chat: str = CHAT, who: str = "ann") -> list[Screen]:
    """Type lines or commands, and return what the last one showed."""
    for line in lines:
        shown(service, chat)
        name, _, rest = line.removeprefix("/").partition(" ")
        act = Command(name, rest) if line.startswith("/") else Text(line)
        service.take(Incoming(chat, who, act))
    return shown(service, chat)


def shown(service: Service, chat: str = CHAT) -> list[Screen]:
    """Mark what is queued for a chat as sent, and return it."""
    queued = service.store.outbox.queued(chat)
    with service.store.turn():
        service.store.outbox.sent(row.id for row in queued)
    return [load(screen) for row in queued for screen in row.screens]


def tap(service: Service, label: str, chat: str = CHAT, who: str = "ann") -> list[Screen]:
    """Tap the button with this label on the newest message, and return what it showed."""
    row = service.store.outbox.queued(chat)[-1]
    buttons = [button for each in row.screens for line in load(each).rows for button in line]
    place = [button.label for button in buttons].index(label)
    assert row.token is not None
    service.take(Incoming(chat, who, Tap(row.token, place), query="q"))
    return [load(each) for each in service.store.outbox.queued(chat)[-1].screens]


def triage(
    service: Service, *, chat: str = CHAT, who: str = "ann", up_to: str = "", **stated: Value
) -> list[Screen]:
    """Begin a case by typing and answer it; return what was shown last."""
    begun = do(service, "/triage", chat=chat, who=who)
    return answer(service, chat=chat, who=who, up_to=up_to, **stated) or begun


def answer(
    service: Service, *, chat: str = CHAT, who: str = "ann", up_to: str = "", **stated: Value
) -> list[Screen]:
    """Answer the active case as it asks, by taps if it has buttons; return what was shown last."""
    screens: list[Screen] = []
    for question, _, value in script(stated, up_to, lambda: asked(service, chat)):
        if service.touch:
            for label in labels(question, value):
                screens = tap(service, label, chat, who)
        else:
            screens = do(service, typed(question, value), chat=chat, who=who)
    return screens


async def tap_answers(
    person: PersonInChat, service: Service, *, up_to: str = "", **stated: Value
) -> None:
    """Tap the answers to the active case on a phone, as it asks for them.

    A tap may be confirmed before its answer is kept, so the next question is waited for.
    """
    chat = str(person.chat.id)
    where = script(stated, up_to, lambda: asked(service, chat))
    for question, key, value in where:
        for label in labels(question, value):
            message = await asks(person, question, value if label == "Done" else UNKNOWN)
            await person.gets_answer(person.taps(message, label))
        async with asyncio.timeout(changes.PATIENCE):
            while asked(service, chat) == key:
                await asyncio.sleep(LOOK_AGAIN_S)


async def asks(person: PersonInChat, question: Question, ticked: Value = UNKNOWN) -> Message:
    """Wait for the message that asks a question, with its ticks shown."""
    marks = labels(question, ticked)[:-1] if isinstance(ticked, list) else []

    def asking() -> Message | None:
        found = (m for m in reversed(person.bot_messages) if ask(question.id) in m.text)
        shown = ((m, {*chain(*m.buttons)}) for m in found)
        return next((m for m, keys in shown if {f"✓ {each}" for each in marks} <= keys), None)

    return await person.sees_when(asking)


def asked(service: Service, chat: str = CHAT) -> str:
    """Return the key of the active case's current question."""
    case = service.store.cases.active(chat)
    assert case is not None, f"{chat}: no case is at work"
    return service.setting.engine.stand(case, service.clock()).asked


def typed(question: Question, value: Value) -> str:
    """Return the line to type for an answer."""
    if isinstance(value, list):
        return ",".join(value) or "none"
    return f"{value:g}" if _is_number(value) else labels(question, value)[0]


def labels(question: Question, value: Value) -> list[str]:
    """Return the buttons to tap for an answer, in order."""
    words = words_of(FLOW, question.id)
    if value == UNKNOWN:
        return [words.unknown]
    if isinstance(value, list):
        ticks = [words.options[tick] for tick in value]
        return [*ticks, "Done"] if ticks else ["None of these"]
    if isinstance(question, Number):
        return [question.said(float(value))]
    key = option_key(value)
    return [words.options.get(key, key)]


def _key(name: str) -> str:
    question = FLOW.questions.get(name)
    return question.key(1) if question else name


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
