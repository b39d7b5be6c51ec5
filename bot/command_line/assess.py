"""`cordcall assess`: answers cases as JSON."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line.given_text import text_of
from bot.command_line.out_of_use import refuse_if_out_of_use
from bot.refusal import Refusal

if TYPE_CHECKING:
    from bot.logic.urgency import Policy


def assess(
    file: Annotated[
        str, typer.Argument(help="A file with cases as JSON, or - for the input.")
    ] = "-",
    policy: Annotated[str | None, typer.Option(help="stepwise, nice or strictest.")] = None,
    now: Annotated[str | None, typer.Option(help="The present, ISO 8601 with offset.")] = None,
) -> None:
    """Answer one case, a list or JSON lines, as JSON."""
    from bot.guidance.answer_json import answer_text
    from bot.settings import read_settings

    settings = read_settings()
    refuse_if_out_of_use(settings)
    text = text_of(file, "JSON")
    answer = answer_text(text, _policy(policy) or settings.policy, _now(now))
    sys.stdout.buffer.write(answer.encode())


def _policy(given: str | None) -> "Policy | None":
    from bot.logic.case_input import quoted
    from bot.logic.urgency import POLICIES

    if given is None:
        return None
    for policy in POLICIES:
        if policy == given:
            return policy
    raise Refusal(f"--policy: {quoted(given)} given; allowed: {', '.join(POLICIES)}")


def _now(given: str | None) -> datetime:
    from bot.logic.case import read_instant
    from bot.logic.case_input import quoted

    if given is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return read_instant(given)
    except ValueError:
        raise Refusal(
            f"--now: {quoted(given)} given; allowed: ISO 8601 with offset, "
            "such as 2026-11-22T12:00:00+00:00"
        ) from None
