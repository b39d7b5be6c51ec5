"""A start under another policy, on the phone: changes arrive as a message with sound."""

from dataclasses import replace
from datetime import UTC

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat
from tests.faults.steps import all_is_sent


async def test_what_another_policy_changes_comes_with_sound_at_the_start(
    server: BotApi, service: Service, ann: PersonInChat, machine: FlowMachine
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY · MRI by Mon 00:00 (in 12 h)")
        await all_is_sent(service.store)
    setting = replace(service.setting, engine=Engine(machine, "nice", UTC))
    async with running(server, replace(service, setting=setting)):
        await ann.sees("Changed: this hospital's policy (nice; before stepwise)")
        await all_is_sent(service.store)
        loud = [
            call.params.text("text")
            for call in server.calls.of("sendMessage")
            if not call.params.boolean("disable_notification")
        ]
        assert "Before: MRI within 12 h" in loud[-1]
        assert loud[-1].startswith("<b>EMERGENCY · MRI by Mon 12:00 (")
        assert len(loud) == 2
        await ann.sees("Which cord signs are new?")
