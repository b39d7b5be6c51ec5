"""Several people at one terminal, who share a group: dialogues over a real database."""

import io
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.adapters.terminal import Terminal
from bot.adapters.terminal_people import LONGEST_NAME, SHARED, People, database_of
from bot.commands.asking import ANSWERED_WITHIN
from bot.incoming import Command, Incoming
from bot.refusal import Refusal
from bot.screens.reading_back import draw_waits_for_receiver
from bot.screens.screen import Screen
from bot.service.service import Service
from state.groups import REPEAT_MIN
from state.records import StoredCase
from tests.adapters.test_terminal import Tty
from tests.conftest import NOON, Clock
from tests.dialogue import AFTER_NO_SIGN, ask

ANNA, BEN = "terminal:anna", "terminal:ben"
ROOT = Path(__file__).parents[2]
REPEATED_AFTER = timedelta(minutes=REPEAT_MIN)


def talk(service: Service, *lines: str, out: io.StringIO | None = None) -> str:
    """Begin as Anna, type lines, and return what was written; the first case is KES-42."""
    people, out = People(service, "Anna"), out or io.StringIO()
    codes = ("KES-42", "NEM-99")
    with patch("bot.turn.new_codes", lambda: iter(codes)):
        typed = io.StringIO("".join(f"{line}\n" for line in lines))
        Terminal(people.service, typed, out, people).run()
    return out.getvalue()


def after(said: str, line: str) -> str:
    """Return what was written between a typed line and the next prompt."""
    _, _, rest = said.rpartition(f"> {line}\n")
    return rest.rpartition("\n")[0] if "> " not in rest else rest.partition("> ")[0]


def kept(service: Service, code: str = "KES-42") -> StoredCase:
    case = service.store.cases.find(code)
    assert case is not None
    return case


def test_one_begins_in_the_group_and_is_told_how(service: Service) -> None:
    said = talk(service)
    assert said.startswith("You are Anna, in the group.")
    assert "/as NAME" in said and "/here private" in said
    assert said.rstrip().endswith("group (Anna)>")
    assert "/here private" in after(talk(service, "/help", "/quit"), "/help")


def test_a_case_of_the_group_is_answered_in_private_by_whoever_opens_it(service: Service) -> None:
    said = talk(service, "/triage", "none", "/as ben", "/open kes-42", "none", "/quit")
    assert "Owner: Anna, since 12:00" in after(said, "/triage")
    assert ask(AFTER_NO_SIGN) in after(said, "/open kes-42")
    shown = after(said, "none")
    group, private = shown.split(ask("radicular_pain"))
    assert group.startswith("— to the group —\n") and "Questions answered by A 12:00, B" in group
    assert "— to" not in private
    assert said.rstrip().endswith("Ben> /quit")
    case = kept(service)
    assert (case.chat, case.owner) == (SHARED, ANNA)
    assert [each.who for each in case.answers] == [ANNA, BEN]


def test_an_answer_in_the_group_is_for_the_newest_card_alone(service: Service) -> None:
    said = talk(service, "/triage", "none", "/triage", "1,3", "/quit")
    assert "EMERGENCY" in after(said, "1,3")
    assert [kept(service, code).latest["cord_signs"] for code in ("KES-42", "NEM-99")] == [
        [],
        ["weakness", "sensory_level"],
    ]


def test_what_is_not_asked_in_the_group_is_not_answered_there(service: Service) -> None:
    said = talk(service, "1", "/triage", "none", "1", "", "/quit")
    assert said.count("No question is open in the group: /card and a code") == 2
    assert set(kept(service).latest) == {"cord_signs"}


def test_a_card_that_comes_by_itself_asks_nothing(service: Service, clock: Clock) -> None:
    class Waits(io.StringIO):
        def readline(self, size: int = -1, /) -> str:
            line = super().readline(size)
            if line == "no\n":
                clock.now = NOON + REPEATED_AFTER
                terminal._ring()
            return line

    people = People(service, "Anna")
    out = io.StringIO()
    terminal = Terminal(people.service, Waits("/triage\n1\nno\n"), out, people)
    terminal.run()
    assert "nobody has answered – now" in out.getvalue()
    assert "No question is open in the group" in out.getvalue()
    case = next(iter(service.store.cases.listed(SHARED, NOON)))
    assert set(case.latest) == {"cord_signs"}


