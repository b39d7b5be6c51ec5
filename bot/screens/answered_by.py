"""Says who owns a case of a group, and who has answered it, and when last."""

from bot.screens.notices import words
from bot.screens.team import WORDS, owned_since
from bot.screens.time_line import say_time
from bot.screens.view import View


def owned_by(view: View) -> list[str]:
    """Say who owns a case and since when, or that nobody does; in a group only."""
    if view.colleagues is None or view.case.status == "closed":
        return []
    said, owner = words("card", WORDS), view.case.owner
    if owner not in view.colleagues:
        return [said["no_owner"]]
    since = say_time(owned_since(view.case), view.now, view.zone)
    return [said["owner"].format(name=view.name(owner), since=since)]


def answered_by(view: View) -> list[str]:
    """Say who has answered, and when last: "… by AB 02:14, CD 02:20"; in a group only."""
    if view.colleagues is None or not view.case.given:
        return []
    last = {answer.who: answer.at for answer in view.case.given}
    answers = ", ".join(
        f"{view.by(who)} {say_time(at, view.now, view.zone)}" for who, at in last.items()
    )
    return [words("card", WORDS)["answered"].format(answers=answers)]
