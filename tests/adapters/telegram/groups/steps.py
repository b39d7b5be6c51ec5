"""Who is in a group, and the steps that tests of groups share."""

import re

from bot.service.service import Service
from tests.botapi import BotApi, Message, PersonInChat, Tap
from tests.botapi.groups import Group

Team = dict[str, PersonInChat]

ANN, BOB, CAT, DAN, EVE = 1001, 1002, 1003, 1004, 6666
OPENING = re.compile(r"https://t\.me/example_bot\?start=(c[A-Za-z0-9_-]{16})")


def three_join(server: BotApi, group: Group) -> Team:
    """Let three people join a group; each has a private chat with the bot as well."""
    people = {"Ann": ANN, "Bob": BOB, "Cat": CAT}
    for name, who in people.items():
        server.private_chat(who, name)
    return {name: group.joins(who, name) for name, who in people.items()}


async def opens_a_case(team: Team) -> tuple[Message, str]:
    """Let Ann open a case; return its card in the group, and its code."""
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    found = re.search(r"[A-Z]{3}-\d{2}", card.text)
    assert found
    return card, found[0]


async def opened(server: BotApi, tap: Tap) -> PersonInChat:
    """Open the private chat that the answer of a tap leads to."""
    await server.until(lambda: tap.answered)
    found = OPENING.fullmatch(tap.url)
    assert found, (tap.url, tap.text)
    person = server.private_chat(tap.user.id, tap.user.first_name)
    person.types(f"/start {found[1]}")
    return person


def every_data(message: Message) -> list[str]:
    """Return what each button of a message carries."""
    rows = (message.reply_markup or {}).get("inline_keyboard", ())
    return [each["callback_data"] for row in rows for each in row if "callback_data" in each]


def state(service: Service) -> list[tuple[object, ...]]:
    """Return the cases with their owners, versions and answers."""
    return service.store.database.execute(
        "SELECT code, chat, owner, version, (SELECT count(*) FROM answers WHERE "
        "answers.code = cases.code) FROM cases ORDER BY code"
    ).fetchall()
