"""A case that cannot be read holds up no other: not its reminders, nor what a start has to do."""

from contextlib import suppress

import pytest

from bot.adapters.telegram import reminder_loop, tidying
from bot.adapters.telegram.tidying import Tidier
from bot.service.offering import offer_left_cases
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import StoredCase
from state.store import Store
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.dialogue import shown
from tests.faults.steps import EMERGENCY, all_is_sent, case_of, spoil, until
from tests.service.test_left_cases import ANN, BOB, CAT, begin, owned

REMINDER = "Reminder: "


@pytest.mark.usefixtures("hurry")
async def test_its_reminder_holds_up_no_other(
    server: BotApi, ann: PersonInChat, service: Service, store: Store, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    bob = server.private_chat(1002, "Bob")
    async with running(server, service):
        for each in (ann, bob):
            await tap(each, await card_of(each), "Gait or balance")
            await each.sees(EMERGENCY)
        await all_is_sent(store)
        spoil(service, case_of(service).code)
        clock.pass_by(hours=9, minutes=1)
        await bob.sees(REMINDER)
        await until(lambda: (due := Reminding(service).next_due()) and due > clock.now)
    assert store.reminders.pending(case_of(service, "1002").code)


@pytest.fixture
def left(service: Service, store: Store) -> tuple[StoredCase, StoredCase]:
    """Two emergencies that nobody sees; the first cannot be read."""
    all_three = owned(service, ANN, BOB, CAT)
    broken, sound = begin(all_three, ANN), begin(all_three, BOB)
    spoil(service, broken.code)
    return broken, sound


def test_it_is_named_among_those_that_nobody_sees_without_a_button(
    service: Service, left: tuple[StoredCase, StoredCase]
) -> None:
    broken, sound = left
    assert [*offer_left_cases(owned(service, CAT))] == [CAT]
    (said,) = shown(service, CAT)
    assert f"{broken.code}: cannot be read" in said.plain()
    assert f"{sound.code}: EMERGENCY" in said.plain()
    assert [[each.label for each in row] for row in said.rows] == [[f"Take over {sound.code}"]]


async def test_a_step_of_the_start_that_fails_holds_up_none_after_it(
    server: BotApi, service: Service, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    redrawn = list[str]()

    def fail(_: Service) -> list[str]:
        raise RuntimeError("a bug")

    def redraw(self: object, place: object) -> None:
        redrawn.append("redrawn")
        raise RuntimeError("enough")

    monkeypatch.setattr("bot.adapters.telegram.catching_up.offer_left_cases", fail)
    monkeypatch.setattr("bot.adapters.telegram.catching_up.CatchingUp._redraw", redraw)
    async with running(server, service):
        await until(lambda: redrawn)


async def test_tidying_goes_on_after_an_error(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "SECONDS_TO_NEXT", 0.0)
    tried = list[str]()

    async def fail(self: Tidier) -> None:
        tried.append("tried")
        raise RuntimeError("a bug") if len(tried) == 1 else KeyboardInterrupt

    monkeypatch.setattr(Tidier, "tidy", fail)
    with suppress(KeyboardInterrupt):
        await Tidier(service, lambda _: None).run()
    assert len(tried) == 2
