"""Several lines come at once, after an outage or typed fast: no answer to any of them is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapters.telegram import reminder_loop
from bot.service.service import Service
from tests.adapters.telegram.conftest import hold_profile
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.botapi.clock import Clock as ServerClock
from tests.conftest import NOON, Clock
from tests.faults.steps import EMERGENCY, all_is_sent, case_of, with_text
from tests.faults.test_said_at import raw

EVENING = NOON.replace(hour=20, minute=50)
UNANSWERED = "Nobody answered this, so nothing was changed."

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
async def server() -> AsyncIterator[BotApi]:
    async with BotApi(clock=ServerClock(EVENING.timestamp())) as running:
        hold_profile(running)
        yield running


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = EVENING
    return clock


class Ward:
    """Ann, whose lines wait while the bot is away."""

    def __init__(self, ann: PersonInChat, server: BotApi, service: Service, clock: Clock) -> None:
        self.ann, self.server, self.service, self.clock = ann, server, service, clock

    async def begins(self, *signs: str) -> None:
        await tap(self.ann, await card_of(self.ann), *signs)
        await self.ann.sees(EMERGENCY)
        await all_is_sent(self.service.store)
        await tap(self.ann, self.ann.last, "Done")
        await self.ann.sees("Any sign of infection?")
        await all_is_sent(self.service.store)

    def passes(self, **span: float) -> None:
        self.clock.pass_by(**span)
        self.server.clock.advance(timedelta(**span).total_seconds())

    async def types(self, *lines: str, apart_minutes: float = 1, back_minutes: float = 20) -> None:
        """Type lines that are handled together, when the bot is back."""
        self.server.updates.hold()
        for line in lines:
            self.passes(minutes=apart_minutes)
            self.ann.types(line)
        self.passes(minutes=back_minutes)
        self.server.updates.release()
        await self.server.until(lambda: len(self.server.updates) == 0)
        await all_is_sent(self.service.store)

    @property
    def noted(self) -> list[str]:
        return [each.kind for each in case_of(self.service).noted]

    @property
    def live(self) -> int:
        """Count the screens with buttons, alerts apart."""
        return len(
            [
                each
                for each in self.ann.bot_messages
                if each.buttons and "Case" not in each.buttons[0]
            ]
        )

    def sounded(self, text: str) -> bool:
        sent = self.server.calls.of("sendMessage")
        return any(
            text in each.params.values["text"] and not each.params.boolean("disable_notification")
            for each in sent
        )


@pytest.fixture
def ward(ann: PersonInChat, server: BotApi, service: Service, clock: Clock) -> Ward:
    return Ward(ann, server, service, clock)


async def test_every_note_of_a_burst_is_confirmed_in_sight(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/given", "/requested", "/called surgeon", "/scanned", "/begun")
    assert with_text(ward.ann, "Noted: 20:51 Steroid given.")
    assert with_text(ward.ann, "Noted: 20:52 MRI requested.")
    assert with_text(ward.ann, "Noted: 20:53 Called: spinal surgeon.")
    assert with_text(ward.ann, "Noted: 20:54 MRI done.")
    assert with_text(ward.ann, "Noted: 20:55 Treatment begun.")
    assert ward.live == 1


@pytest.mark.parametrize("back_minutes", [0, 20])
async def test_what_was_asked_back_is_not_lost_behind_the_next_line(
    ward: Ward, back_minutes: int
) -> None:
    await ward.begins("Gait or balance")
    await ward.types("yes", "/called surgeon", apart_minutes=0, back_minutes=back_minutes)
    (asked,) = with_text(ward.ann, "Any sign of infection? – Yes. Is that right?")
    assert UNANSWERED in asked
    assert ("Your message from 20:50:" in asked) == bool(back_minutes)
    assert ward.live == 1 and case_of(ward.service).latest.keys() == {"cord_signs"}


async def test_what_was_refused_is_not_lost_behind_the_next_line(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/given", "/close transferred", "zebra", "/requested")
    (refused,) = with_text(ward.ann, "so nothing was done")
    assert "Your message from 20:52:" in refused and "Send /close again" in refused
    assert with_text(ward.ann, "Your message from 20:53:\nNot an answer here")
    assert not with_text(ward.ann, "zebra") and ward.live == 1


async def test_what_has_been_seen_leaves_nothing_behind(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/given", back_minutes=0)
    ward.passes(minutes=1)
    await ward.types("/requested", back_minutes=0)
    assert not with_text(ward.ann, "Noted: 20:51 Steroid given.")


async def test_a_tap_that_was_under_way_wipes_out_no_refusal(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    screen = ward.ann.last
    await ward.types("zebra", apart_minutes=0, back_minutes=0)
    await tap(ward.ann, screen, "No")
    await all_is_sent(ward.service.store)
    assert with_text(ward.ann, "Not an answer here")
    assert case_of(ward.service).latest["infection_signs"] is False and ward.live == 1


async def test_undo_takes_back_what_was_sent_just_before_it(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/given", "/undo", "/requested")
    assert ward.noted == ["mri_requested"]
    assert with_text(ward.ann, "Taken back: 20:51 Steroid given.")


async def test_undo_takes_back_nothing_older_than_its_burst(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/given", back_minutes=30)
    await ward.types("zebra", "/card", "/undo", back_minutes=30)
    assert ward.noted == ["steroid_given"]


async def test_a_new_sign_that_waited_is_asked_back_with_sound(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/newsigns", "bladder", "/given")
    (asked,) = with_text(ward.ann, "Bladder. Is that right?")
    assert "Your message from 20:52:" in asked and "/newsigns" in asked
    assert "Removes" not in asked and ward.sounded("Bladder. Is that right?")


async def test_a_second_patient_in_an_outage_gets_a_case_of_their_own(ward: Ward) -> None:
    await ward.types("/triage", "gait", "/triage", "bladder", "/given", apart_minutes=20)
    first, second = sorted(
        ward.service.store.cases.listed("1001", ward.clock.now), key=lambda case: case.begun_at
    )
    assert first.noted == () and [each.kind for each in second.noted] == ["steroid_given"]
    assert second.begun_at - first.begun_at == timedelta(minutes=40)
    assert ward.sounded("Gait or balance. Is that right?")
    assert ward.sounded("Bladder. Is that right?")
    (asked,) = [each for each in ward.ann.bot_messages if "Gait or balance. Is" in each.text]
    ward.passes(minutes=30)
    await tap(ward.ann, asked, "Yes, that is it")
    await ward.ann.sees(EMERGENCY)
    found = ward.service.store.cases.find(first.code)
    assert found and found.latest == {"cord_signs": ["gait"]}
    assert found.begun_at == first.begun_at


async def test_a_deadline_that_comes_sooner_sounds(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/requested", "/earlier 2 h ago", "/card")
    assert ward.sounded("Changed: Suspected since") and ward.live == 1
    assert with_text(ward.ann, "Noted: 20:51 MRI requested.")
    assert with_text(ward.ann, "Noted – Suspected since: Sun 22 Nov 18:52")


async def test_a_note_sent_again_while_the_first_had_no_answer_is_noted_once(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    await ward.types("/given", "/given", "/called surgeon", "/given", apart_minutes=5)
    assert ward.noted == ["steroid_given", "called"]
    again = with_text(ward.ann, "Already noted: 20:55 Steroid given. If it was done a second time")
    assert ["Your message from 21:00:" in text for text in again] == [True, False]
    assert ["Your message from 21:10:" in text for text in again] == [False, True]
    ward.passes(minutes=1)
    await ward.types("/given", back_minutes=0)
    assert ward.noted == ["steroid_given", "called", "steroid_given"]


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    monkeypatch.setattr(reminder_loop, "SHORTEST_SLEEP", 0.01)


@pytest.mark.usefixtures("hurry", "looks_often")
async def test_a_late_reminder_leaves_the_answer_to_a_late_note(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    ward.passes(hours=8, minutes=54, seconds=55)
    await ward.types("/given", back_minutes=4)
    ward.passes(seconds=8)
    await ward.ann.sees("Reminder: ")
    await all_is_sent(ward.service.store)
    assert with_text(ward.ann, "Noted: 05:45 Steroid given.")
    assert "Noted" not in ward.ann.last.text


async def test_a_note_that_arrives_last_but_was_sent_first_is_in_its_place(ward: Ward) -> None:
    await ward.begins("Gait or balance")
    ward.passes(minutes=50)
    early = int((ward.clock.now - timedelta(minutes=30)).timestamp())
    await ward.types("/given", back_minutes=0)
    ward.server.updates.push_raw(raw(ward.ann, "/called surgeon", early))
    await ward.server.until(lambda: len(ward.server.updates) == 0)
    await all_is_sent(ward.service.store)
    called, given = "21:10 Called: spinal surgeon", "21:41 Steroid given"
    assert ward.ann.last.text.index(f"• {called}") < ward.ann.last.text.index(f"• {given}")
    early -= 60
    ward.server.updates.push_raw(raw(ward.ann, "/given", early))
    await ward.server.until(lambda: len(ward.server.updates) == 0)
    await all_is_sent(ward.service.store)
    assert "given 21:41" in ward.ann.last.text
