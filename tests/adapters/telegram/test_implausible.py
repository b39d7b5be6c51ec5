"""A number that may be in another unit is asked back on the phone before it counts."""

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import ask, tap_answers
from tests.faults.steps import all_is_sent, case_of

BEFORE = {"cord_signs": ["gait"], "infection_signs": False, "renal": "haemodialysis"}
LABORATORY = (("potassium", 4.5), ("calcium", 2.1), ("albumin", 30))
KEYS = [key for key, _ in LABORATORY]
IN_DOUBT = [
    ("albumin", "5.1", "It may be in g/dL: if so, type ten times as much."),
    ("calcium", "4.6", "It may be in mEq/L: if so, type half of it."),
    ("calcium", "1.2", "It may be ionised calcium"),
]
IMPOSSIBLE = [
    ("albumin", "4", "allowed: a number from 5 to 70 g/L"),
    ("calcium", "9.8", "allowed: a number from 0.5 to 5 mmol/L"),
    ("potassium", "49", "allowed: a number from 1 to 12 mmol/L"),
]


@pytest.mark.parametrize(("key", "typed", "said"), [*IN_DOUBT, *IMPOSSIBLE])
async def test_a_number_in_another_unit_does_not_count(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    key: str,
    typed: str,
    said: str,
) -> None:
    await card_of(ann)
    before = dict(LABORATORY[: KEYS.index(key)])
    await tap_answers(ann, service, **BEFORE, **before, up_to=key)
    await ann.sees(ask(key))
    await all_is_sent(service.store)
    ann.types(typed)
    asked = await ann.sees(said)
    assert key not in case_of(service).latest
    if (key, typed, said) in IN_DOUBT:
        await tap(ann, asked, "Yes, that is it")
        await all_is_sent(service.store)
        assert case_of(service).latest[key] == float(typed)
