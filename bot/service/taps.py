"""What a tapped button does, whether it still counts, and which case its chat continues with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.access import Right
from bot.commands.registry import COMMANDS, lacks, run
from bot.commands.replying import VERBS, reply
from bot.conversation.events import Done, Event, Outdated, Picked, Ticked
from bot.conversation.replies import Notice
from bot.incoming import Command, Tap
from bot.screens.group_card import asked_here
from bot.screens.notices import words
from bot.screens.team import WORDS
from bot.service.first_come import say_who_ticked, say_who_was_first
from bot.service.ticking import knows_ticks, only_noted_since, only_ticked_since
from bot.turn import Turn
from state.records import SCREEN, Minted, StoredCase

ANSWERS: Final[Mapping[str, Callable[[str, str], Event]]] = {
    "answer": Picked,
    "tick": lambda key, option: Ticked(key, option, on=True),
    "untick": lambda key, option: Ticked(key, option, on=False),
    "done": lambda key, _: Done(key),
}
TICKING: Final = ("tick", "untick")


def tap(turn: Turn, tapped: Tap) -> None:
    """Do what the button at a position of a message does; an old one changes nothing.

    The second of two quick taps is told so: what the first shows must not be drawn over.
    """
    minted = turn.store.buttons.find(tapped.token)
    if minted is None or minted.chat != turn.chat or tapped.place >= len(minted.actions):
        _ignore(turn)
        return
    before = turn.active_code
    does, value = minted.actions[tapped.place]
    verb, _, key = does.partition(" ")
    if (minted.code or verb in ANSWERS) and lacks(turn, Right.CLINICIAN):
        return
    if minted.code is None and verb in COMMANDS and value:
        _do_as_typed(turn, verb, value)
        _go_on(turn, verb, before)
        return
    case = turn.store.cases.find(minted.code) if minted.code else None
    if case and not turn.may_work_on(case):
        _ignore(turn)
        return
    if case and verb in VERBS:
        reply(turn, case, verb, key, value)
        return
    here = case is not None and (turn.in_group or case.code == before)
    ticked = case is not None and here and only_ticked_since(minted, case, key)
    counts = case is not None and here and _counts_all_the_same(turn, minted, case, verb, key)
    if case and _is_outdated(verb, minted, case) and not counts:
        if verb == "done" and here and say_who_ticked(turn, case, minted, key):
            return
        if say_who_was_first(turn, case, minted.version):
            return
        if minted.version == case.version - 1 and _is_on_screen(turn, case):
            turn.toast(words("notices")["twice"])
            return
        _ignore(turn, ticked=ticked and verb == "done")
    elif case and verb in ANSWERS and turn.in_group and not _is_asked_here(turn, case):
        turn.toast(words("taken", WORDS)["in_private"])
    else:
        _do(turn, case, verb, key, value)
    _go_on(turn, verb, before)


def _counts_all_the_same(turn: Turn, minted: Minted, case: StoredCase, verb: str, key: str) -> bool:
    """Return whether an answer counts though its case has changed since it was shown."""
    ticking = verb in TICKING
    if ticking and only_ticked_since(minted, case, key):
        return True
    if verb not in ANSWERS or turn.standing(case).asked != key:
        return False
    if verb == "done" and knows_ticks(minted, case, key, turn.incoming.who):
        return True
    return only_noted_since(minted, case, key, ticking=ticking)


def works_out_of_use(turn: Turn) -> bool:
    """Return whether what a person does works even while CordCall is out of use.

    A tap counts as the command of its button, unless that belongs to a case.
    """
    act = turn.incoming.act
    name = act.name if isinstance(act, Command) else ""
    if isinstance(act, Tap):
        minted = turn.store.buttons.find(act.token)
        here = minted is not None and minted.chat == turn.chat and not minted.code
        if minted and here and act.place < len(minted.actions):
            name = minted.actions[act.place][0].partition(" ")[0]
    traits = COMMANDS.get(name.casefold())
    return traits is not None and traits.works_out_of_use


def _do(turn: Turn, case: StoredCase | None, verb: str, key: str, value: str) -> None:
    """Pass an answer to the button's case, or run its command."""
    if case:
        turn.take_up(case)
    if case and verb in ANSWERS:
        turn.advance(ANSWERS[verb](key, value))
    else:
        run(turn, verb, key)


def _do_as_typed(turn: Turn, verb: str, value: str) -> None:
    """Run a command in the case of a button, as if it had been typed there when it was sent.

    What is to be taken back is chosen from a list, as by any other button.
    """
    code, _, sent = value.partition(" ")
    case = turn.store.cases.find(code)
    if case is None or not turn.may_work_on(case):
        _ignore(turn)
        return
    if verb != "undo":
        act, sent_at = Command(verb), datetime.fromisoformat(sent)
        turn.incoming = replace(turn.incoming, act=act, sent_at=sent_at)
    turn.take_up(case)
    run(turn, verb, "")


def _is_asked_here(turn: Turn, case: StoredCase) -> bool:
    """Return whether a group answers the open question itself, by its ways."""
    return asked_here(turn.view(case), turn.team(case)) is not None


def _is_on_screen(turn: Turn, case: StoredCase) -> bool:
    """Return whether the tapped message is the one that shows the case, or newer.

    People tap before Telegram has told the bot that its message was sent.
    """
    screen = turn.store.cards.find(case.code, SCREEN, turn.chat)
    tapped = turn.incoming.message_id
    return tapped is not None and (screen is None or screen.message_id <= tapped)


def _ignore(turn: Turn, *, ticked: bool = False) -> None:
    """Say that the button is from an older screen, or that its ticks have changed since."""
    turn.load()
    turn.advance(Outdated("ticked_since" if ticked else "old_button"))


def _is_outdated(verb: str, minted: Minted, case: StoredCase) -> bool:
    """Return whether a button must not count any more.

    Closing a closed case is not refused here: the command says so itself.
    """
    if verb == "close" and case.status == "closed":
        return False
    needs_present = verb in ANSWERS or (verb in COMMANDS and COMMANDS[verb].needs_present)
    ended = case.status == "closed" and verb != "undo"
    return needs_present and (minted.version != case.version or ended)


def _go_on(turn: Turn, verb: str, before: str | None) -> None:
    """Continue the case `before` a tap that only looked or closed another; say if it changed."""
    stays = turn.case and turn.case.code == before and turn.case.status != "closed"
    if before is None or stays:
        return
    after = turn.active_code
    if before == after:
        return
    kept = turn.store.cases.find(before)
    if kept is None or kept.status == "closed":
        return
    if after is None or (verb in COMMANDS and COMMANDS[verb].only_looks):
        turn.activate(before)
        _note_shown(turn)
    elif turn.case and turn.case.code == after:
        turn.screens[:0] = turn.draw(turn.case, (Notice("now_on"),))
        turn.anew = True


def _note_shown(turn: Turn) -> None:
    """Note that the chat has seen another case than its own, which it stays on."""
    case = turn.case
    seen = turn.store.cases.find(case.code) if case and case.code != turn.active_code else None
    if seen and seen.status != "closed":
        turn.case = turn.store.cases.touch(replace(seen, touched_at=turn.now), seen)