def test_an_alarm_is_answered_and_taken_by_another(service: Service) -> None:
    said = talk(
        service, "/as Ben", "/as Anna", "/oncall surgeon @ben 11:00", "/triage", "1", "/as Ben",
        "/coming KES-42", "/have KES-42", "/have KES-42", "/quit",
    )  # fmt: skip
    assert "Spinal surgeon: Ben, until Mon 11:00" in after(said, "/oncall surgeon @ben 11:00")
    assert "On call: Ben (spinal surgeon)" in after(said, "1")
    assert "nobody has answered yet – call" in after(said, "1")
    assert "On the way: Ben 12:00" in after(said, "/coming KES-42")
    first, second = said.split("> /have KES-42\n")[1:]
    assert first.startswith("— to Anna —\n== CordCall ==\nKES-42: Ben has it now.")
    assert "Owner: Ben" in first
    assert second.startswith("KES-42 has been yours since 12:00.\n")
    assert kept(service).owner == BEN


def test_a_colleagues_own_name_is_no_patients(service: Service) -> None:
    typed = "/oncall surgeon Weber 11:00"
    other = "/oncall surgeon Mary Sampleton 11:00"
    said = talk(service, "/as Weber", "/as Anna", typed, other, "/quit")
    assert "Spinal surgeon: Weber, until Mon 11:00" in after(said, typed)
    assert "it looks like a name" in after(said, other)


def test_whoever_takes_the_alarm_is_named_once(service: Service) -> None:
    said = talk(service, "/triage", "1", "/as Ben", "/seen KES-42", "/coming KES-42", "/quit")
    assert "Seen: Ben" in after(said, "/seen KES-42")
    assert "On the way: Ben 12:00\n" in after(said, "/coming KES-42")
    assert "Seen: Ben" not in after(said, "/coming KES-42")


def test_an_alarm_that_nobody_answers_comes_again_with_a_bell(
    service: Service, clock: Clock
) -> None:
    out = Tty()
    talk(service, "/triage", "1", out=out)
    assert out.getvalue().count("\a") == 1
    clock.now = NOON + REPEATED_AFTER
    said = talk(service, "/as Ben", "/here private", out=(again := Tty()))
    assert again.getvalue().count("\a") == 1
    assert "To everybody here: Anna, Ben" not in said  # Ben came after it
    assert "To everybody here: Anna" in said


def test_reminders_go_to_the_owner_and_to_the_group(service: Service, clock: Clock) -> None:
    talk(service, "/triage", "1", "/as Ben", "/have KES-42")
    clock.now = kept(service).begun_at.replace(hour=23, minute=59)
    talk(service, "/as Ben")
    clock.pass_by(minutes=1)
    said = talk(service, "/as Ben", "/scanned", "/quit")
    owner, group = said.split("Reminder: ")[0:2], said.split("— to Ben —\n")
    assert len(group) == 2 and "Owner: Ben" in said
    assert owner[0].startswith("— to Ben —\n")
    assert "MRI done" in after(said, "/scanned")
    assert kept(service).newest_entry("mri_done") is not None


def test_a_question_that_a_colleague_does_not_answer_comes_back(
    service: Service, clock: Clock
) -> None:
    opened = ("/triage", "/as Ben", "/as Anna", "/open KES-42")
    said = talk(service, *opened, "/sendto", "1", "/quit")
    assert "   1  Ben\n  /card  Case" in after(said, "/sendto")
    assert "— to Ben —" in after(said, "1")
    clock.now = NOON + ANSWERED_WITHIN
    assert "Ben has not answered" in talk(service, "", "/quit")


def test_a_command_of_a_private_chat_is_not_done_in_the_group(service: Service) -> None:
    said = talk(service, "/triage", "1", "/sbar", "/plan", "/nonsense", "/seen", "/quit")
    assert after(said, "/sbar").startswith(
        "/sbar works only in private: type /here private, then /open"
    )
    assert after(said, "/plan").startswith("/plan works only in private")
    assert "No such command" in after(said, "/nonsense")
    assert "Which case? Its code comes after the command" in after(said, "/seen")


