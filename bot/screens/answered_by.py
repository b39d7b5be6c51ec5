"""Says who has answered a case of a group, and when last."""

from bot.screens.notices import words
from bot.screens.team import UNNAMED, WORDS
from bot.screens.time_line import say_time
from bot.screens.view import View


def answered_by(view: View) -> list[str]:
    """Say who has answered, and when last: "… by AB 02:14, CD 02:20"; in a group only."""
    if view.initials is None or not view.case.given:
        return []
    last = {answer.who: answer.at for answer in view.case.given}
    answers = ", ".join(
        f"{view.initials.get(who, UNNAMED)} {say_time(at, view.now, view.zone)}"
        for who, at in last.items()
    )
    return [words("card", WORDS)["answered"].format(answers=answers)]
