"""`/version`: the versions of CordCall and of its rules, and how far its texts are reviewed."""

from bot.guidance.ruleset import review_counts, say_version
from bot.screens.age import age_line, reviewed_until
from bot.turn import Turn


def version(turn: Turn, _: str) -> None:
    """Say the version, the rules with their hash, the policy, the review and when it expires."""
    counts = ", ".join(
        f"{count} {status.replace('_', ' ')}" for status, count in review_counts().items()
    )
    lines = (
        say_version(),
        f"Policy: {turn.setting.engine.policy}",
        *(age_line(turn.now, turn.setting.engine.zone) or (reviewed_until(),)),
        f"Texts: {counts}",
    )
    turn.say("\n".join(lines))
