"""Draws a hand-over for its giver: which cases, to whom, and what is offered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Final

from bot.flows.button_rows import TICK
from bot.screens.notices import words
from bot.screens.pages import LONGEST_ALONE, page_of
from bot.screens.screen import Button, Rows, Screen, Style, in_rows, say_line, shortened, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.groups import Colleague
from state.handovers import HandOver

WORDS: Final = "handover.toml"
ALL: Final = "all"
NONE: Final = "none"
MOST_NAMED: Final = 3
MOST_ON_PAGE: Final = 6
MOST_STANDING: Final = 4
IN_ROW: Final = 2


def say_codes(codes: Sequence[str]) -> str:
    """Name cases by their codes, the first few of many."""
    rest = len(codes) - MOST_NAMED
    more = words("give", WORDS)["more"].format(count=rest)
    return ", ".join(codes[:MOST_NAMED]) + (f" {more}" if rest > 0 else "")


def hand_over_button(code: str) -> Button:
    """Return the button by which the owner of a case hands it over."""
    does = f"handover {code}"
    return Button(words("buttons", WORDS)["hand_over"], does, typed=f"/{does}")


def case_lines(views: Sequence[View]) -> list[str]:
    """Say of each case how urgent it is and by when, the first few of many."""
    said = words("give", WORDS)
    lines = [
        say_line(urgency_line(each)) or said["not_settled"].format(code=each.case.code)
        for each in views[:MOST_ON_PAGE]
    ]
    rest = len(views) - len(lines)
    return [*lines, said["more"].format(count=rest)] if rest else lines


def draw_groups(groups: Iterable[tuple[str, Sequence[str]]]) -> Screen:
    """Ask of which group cases are handed over; its cases name it."""
    said = words("give", WORDS)
    rows = tuple(
        (button(shorten(say_codes(codes), LONGEST_ALONE), f"pick {chat} {ALL}"),)
        for chat, codes in groups
    )
    return _screen(said["groups"], rows=rows)


def draw_ticks(chat: str, views: Sequence[View], ticked: Sequence[str], number: int) -> Screen:
    """Offer the cases of one group to tick, page by page."""
    said, labels = words("give", WORDS), words("buttons", WORDS)
    page = page_of(views, number, beside=0, most=MOST_ON_PAGE + 1)
    codes = [each.case.code for each in views]
    ticks = [
        _tick(chat, each.case.code, [code for code in codes if code in ticked], page.number)
        for each in page.shown
    ]
    named = ",".join(code for code in codes if code in ticked)
    below = [button(labels["to_whom"], f"whom {chat} {named}", "primary")] if named else []
    turning = page.turn(f"handover pick {chat} {named or NONE}")
    rows = (*in_rows(ticks, IN_ROW), *in_rows((*turning, *below), 1))
    return _screen(said["which"], *case_lines(page.shown), rows=rows)


def _tick(chat: str, code: str, ticked: Sequence[str], number: int) -> Button:
    """Return the button that ticks a case or takes its tick away."""
    on = code in ticked
    after = [each for each in ticked if each != code] if on else [*ticked, code]
    label = f"{TICK}{code}" if on else code
    return button(label, f"pick {chat} {','.join(after) or NONE} page {number}")


def draw_colleagues(
    chat: str,
    codes: Sequence[str],
    colleagues: Sequence[Colleague],
    not_started: Sequence[Colleague],
    number: int,
) -> Screen:
    """Ask to whom cases are offered, and name who cannot be written to."""
    said, labels, named = words("give", WORDS), words("buttons", WORDS), ",".join(codes)
    page = page_of(colleagues, number, beside=1, most=MOST_ON_PAGE)
    buttons = [button(_short(each.name), f"to {each.who} {chat} {named}") for each in page.shown]
    back = button(labels["back"], f"pick {chat} {named}")
    lines = [said["whom"].format(codes=say_codes(codes)) if colleagues else said["nobody"]]
    if not_started:
        names = say_codes([each.name for each in not_started])
        lines.append(said["cannot"].format(names=names))
    turning = page.turn(f"handover whom {chat} {named}")
    return _screen(*lines, rows=in_rows((*buttons, *turning, back), 1))


def draw_offered(offer: str, codes: Sequence[str], name: str) -> Screen:
    """Say to the giver what is offered, and that it is still theirs."""
    said = words("give", WORDS)["offered"].format(codes=say_codes(codes), name=name)
    return _screen(said, rows=((withdraw_button(offer),),))


def draw_over(*sentences: str) -> Screen:
    """Say in place of an offer how it ended; nothing can be done about it any more."""
    return Screen("expired", words("give", WORDS)["title"], (text(*sentences),))


def withdraw_button(offer: str, name: str = "") -> Button:
    """Return the button that takes an offer back; with a name if there are several."""
    labels = words("buttons", WORDS)
    label = labels["withdraw_from"].format(name=name) if name else labels["withdraw"]
    return button(_short(label), f"withdraw {offer}")


@dataclass(frozen=True, slots=True)
class Stands:
    """An offer as it stands: what is left of it, and whom it is from or to, since when."""

    offer: str
    codes: tuple[str, ...]
    name: str
    since: str

    def say(self, sentence: str) -> str:
        return sentence.format(codes=say_codes(self.codes), name=self.name, since=self.since)


def draw_overview(
    given: Sequence[Stands], received: Sequence[Stands], *, others: bool = False
) -> Screen:
    """List the offers that somebody is made and has made, each with its button.

    With `others` they own cases that are not offered yet.
    """
    said, labels = words("give", WORDS), words("buttons", WORDS)
    lines = [each.say(said["stands_received"]) for each in received]
    lines += [each.say(said["stands_given"]) for each in given]
    buttons = [
        button(_short(labels["read_from"].format(name=each.name)), f"read {each.offer}", "primary")
        for each in received
    ]
    buttons += [withdraw_button(each.offer, each.name) for each in given]
    more = [button(labels["others"], "pick")] if others else []
    rest = len(lines) - MOST_STANDING
    rows = in_rows((*buttons[:MOST_STANDING], *more), 1)
    left_out = [said["more"].format(count=rest)] if rest > 0 else []
    return _screen(*lines[:MOST_STANDING], *left_out, rows=rows)


def draw_waits_for_giver(rows: Sequence[HandOver], name: str) -> Screen:
    """Remind a giver, with sound, that nobody has accepted their cases yet."""
    codes = say_codes([each.code for each in rows])
    said = words("waits", WORDS)["giver"].format(codes=codes, name=name)
    return replace(_screen(said, rows=((withdraw_button(rows[0].offer),),)), alert=True)


def draw_not_handed_over(
    codes: Sequence[str], giver: str, name: str, *, has_owner: bool, sounds: bool
) -> Screen:
    """Tell a group whose cases are still their giver's, or nobody's."""
    said = words("waits", WORDS)["group" if has_owner else "group_alone"]
    line = said.format(codes=say_codes(codes), giver=giver, name=name)
    return replace(_screen(line), alert=sounds)


def _screen(*lines: str, rows: Rows = ()) -> Screen:
    return Screen("notice", words("give", WORDS)["title"], (text(*lines),), rows)


def button(label: str, does: str, style: Style = "plain") -> Button:
    """Return a button of the hand-over."""
    return Button(label, f"handover {does}", typed=f"/handover {does}", style=style)


def _short(label: str) -> str:
    return shortened(label, LONGEST_ALONE)