def test_a_button_counts_for_the_message_shown_last(service: Service, clock: Clock) -> None:
    talk(service, "/triage", "1", "/triage", "2")
    clock.pass_by(hours=12)
    said = talk(service, "", "/open KES-42", "/here group", "/snooze mri", "/quit")
    assert said.count("/snooze mri  Snooze 30 min") >= 2
    assert after(said, "/snooze mri").startswith("/snooze works only in private")


def test_whoever_is_removed_is_told_how_to_come_back(service: Service) -> None:
    people = People(service, "Anna")
    people.read("/as Ben", NOON.date())
    with service.store.turn():
        service.store.members.remove(BEN)
    told = people.read("/triage", NOON.date())
    assert isinstance(told, Screen) and "/as NAME comes back" in told.plain()
    people.read("/as Ben", NOON.date())
    assert isinstance(people.read("/triage", NOON.date()), Incoming)


def test_each_has_a_private_chat_of_their_own(service: Service) -> None:
    said = talk(
        service, "/here private", "/triage", "2", "/as Ben", "/here private", "/triage", "none",
        "/as Anna", "/as Ben", "/here group", "/here ward", "/quit",
    )  # fmt: skip
    assert "— to the group —" not in said
    assert said.count("No case is open here: /cases lists yours") == 2
    assert "EMERGENCY" in after(said, "/as Anna")
    assert ask(AFTER_NO_SIGN) in after(said, "/as Ben")
    assert after(said, "/here ward") == "/here: ward; allowed: private, group\ngroup (Ben)"
    assert (kept(service).owner, kept(service, "NEM-99").owner) == (ANNA, BEN)
    assert [kept(service).chat, kept(service, "NEM-99").chat] == [ANNA, BEN]


@pytest.mark.parametrize("name", ["", "7", "An na", "a-b", "\x1b[2J", "x" * (LONGEST_NAME + 1)])
def test_a_name_is_one_short_word_of_letters(service: Service, name: str) -> None:
    with pytest.raises(Refusal, match=rf"^--as: .*; allowed: one name, at most {LONGEST_NAME}"):
        People(service, name)
    assert service.store.members.listed() == []
    said = talk(service, f"/as {name}", "/quit")
    assert said.count("\n/as: ") == 1
    assert said.rstrip().endswith("group (Anna)> /quit")


def test_the_first_is_the_admin_and_a_name_is_the_same_person_in_any_case(
    service: Service,
) -> None:
    said = talk(service, "/as ben", "/here private", "/invite", "/as ANNA", "/quit")
    assert "You are Anna." in after(said, "/as ANNA")
    assert "admin" in after(said, "/invite")
    assert {each.who: each.role for each in service.store.members.listed()} == {
        ANNA: "admin",
        BEN: "clinician",
    }
    assert [each.name for each in service.store.groups.colleagues(SHARED)] == ["Anna", "Ben"]


def test_whoever_owns_a_case_of_the_group_finds_it_among_their_cases(service: Service) -> None:
    said = talk(
        service, "/triage", "1", "/as Ben", "/here private", "/cases", "/here group",
        "/have KES-42", "/here private", "/resume", "/as Anna", "/here private", "/cases", "/quit",
    )  # fmt: skip
    assert said.count("None is yours. Open in your groups: KES-42.") == 2
    assert "(in a group)" in after(said, "/resume") and "EMERGENCY" in after(said, "/resume")
    assert "/resume KES-42  Continue KES-42" in after(said, "/resume")


def test_all_is_kept_when_the_terminal_is_left(service: Service) -> None:
    talk(service, "/triage", "none", "/as Ben", "/open KES-42", "none")
    said = talk(service, "/as Ben", "/here private", "/quit")
    assert ask("radicular_pain") in after(said, "/here private")


def test_what_is_unchanged_is_not_shown_again(service: Service) -> None:
    said = talk(service, "/triage", "none", "/open KES-42", "/card", "/card", "/quit")
    assert "— to the group —" not in said
    in_group = said[: said.index("Is a nerve root weak")]
    assert in_group.count("Questions answered by A 12:00") == 2  # with and without who answers now


