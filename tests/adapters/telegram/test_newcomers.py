"""From nothing to three colleagues with rights: the real program, counted and timed."""

import re
from pathlib import Path
from time import monotonic

import pytest

from tests.adapters.telegram.test_access import token_of
from tests.adapters.telegram.test_conversation import tap
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi, PersonInChat
from tests.faults.steps import PATIENCE

MOST_ACTS = 12
MOST_SECONDS = 30.0


class Acts:
    """Counts what people do: each message, each tap, and each link that is opened."""

    def __init__(self) -> None:
        self.count = 0

    def types(self, person: PersonInChat, text: str) -> None:
        self.count += 1
        person.types(text)

    def opens(self, person: PersonInChat, token: str) -> None:
        """Scan the picture or open the link, then tap Start, which sends the token."""
        self.count += 1
        self.types(person, f"/start {token}")


def program(server: BotApi, folder: Path, owners: str) -> CordCall:
    return CordCall(server, folder, CORDCALL_ACCESS="invite", CORDCALL_OWNERS=owners)


@pytest.mark.slow
async def test_a_newcomer_has_three_colleagues_with_rights_in_twelve_acts(tmp_path: Path) -> None:
    """One restart, for the owner's own id; none for a colleague."""
    acts, began = Acts(), monotonic()
    async with BotApi() as server:
        ann = server.private_chat(1001, "Ann")
        first = program(server, tmp_path, "0")
        await first.start()
        acts.types(ann, "/start")
        refused = await ann.sees("Your Telegram id is", PATIENCE)
        await first.stop()
        found = re.search(r"id is (\d+)", refused.text)
        assert found is not None
        second = program(server, tmp_path, found[1])
        await second.start()
        acts.types(ann, "/invite clinician 3")
        token = token_of(await ann.sees("?start=", PATIENCE))
        colleagues = [server.private_chat(2001 + number) for number in range(3)]
        for each in colleagues:
            acts.opens(each, token)
        for each in colleagues:
            question = await each.sees("Which cord signs are new?", PATIENCE)
            await tap(each, question, "Gait or balance")
            await each.sees("EMERGENCY", PATIENCE)
        assert await second.stop() == 0
    assert acts.count <= MOST_ACTS
    assert monotonic() - began < MOST_SECONDS
    print(f"\n{acts.count} messages, taps and links in {monotonic() - began:.1f} s")  # noqa: T201
