"""Says where the team has departed from the plan, and why; the rules' advice stays beside it."""

from bot.conversation.time_line import OVERRIDDEN
from bot.screens.notices import words
from bot.screens.time_line import WORDS, say_override, say_time
from bot.screens.view import View
from state.records import Entry


def overrides(view: View) -> list[str]:
    """Say the newest departure of each kind, newest first: "… MRI time – senior decision (02:50)".

    In a case of a group it says by whom: "(AB 02:50)".
    """
    newest = {
        entry.detail.partition(" ")[0]: entry
        for entry in view.case.noted
        if entry.kind == OVERRIDDEN
    }
    return [
        _say(view, each) for each in sorted(newest.values(), key=lambda each: each.at, reverse=True)
    ]


def _say(view: View, entry: Entry) -> str:
    said = words("kinds", WORDS)["overridden_detail"].format(detail=say_override(entry))
    when = f"{view.by(entry.who)} {say_time(entry.at, view.now, view.zone)}".strip()
    return f"{said} ({when})"
