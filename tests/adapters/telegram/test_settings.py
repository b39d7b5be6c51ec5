"""Settings and look-ups on a phone, through the strict server."""

from bot.adapters.telegram.app import TelegramBot
from bot.commands.registry import in_menu
from bot.service.service import Service
from state.people import Reader
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.adapters.telegram.test_random_conversations import until
from tests.botapi import BotApi, PersonInChat


async def test_a_role_is_chosen_with_two_taps(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    ann.types("/settings")
    settings = await ann.sees("Role: none chosen.")
    await tap(ann, settings, "Nephrologist")
    chosen = await ann.sees("Role: Nephrologist.")
    assert any("✓ Nephrologist" in row for row in chosen.buttons)
    assert service.store.readers.get("1001") == Reader("1001", "nephrologist")
    assert server.refused_but("message is not modified") == []


async def test_a_time_zone_is_chosen_by_region_and_stands_on_the_next_card(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    ann.types("/settings")
    await tap(ann, await ann.sees("Your time zone: the hospital's"), "Time zone")
    await tap(ann, await ann.sees("Which part of the world"), "Asia")
    await tap(ann, await ann.sees("Which time zone is yours?"), "More")
    await tap(ann, await ann.sees("Which time zone is yours?"), "Tokyo")
    await ann.sees("Your time zone: Asia/Tokyo.")
    assert service.store.readers.get("1001") == Reader("1001", None, "Asia/Tokyo")
    await tap(ann, await card_of(ann), "Bladder")
    await ann.sees("EMERGENCY · MRI by Mon 00:00 UTC (in 12 h)")
    ann.types("/card")
    card = await ann.sees("by Mon 23 Nov 00:00 UTC (09:00 JST for you), in 12 h")
    assert set(card.marked("date_time")) == {"in 12 h"}
    assert server.refused_but("message is not modified") == []


async def test_a_typed_zone_that_does_not_exist_is_refused_in_one_line(
    bot: TelegramBot, ann: PersonInChat, service: Service
) -> None:
    ann.types("/settings zone <b>Mars</b>")
    refused = await ann.sees("no such time zone")
    assert "Mars" not in refused.text
    assert service.store.readers.get("1001") == Reader("1001")


async def test_the_way_from_the_plan_to_a_rule_and_back(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    ann.types("/plan")
    plan = await ann.sees("Open a section.")
    await tap(ann, plan, "Why this urgency")
    await tap(ann, await ann.sees("· Why this urgency"), "Every rule")
    await tap(ann, await ann.sees("Every rule that fired."), "U1")
    rule = await ann.sees("When it fires")
    assert "Cord signs: Gait or balance" in rule.text
    await tap(ann, rule, "Case")
    await tap(ann, await ann.sees("Do now"), "Continue")
    await until(lambda: "Which cord signs are new?" in ann.last.text)
    assert server.refused_but("message is not modified") == []


async def test_sources_are_paged_with_taps(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    ann.types("/sources")
    await tap(ann, await ann.sees("Open a topic"), "Steroid")
    page = await ann.sees("Steroid\n")
    await tap(ann, page, "R07")
    source = await ann.sees("Source R07")
    assert "Rules: D1; D3; D5; D8; D9" in source.text
    assert server.refused_but("message is not modified") == []


def test_the_menu_has_the_new_commands() -> None:
    assert {"plan", "sbar"} <= {each.name for each in in_menu("private")}
