"""`/version`: which CordCall and which rules this is, and how far its texts are reviewed."""

from bot import __version__
from bot.logic.assessment import RULESET_ID, RULESET_VERSION
from bot.ruleset import review_counts, ruleset_hash
from bot.turn import Turn


def version(turn: Turn, _: str) -> None:
    """Say the version, the rules with their hash, the policy and the review."""
    counts = ", ".join(
        f"{count} {status.replace('_', ' ')}" for status, count in review_counts().items()
    )
    lines = (
        say_version(),
        f"Policy: {turn.setting.engine.policy}",
        f"Texts: {counts}",
    )
    turn.say("\n".join(lines))


def say_version() -> str:
    """Say the version of the product and of its rules, with their hash, on one line."""
    return (
        f"cordcall {__version__}, rules {RULESET_ID} {RULESET_VERSION}, rule hash {ruleset_hash()}"
    )
