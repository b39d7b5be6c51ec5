"""`/sendto`: the owner of a group's case asks one colleague one question, in their private chat."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.commands.notes import open_case
from bot.commands.others import turn_for
from bot.logic.case_input import shown_id
from bot.screens.asking import WORDS, draw_request, draw_which, draw_whom
from bot.screens.card import draw_card
from bot.screens.drawn_lines import block_lines
from bot.screens.notices import words
from bot.screens.pages import split_page
from bot.screens.screen import Screen, text
from bot.screens.still_open import open_keys
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.time_line import say_time
from bot.screens.view import in_a_sentence
from bot.turn import Turn
from state.groups import Colleague, is_group
from state.records import StoredCase
from state.requests import Request

ANSWERED_WITHIN: Final = timedelta(minutes=10)
TO: Final = "to "
ABOUT: Final = "about "
WHICH: Final = "which"


def send_to(turn: Turn, given: str) -> None:
    """Send the question that is open to a colleague; ask whom, or which question, if wished."""
    case = open_case(turn)
    if case is None or not _may_send(turn, case):
        return
    said, (rest, page) = words("asks", WORDS), split_page(given)
    keys, people = open_keys(turn.view(case)), _people(turn, case)
    if not keys or not people:
        turn.say(said["nothing" if people else "nobody"].format(code=case.code))
    elif rest.startswith(WHICH):
        turn.screens.append(draw_which(turn.view(case), page))
    elif not rest or rest.startswith(ABOUT):
        key = rest.removeprefix(ABOUT) if rest.removeprefix(ABOUT) in keys else keys[0]
        turn.screens.append(draw_whom(turn.view(case), key, people, page))
    else:
        _send(turn, case, rest, keys, people)


def _may_send(turn: Turn, case: StoredCase) -> bool:
    """Return whether this person may send questions of a case; else say why not."""
    said = words("asks", WORDS)
    if not is_group(case.chat):
        turn.say(said["in_group"].format(code=case.code))
    elif case.owner != turn.incoming.who:
        name = turn.team(case).name(case.owner)
        turn.say(said["only_owner"].format(code=case.code, name=name))
    else:
        return True
    return False


def _people(turn: Turn, case: StoredCase) -> list[Colleague]:
    """Return who can be asked: the colleagues of the group who may have cases, by name."""
    found = turn.store.groups.colleagues(case.chat)
    may = (each for each in found if each.who != case.owner and turn.access.sees_cases(each.who))
    return sorted(may, key=lambda each: each.name.casefold())


def _send(
    turn: Turn, case: StoredCase, given: str, keys: Sequence[str], people: Sequence[Colleague]
) -> None:
    who, _, key = given.removeprefix(TO).partition(" ") if given.startswith(TO) else ("", "", "")
    whom = next((each for each in people if each.who == who), None) or _named(given, people)
    if whom is None:
        other = shown_id(given, "/sendto")
        turn.say(words("asks", WORDS)["not_found"].format(other=other, code=case.code))
        turn.screens.append(draw_whom(turn.view(case), keys[0], people, 1))
        return
    question = key if key in keys else keys[0]
    refused = _why_not(turn, case, whom, question)
    said = refused or _ask(turn, case, whom, question)
    block = text(said, look="notice")
    turn.screens.append(Screen("notice", case.code, (block,)))
    turn.screens.append(draw_card(turn.view(case), notices=block_lines(block)))


def _named(given: str, people: Sequence[Colleague]) -> Colleague | None:
    """Return the only colleague whose name, or a word of it, begins with what was typed."""
    typed = f" {given.removeprefix('@').casefold()}"
    fits = [each for each in people if typed in f" {each.name.casefold()}"]
    return fits[0] if len(fits) == 1 else None


def _why_not(turn: Turn, case: StoredCase, whom: Colleague, key: str) -> str:
    """Say why somebody is not asked: they are being asked, or cannot be written to."""
    said, request = words("sent", WORDS), turn.store.requests.find(case.code, whom.who)
    if request:
        since = _time(turn, request.asked_at)
        question = in_a_sentence(turn.view(case).label(request.question))
        which = "already" if request.question == key else "busy"
        return said[which].format(name=whom.name, question=question, since=since)
    if turn.store.chats.is_reachable(whom.who) is False:
        return said["unreachable"].format(name=whom.name)
    return ""


def _ask(turn: Turn, case: StoredCase, whom: Colleague, key: str) -> str:
    """Ask somebody in their private chat, with sound, and say so."""
    answered = sum(each.question == key for each in case.answers)
    request = Request(case.code, whom.who, key, case.owner, turn.now, answered)
    turn.store.requests.ask(request)
    turn.note_action("asked", case.code, about=whom.who)
    turn.shown_in_group.append(case)
    until = _time(turn, turn.now + ANSWERED_WITHIN)
    other = turn_for(turn, whom.who)
    other.case = case
    other.screens.append(show_request(other, case, request, sounds=True))
    question = in_a_sentence(turn.view(case).label(key))
    return words("sent", WORDS)["sent"].format(name=whom.name, question=question, until=until)


def show_request(turn: Turn, case: StoredCase, request: Request, *, sounds: bool) -> Screen:
    """Draw a question for whoever is asked it, in their private chat."""
    name, role = turn.team(case).name(case.owner), _role(turn, case)
    until = _time(turn, request.asked_at + ANSWERED_WITHIN)
    return draw_request(turn.view(case), request, name, role, until, sounds=sounds)


def _role(turn: Turn, case: StoredCase) -> str:
    """Name the role in which the owner of a case asks: on call, or as chosen; "" if none."""
    duties = turn.access.on_call(case.chat, turn.now)
    on_call = next((each.role for each in duties if each.who == case.owner), "")
    if on_call:
        return in_a_sentence(words("called", TIME_LINE)[on_call])
    chosen = turn.store.readers.get(case.owner).role
    return in_a_sentence(words("roles")[chosen]) if chosen else ""


def _time(turn: Turn, at: datetime) -> str:
    return say_time(at, turn.now, turn.setting.engine.zone)