def test_of_a_card_that_changed_twice_the_newest_is_shown(service: Service) -> None:
    talk(service, "/triage", "1", "/as Ben")
    people, code = People(service, "Anna"), next(iter(service.store.cases.codes_under_way(SHARED)))
    for name in ("seen", "coming"):
        people.service.take(Incoming(SHARED, BEN, Command(name, code), name="Ben"))
    shown = [*people.arrange(service.store.outbox.queued(SHARED))]
    cards = [each.plain() for each in shown if isinstance(each, Screen) and each.kind == "card"]
    assert len(cards) == 1 and "On the way: Ben" in cards[0]


def test_whoever_comes_back_to_a_case_that_was_closed_begins_no_other(service: Service) -> None:
    said = talk(
        service, "/triage", "/open KES-42", "/here private", "/as Ben", "/have KES-42",
        "/here private", "/resume KES-42", "/close other", "/as Anna", "/here private", "/quit",
    )  # fmt: skip
    assert kept(service).status == "closed"
    assert after(said, "/as Anna").startswith("You are Anna.")
    assert after(said, "/here private").startswith("No case is open here: /cases lists yours")
    assert service.store.cases.find("NEM-99") is None


def test_what_identifies_a_patient_is_left_out_in_the_group_too(service: Service) -> None:
    said = talk(service, "/triage", "none, born 12.03.1950", "/quit")
    assert "date of birth" in after(said, "none, born 12.03.1950")
    assert "1950" not in after(said, "none, born 12.03.1950")


def test_the_command_line_names_who_begins_and_keeps_the_group_apart(tmp_path: Path) -> None:
    said = _chat(tmp_path, "Anna", "/triage\n/quit\n")
    assert (said.returncode, said.stderr) == (0, "")
    assert "Owner: Anna" in said.stdout
    assert {each.name for each in tmp_path.glob("*.db")} == {"cordcall-group.db"}
    assert database_of(tmp_path / "cordcall.db") == tmp_path / "cordcall-group.db"
    refused = _chat(tmp_path, "An na", "")
    assert refused.returncode == 2
    assert refused.stderr == ("cordcall: --as: An na; allowed: one name, at most 24 letters\n")


def _chat(folder: Path, name: str, typed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--as", name],
        input=typed, capture_output=True, text=True, timeout=20, check=False, cwd=folder,
        env={
            **os.environ, "CORDCALL_DATABASE": str(folder / "cordcall.db"),
            "PYTHONPATH": str(ROOT),
        },
    )  # fmt: skip


HANDED_OVER = ("/triage", "gait", "/as ben", "/as anna", "/handover KES-42", "1", "/as ben")


def test_a_case_is_handed_over_by_the_numbers_of_each_screen(service: Service) -> None:
    read_back = ("1", "2", "3", "1", "2", "3", "1")  # a right option read back twice asks again
    said = talk(
        service, *HANDED_OVER, "/here private", "1", *read_back, "/resume KES-42", "/card", "/quit"
    )
    asked = after(said, "/handover KES-42")
    assert asked.startswith("— Anna, now in private; /here group goes back —\n")
    assert "to whom?\n   1  Ben\n   2  Back" in asked
    assert "When is the scan due?\n   1  " in said and "Not that one. The answer is: " in said
    assert "   1  Accept KES-42\n   2  Decline" in said
    assert "Handed over: Anna → Ben, read back" in after(said, "/card")
    assert kept(service).owner == BEN
    assert not re.search(r"/handover (to|pick|read|back|accept|decline|withdraw)", said)


def test_a_number_is_for_the_message_shown_last_and_no_other_line_is(service: Service) -> None:
    said = talk(
        service, *HANDED_OVER[:-1], "/as ben", "/here private", "none", "9", "/open KES-42",
        "1", "/quit",
    )  # fmt: skip
    assert said.count("Type one of the numbers: 1, 2. /look leaves this") == 2
    assert "Noted – Infection signs: Yes." in said.rpartition("> 1\n")[2]


def test_what_comes_by_itself_while_somebody_types_has_no_numbers(
    service: Service, clock: Clock
) -> None:
    talk(service, *HANDED_OVER)
    people = People(service, "Ben")
    people.read("/here private", NOON.date())
    [*people.arrange([])]
    turn = service.begin(Incoming(BEN, BEN, Command("")))
    turn.screens.append(draw_waits_for_receiver(service.store.handovers.all(), "Anna"))
    with service.store.turn():
        service.send(turn)
    shown = [*people.arrange(service.store.outbox.queued(BEN))]
    assert isinstance(shown[-1], Screen)
    assert [[each.typed for each in row] for row in shown[-1].rows] == [["/handover"]]
    assert isinstance(people.read("1", NOON.date()), Incoming)


