"""The screens about people: short enough for a phone, and complete over their pages."""

from dataclasses import replace

import pytest

from bot.access import MOST_HELD, Access, Right
from bot.commands.invitations import Wanted, read_wanted
from bot.incoming import Command, Incoming
from bot.screens.screen import Screen
from bot.service.service import Service
from state.people import Member
from state.records import FORGOTTEN
from state.store import StoreError
from tests.access import open_to_all
from tests.conftest import NOON
from tests.dialogue import shown
from tests.limits import assert_fits

ANN = "1001"
LONGEST_NAME = "@" + "W" * 32


@pytest.fixture
def team(service: Service) -> Service:
    """Ann's team of fifteen, every other one with the longest of names."""
    with service.store.turn() as store:
        for number in range(15):
            name = LONGEST_NAME if number % 2 else ""
            store.members.keep(Member(f"99999999999{number:02}", "clinician", name, ANN, NOON))
    access = Access(service.store.members, frozenset({ANN}))
    return replace(service, touch=True, access=access)


def asked(service: Service, command: str) -> list[Screen]:
    name, _, rest = command.partition(" ")
    service.take(Incoming(ANN, ANN, Command(name, rest)))
    return shown(service, ANN)


def test_every_member_is_on_one_of_the_pages_and_each_fits_a_phone(team: Service) -> None:
    found = set[str]()
    for page in range(1, 4):
        (screen,) = asked(team, f"members page {page}")
        assert_fits(screen)
        labels = [button for row in screen.rows for button in row]
        assert len(labels) <= 7
        found |= {each.does.partition(" ")[2] for each in labels if "page" not in each.does}
    assert found == {each.who for each in team.store.members.listed()}
    (one,) = asked(team, "members 9999999999901")
    assert_fits(one)
    assert [button.label for row in one.rows for button in row] == [
        "Make a viewer", "Make an admin", "Remove", "All members",
    ]  # fmt: skip


def test_an_invitation_says_for_whom_it_is_and_keeps_its_token_to_itself(team: Service) -> None:
    for given, said in (
        ("", "one person as a clinician"),
        ("3 viewer", "3 people as viewers"),
        (f"admin {LONGEST_NAME}", f"{LONGEST_NAME.casefold()} alone as an admin"),
    ):
        (screen,) = asked(team, f"invite {given}")
        assert_fits(screen)
        assert said in screen.plain()
        assert screen.file.startswith("invitation ")
        assert "t.me" not in str(screen)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("", Wanted(Right.CLINICIAN, 1, "")),
        ("VIEWER 50", Wanted(Right.VIEWER, 50, "")),
        ("@Some_One admin", Wanted(Right.ADMIN, 1, "some_one")),
        ("1 @Some_One", Wanted(Right.CLINICIAN, 1, "some_one")),
        ("51", None),
        ("0", None),
        ("-1", None),
        ("\u0663", None),
        ("owner", None),
        ("nobody", None),
        ("@abc", None),
        ("@" + "a" * 33, None),
        ("@a @b", None),
        ("2 @Some_One", None),
        ("clinician 3 please", None),
    ],
)
def test_an_invitation_is_asked_for_in_any_order_and_nothing_else(
    given: str, wanted: Wanted | None
) -> None:
    assert read_wanted(given) == wanted


def test_only_so_many_tokens_are_held_until_they_are_sent() -> None:
    access = Access()
    for number in range(MOST_HELD + 1):
        access.hold(f"hash {number}", f"token {number}")
    assert access.held("hash 0") is None
    assert access.held("hash 1") == "token 1"


def test_while_the_store_cannot_be_read_the_right_that_somebody_had_counts(team: Service) -> None:
    class Broken:
        broken = False

        def role_of(self, who: str) -> str | None:
            if self.broken:
                raise StoreError("it cannot be read")
            return team.store.members.role_of(who)

        def in_turn(self) -> bool:
            return False

    members = Broken()
    access = Access(members, frozenset({ANN}))  # type: ignore[arg-type]
    assert access.may_use("9999999999901")
    members.broken = True
    assert access.sees_cases("9999999999901")
    assert not access.may_use("9999999999902")
    assert access.may(ANN, Right.OWNER)
    members.broken = False
    with team.store.turn() as store:
        store.members.remove("9999999999901")
    assert not access.may_use("9999999999901")
    members.broken = True
    assert not access.may_use("9999999999901")


def test_whoever_is_removed_is_told_so_unless_everybody_has_access(team: Service) -> None:
    asked(team, "members 9999999999901 remove yes")
    (told,) = shown(team, "9999999999901")
    assert "You have been removed" in told.plain()
    everybody = replace(team, access=replace(team.access, everybody=Right.CLINICIAN))
    asked(everybody, "members 9999999999903 remove yes")
    assert shown(everybody, "9999999999903") == []


def test_an_admin_who_gives_too_much_is_told_what_is_allowed(team: Service) -> None:
    with team.store.turn() as store:
        store.members.keep(Member("2002", "admin", "", ANN, NOON))
    team.take(Incoming("2002", "2002", Command("invite", "admin")))
    (said,) = shown(team, "2002")
    assert (
        "/invite admin: only an owner gives that role; allowed: viewer, clinician" in said.plain()
    )


@pytest.mark.parametrize("who", [FORGOTTEN, "777000", "1087968824", "136817688"])
def test_even_where_everybody_is_let_in_nobody_is_nobody(who: str) -> None:
    assert open_to_all(who).right_of(who) is Right.NOBODY
    assert open_to_all().right_of("1001") is Right.CLINICIAN
