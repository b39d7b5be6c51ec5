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
        await ann.sees("EMERGENCY – within 12 h")
        await all_is_sent(service.store)
    setting = replace(service.setting, engine=Engine(machine, "nice", UTC))
    async with running(server, replace(service, setting=setting)):
        await ann.sees("policy is now nice; before, it was stepwise")
        await all_is_sent(service.store)
        loud = [
            call.params.text("text")
            for call in server.calls.of("sendMessage")
            if not call.params.boolean("disable_notification")
        ]
        assert "MRI within 24 h – before: MRI within 12 h" in loud[-1]
        assert "CHANGED" in loud[-1] and "EMERGENCY – within 24 h" in loud[-1]
        assert len(loud) == 2
        await ann.sees("Which cord signs are new?")
