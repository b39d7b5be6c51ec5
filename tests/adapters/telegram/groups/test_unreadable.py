"""A case of a group that cannot be read holds up nobody there, nor what becomes of the group."""

import pytest

from bot.incoming import Command, Incoming
from bot.service.departing import fall_back, part
from bot.service.group_moves import move
from bot.service.group_people import SEEN_AGAIN_AFTER
from bot.service.service import Service
from tests.adapters.telegram.groups.steps import ANN, BOB, CAT, opens_a_case
from tests.botapi import BotApi, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import Clock
from tests.faults.steps import spoil
from tests.service import in_group
from tests.service.in_group import GROUP, Team, in_a_group, said

SUPERGROUP = "-100900"
WELCOME = "CordCall helps clinicians"


@pytest.fixture
def broken(service: Service) -> tuple[Team, str]:
    """A group with a case that cannot be read, which Bob offers to Cat, and a sound one."""
    ward = in_a_group(service)
    ward.types(in_group.BOB, "/triage", chat=GROUP)
    ward.taps(in_group.BOB, ward.newest(), "Gait or balance")
    ward.taps(in_group.BOB, ward.newest(), "Done")
    code = ward.case().code
    ward.types(in_group.BOB, f"/handover to {in_group.CAT} {GROUP} {code}")
    ward.types(in_group.ANN, "/triage", chat=GROUP)
    spoil(ward.service, code)
    return ward, code


@pytest.mark.parametrize("who", [in_group.BOB, in_group.CAT])
def test_who_leaves_is_let_go_and_everybody_else_is_answered(
    broken: tuple[Team, str], who: str
) -> None:
    ward, _ = broken
    store = ward.service.store
    with store.turn():
        part(ward.service, GROUP, who)
    assert store.groups.colleague(GROUP, who) is None
    assert "Nobody is on call here" in said(*ward.types(in_group.ANN, "/oncall", chat=GROUP))


@pytest.mark.parametrize("who", [in_group.BOB, in_group.CAT])
def test_who_loses_access_is_removed_and_everybody_else_is_answered(
    broken: tuple[Team, str], who: str
) -> None:
    ward, _ = broken
    ward.types(in_group.ANN, f"/members {who} remove yes")
    assert ward.service.store.members.find(who) is None
    assert "Nobody is on call here" in said(*ward.types(in_group.ANN, "/oncall", chat=GROUP))


def test_the_other_cases_are_handed_over(broken: tuple[Team, str]) -> None:
    ward, broken_code = broken
    sound = next(each for each in ward.service.store.cases.codes_open(GROUP) if each != broken_code)
    ward.types(in_group.BOB, f"/have {sound}")
    ward.types(in_group.BOB, f"/handover to {in_group.ANN} {GROUP} {sound}")
    assert {each.code for each in ward.service.store.handovers.all()} == {broken_code, sound}


def test_the_ways_of_the_group_change(broken: tuple[Team, str]) -> None:
    ward, _ = broken
    ward.types(in_group.ANN, "/group call 4321", chat=GROUP)
    changed = ward.service.store.groups.find(GROUP)
    assert changed and changed.call == "4321"


def test_the_group_becomes_a_supergroup_with_all_its_cases(broken: tuple[Team, str]) -> None:
    ward, _ = broken
    store = ward.service.store
    before = store.cases.codes_open(GROUP)
    with store.turn():
        move(ward.service, GROUP, SUPERGROUP)
    assert store.cases.codes_open(SUPERGROUP) == before
    assert len(store.outbox.queued(SUPERGROUP)) >= 1


def test_the_other_cases_fall_back(broken: tuple[Team, str]) -> None:
    ward, code = broken
    sound = next(each for each in ward.service.store.cases.codes_open(GROUP) if each != code)
    ward.types(in_group.ANN, f"/open {sound}")
    ward.taps(in_group.ANN, ward.newest(in_group.ANN), "None of these")
    with ward.service.store.turn():
        fall_back(ward.service, GROUP)
    assert ward.service.store.cases.codes_open(in_group.ANN) == [sound]


@pytest.mark.usefixtures("hasty")
async def test_who_left_without_a_word_holds_up_no_update_of_others(
    team: dict[str, PersonInChat],
    group: Group,
    server: BotApi,
    shared: Service,
    clock: Clock,
) -> None:
    _, code = await opens_a_case(team)
    team["Cat"].types("/oncall")
    await team["Cat"].sees("Nobody is on call here")
    given = Command("handover", f"to {CAT} {group.chat.id} {code}")
    shared.take(Incoming(str(ANN), str(ANN), given))
    assert shared.store.handovers.of(code)
    spoil(shared, code)
    group.chat.members[CAT] = "left"
    clock.now += SEEN_AGAIN_AFTER
    team["Cat"].types("/oncall")
    await team["Bob"].sees("you are not in this group")
    server.private_chat(BOB).types("/start")
    await server.private_chat(BOB).sees(WELCOME)
