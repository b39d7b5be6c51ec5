"""Draws the engine's replies for a group: an alert, the card, and a moment's notice for a tap."""

from collections.abc import Iterable

from bot.conversation.replies import Alert, Notice, RenewAlert, Reply, SayNoted, SayUndone
from bot.screens.alert import draw_alert
from bot.screens.draw import draw
from bot.screens.group_alert import draw_group_alert
from bot.screens.group_card import draw_group_card
from bot.screens.screen import Screen
from bot.screens.team import Team
from bot.screens.view import View


def draw_in_group(replies: Iterable[Reply], view: View, team: Team) -> list[Screen]:
    """Draw what a group sees: an alert, the card, and for whoever tapped a moment's notice.

    The alert says why also while signs are ticked: its readers have not given the answers.
    """
    screens, said = list[Screen](), list[Reply]()
    for reply in replies:
        if isinstance(reply, Alert):
            drawn = draw_alert(view, reply.changed)
            screens.append(draw_group_alert(view, team, drawn))
        elif isinstance(reply, RenewAlert):
            screens.append(draw_group_alert(view, team))
        elif isinstance(reply, Notice | SayNoted | SayUndone):
            said.append(reply)
    toasts = [
        Screen("toast", "", notice.blocks) for notice in draw(said, view) if notice.kind == "notice"
    ]
    return [*screens, draw_group_card(view, team), *toasts]
