"""`/members`: who may use this, with what role, and their removal."""

import re
from dataclasses import replace
from typing import Final

from bot.access import GIVEN, Right
from bot.commands.departing import depart
from bot.commands.others import turn_for
from bot.commands.takeover import offer
from bot.guidance.spoken_times import say_day
from bot.incoming import TERMINAL, Command, Incoming
from bot.screens.pages import in_words, page_of, split_page
from bot.screens.people import about, name_of, say_role
from bot.screens.screen import Button, Screen, in_rows, text
from bot.turn import Turn
from state.people import Member

MOST_ON_PAGE: Final = 6
REMOVE: Final = "remove"
SURELY: Final = f"{REMOVE} yes"
WITHDRAW: Final = "withdraw"
_ONE: Final = re.compile(rf"([0-9]{{1,15}}|{TERMINAL}:[^\W\d_]{{1,24}})(?: ([A-Za-z]+(?: yes)?))?")
_BACK: Final = Button("All members", "members", typed="/members")


def members(turn: Turn, given: str) -> None:
    """List the members, show one of them, change a role, or remove somebody when confirmed."""
    said = about("members")
    rest, page = split_page(given)
    if not rest.strip():
        _list(turn, page)
        return
    if rest.casefold() == WITHDRAW:
        _withdraw(turn)
        return
    found = _ONE.fullmatch(" ".join(rest.split()))
    does = (found[2] or "").casefold() if found else "?"
    if found is None or does not in ("", REMOVE, SURELY, *GIVEN):
        turn.say(said["not_understood"].format(allowed=", ".join(GIVEN)))
        return
    member = turn.store.members.find(found[1])
    if found[1] in turn.access.owners:
        turn.say(said["an_owner"])
    elif member is None:
        turn.say(said["nobody"])
    elif not does:
        turn.screens.append(_draw_one(turn, member))
    elif not _may_change(turn, member, does):
        turn.say(said["not_by_you"])
    elif does == REMOVE:
        _ask(turn, member)
    else:
        change(turn, member, GIVEN.get(does, Right.NOBODY))


def names_member(incoming: Incoming) -> bool:
    """Return whether somebody typed the command with a Telegram id, and what to do if anything."""
    act = incoming.act
    if not isinstance(act, Command) or act.name.casefold() != "members":
        return False
    found = _ONE.fullmatch(" ".join(act.rest.split()))
    asked = (found[2] or "").casefold().removesuffix(" yes") if found else "?"
    return asked in ("", REMOVE, *GIVEN)


def change(turn: Turn, member: Member, right: Right) -> None:
    """Change a member's right at once; with none they are removed.

    Without a right to cases, their open ones are offered to the others.
    """
    said, store, name = about("members"), turn.store, name_of(member)
    turn.access.forget(member.who)
    if right is Right.NOBODY:
        store.members.remove(member.who)
        turn.say(said["removed"].format(name=name), (_BACK,))
    else:
        role = right.name.casefold()
        store.members.keep(replace(member, role=role))
        turn.say(said["changed"].format(name=name, role=say_role(role)), (_BACK,))
    take_effect(turn, member, right)
    if right < Right.CLINICIAN:
        offer(turn)


def take_effect(turn: Turn, before: Member, right: Right) -> None:
    """Do what follows from a right that has changed from what it was before; tell the person, once.

    Their invitations end with their right to invite, and so does every invitation that would undo
    this: its link may be in their hands. Without a right to cases, what waits for them is dropped,
    and they act in no group any more.
    """
    said, store = about("members"), turn.store
    who, role = before.who, right.name.casefold()
    told = [said["told_deficit"]]
    if right < Right.CLINICIAN:
        store.outbox.drop_all(who)
        if left := store.ownership.under_way_of(who):
            told.insert(0, said["told_offered"].format(codes=", ".join(left)))
        for chat in store.groups.groups_of(who):
            depart(turn, chat, who)
    if right is Right.NOBODY:
        turn.note_action("revoked", about=who, role=before.role)
        if not turn.access.may_use(who):
            turn_for(turn, who).say(" ".join((said["told_removed"], *told)))
    else:
        turn.note_action("role changed", about=who, role=f"{before.role} to {role}")
        now = about("access")["told_role"].format(role=say_role(role))
        lost = (said["told_lost"], *told) if right < Right.CLINICIAN else ()
        turn_for(turn, who).say(" ".join((now, *lost)))
    if right < Right.ADMIN:
        store.invitations.withdraw_of(who)
    if right < Right[before.role.upper()]:
        _withdraw_ways_back(turn, before, right)


