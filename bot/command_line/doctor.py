"""`cordcall doctor`: looks for what is wrong, and says what to do; it changes nothing."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.masks import mask
from bot.refusal import SettingsError

if TYPE_CHECKING:
    from bot.doctor.finding import Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> int:
    """Check settings, Telegram, database and machine; exit status 0 (ok), 1 (warn), 2 (fail)."""
    from bot.doctor.finding import STATUS

    worst = 0
    for name, finding in _findings():
        worst = max(worst, STATUS[finding.result])
        typer.echo(mask(_as_json(name, finding) if as_json else _as_line(name, finding)))
    return worst


def _findings() -> list[tuple[str, "Finding"]]:
    from bot.doctor.checks import examine
    from bot.doctor.facts import gather
    from bot.doctor.finding import ok, refused
    from bot.settings import read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        return [("settings", refused(error))]
    return [("settings", ok("can be read")), *examine(gather(settings))]


def _as_line(name: str, finding: "Finding") -> str:
    do = f" – {finding.do}" if finding.do else ""
    return " ".join(f"{finding.result:<4}  {name:<11}  {finding.said}{do}".split("\n"))


def _as_json(name: str, finding: "Finding") -> str:
    said = {"check": name, "result": finding.result, "said": finding.said, "do": finding.do}
    return json.dumps(said, ensure_ascii=False)