def test_a_colleague_answers_by_a_number_the_one_question_sent(service: Service) -> None:
    said = talk(
        service, "/triage", "gait", "/as Ben", "/as Anna", "/open KES-42", "/sendto", "1",
        "/as Ben", "/here private", "2", "/quit",
    )  # fmt: skip
    assert said.count("Anna asks you about KES-42:") == 2  # when it comes, and when Ben looks
    assert "KES-42: Ben answered infection signs: No." in after(said, "2")
    assert [each.who for each in kept(service).answers] == [ANNA, BEN]


def test_ticks_of_a_question_sent_are_set_one_by_one_and_done(service: Service) -> None:
    said = talk(
        service, "/triage", "/as Ben", "/as Anna", "/open KES-42", "/sendto", "1", "/as Ben",
        "/here private", "2", "1,3", "/quit",
    )  # fmt: skip
    assert "✓ Gait or balance" in after(said, "2") and "Done" in after(said, "2")
    assert "Type one of the numbers" in after(said, "1,3")
    assert kept(service).latest["cord_signs"] == ["gait"]


def test_a_card_of_the_group_is_shown_again_and_counts(service: Service) -> None:
    talk(service, "/triage", "/triage")
    typed = ("/card", "/card KES-42", "/card kes-42", "1", "/card X", "/quit")
    said = talk(service, "/here group", *typed)
    assert said.count("Open in the group: ") == 4
    assert all("Owner: Anna" in after(said, line) for line in typed[1:3])
    assert kept(service).latest["cord_signs"] == ["weakness"]
    assert "cord_signs" not in kept(service, "NEM-99").latest


def test_members_are_changed_and_removed_by_number(service: Service) -> None:
    said = talk(service, "/as Ben", "/as Anna", "/here private", "/members", "2", "/quit")
    assert "   1  anna\n   2  ben" in after(said, "/members")
    remove = re.search(r" (\d)  Remove", after(said, "2"))
    assert remove and "Make a viewer" in after(said, "2")
    said = talk(service, "/here private", "/members", "2", remove[1], "1", "/as Ben", "/quit")
    assert "Remove @ben" in said and "— to Ben —" in said
    assert "Owners, from the settings: terminal:anna" in said
    assert service.store.members.role_of(BEN) == "clinician"  # /as lets them in again


def test_everybody_sees_what_is_stored_of_them_and_erases_it(service: Service) -> None:
    said = talk(
        service, "/triage", "1", "/as Ben", "/have KES-42", "/here private", "/mydata",
        "/forget", "yes", "/look", "/quit",
    )  # fmt: skip
    assert '"who": "terminal:ben"' in after(said, "/mydata")
    assert "terminal:anna" not in after(said, "/mydata")
    assert "/forget yes  Yes, erase it all" in after(said, "/forget")
    assert "Ben is no longer in the team here." in after(said, "yes")
    assert "You are no longer in the group" in after(said, "/look")
    assert service.store.members.find(BEN) is None


def test_whoever_begins_takes_it_out_of_use_and_back(service: Service) -> None:
    said = talk(
        service, "/here private", "/outofuse wrong deadlines", "/triage", "/inuse", "/triage",
        "/invite", "/quit",
    )  # fmt: skip
    assert "CordCall is out of use now" in after(said, "/outofuse wrong deadlines")
    assert "Do not use CordCall" in said.split("> /triage\n")[1]
    assert ask("cord_signs") in said.rpartition("/triage\n")[2]
    assert "/as NAME lets somebody in." in after(said, "/invite")


@pytest.mark.parametrize("way", ["closes", "asks", "call", "repeat", "quiet", "zone"])
def test_each_way_of_the_group_opens_by_its_button(service: Service, way: str) -> None:
    said = talk(service, "/group", f"/group {way}", "/quit")
    assert f"  /group {way}  " in after(said, "/group")
    assert "/group  This group" in after(said, f"/group {way}")