def as_member(turn: Turn, who: str, role: str) -> Member:
    """Return somebody as a member with a role, whether they are one or not."""
    found = turn.store.members.find(who) or Member(who, role, "", "", turn.now)
    return replace(found, role=role)


def _withdraw(turn: Turn) -> None:
    who, invitations = turn.incoming.who, turn.store.invitations
    for each in invitations.of(who):
        turn.note_action("withdrawn", role=each.role)
    invitations.withdraw_of(who)
    turn.say(about("members")["withdrawn"], (_BACK,))


def _withdraw_ways_back(turn: Turn, member: Member, right: Right) -> None:
    """Withdraw the invitations that would give a member more than a right; tell their makers."""
    invitations, own = turn.store.invitations, member.name.removeprefix("@").casefold()
    for maker in turn.access.people(Right.ADMIN):
        ways = [
            each
            for each in invitations.of(maker)
            if GIVEN[each.role] > right and each.name in ("", own)
        ]
        for each in ways:
            invitations.withdraw(each.hashed)
        if ways:
            told = turn if maker == turn.incoming.who else turn_for(turn, maker)
            said = about("members")["ways_back"]
            told.say(said.format(name=name_of(member), count=len(ways)))


def _ask(turn: Turn, member: Member) -> None:
    """Ask before somebody is removed, and name the cases that others are then offered."""
    said, left = about("members"), turn.store.ownership.under_way_of(member.who)
    cases = f" {said['goes_on_offer'].format(codes=', '.join(left))}" if left else ""
    does = f"members {member.who} {SURELY}"
    yes = Button("Yes, remove", does, typed=f"/{does}", style="danger")
    turn.say(said["asks"].format(name=name_of(member)) + cases, (yes,), (_BACK,))


def _may_change(turn: Turn, member: Member, does: str) -> bool:
    """Return whether the person may do this, for which both rights of the member count."""
    highest = max(GIVEN[member.role], GIVEN.get(does, Right.NOBODY))
    return turn.access.may_give(turn.incoming.who, highest)


def _list(turn: Turn, number: int) -> None:
    said, who = about("members"), turn.incoming.who
    listed = turn.store.members.listed()
    page = page_of(listed, number, beside=1, most=MOST_ON_PAGE)
    lines = [_line(turn, each) for each in page.shown]
    buttons = [
        Button(_label(each), f"members {each.who}", typed=f"/members {each.who}")
        for each in page.shown
    ]
    rows = [*in_words((*buttons, *page.turn("members")))]
    if mine := turn.store.invitations.of(who):
        label = f"Withdraw invitations ({len(mine)})"
        rows.append((Button(label, f"members {WITHDRAW}", typed=f"/members {WITHDRAW}"),))
    owners = ", ".join(sorted(turn.access.owners))
    blocks = [
        text(*(lines or [said["none"]]), look="list" if lines else "text"),
        text(said["owners"].format(who=owners)),
        *([text(said["how"], look="help")] if lines else []),
    ]
    turn.screens.append(Screen("info", said["title"], tuple(blocks), tuple(rows)))


def _draw_one(turn: Turn, member: Member) -> Screen:
    said = about("members")
    named = member.name or said["without_name"].format(who=member.who)
    line = said["one"].format(
        name=named, who=member.who, role=member.role, since=_since(turn, member)
    )
    roles = [
        Button(
            f"Make {say_role(role)}",
            f"members {member.who} {role}",
            typed=f"/members {member.who} {role}",
        )
        for role in GIVEN
        if role != member.role and _may_change(turn, member, role)
    ]
    does = f"members {member.who} {REMOVE}"
    remove = Button("Remove", does, typed=f"/{does}", style="danger")
    may = _may_change(turn, member, REMOVE)
    rows = (*in_rows(roles, 1), (remove, _BACK) if may else (_BACK,))
    return Screen("info", said["title"], (text(line),), rows)


def _line(turn: Turn, member: Member) -> str:
    return about("members")["line"].format(
        name=name_of(member), role=member.role, since=_since(turn, member)
    )


def _label(member: Member) -> str:
    """Label a member's button: the user name without its @, which is one too long for a button."""
    return member.name.removeprefix("@") or name_of(member)


def _since(turn: Turn, member: Member) -> str:
    return say_day(member.joined_at.astimezone(turn.setting.engine.zone).date())
