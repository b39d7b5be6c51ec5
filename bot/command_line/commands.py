"""Every command of `cordcall` with its options, as typer reads them."""

from collections.abc import Callable
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot.command_line import audit, keys
from bot.command_line.assess import assess
from bot.command_line.copies import backup, restore
from bot.command_line.doctor import doctor
from bot.command_line.moves import move
from bot.command_line.read import read
from bot.refusal import Refusal


def build(
    run: Callable[[], None], talk: Callable[[str | None], None], draw: Callable[[bool, bool], str]
) -> typer.Typer:
    """Put the command line together; `run` starts the bot, `talk` the terminal, as whom in a group.

    `draw` draws the flow, with its whole page or without, or as a Questionnaire of FHIR.
    """
    app = typer.Typer(
        help="Triage of suspected spine metastases, for clinicians.",
        add_completion=False,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )
    app.command()(run)

    @app.command()
    def chat(
        as_whom: Annotated[
            str | None,
            typer.Option("--as", metavar="NAME", help="Try a group: /as NAME lets others type."),
        ] = None,
    ) -> None:
        """Talk in the terminal."""
        talk(as_whom)

    for command in (assess, read, backup, restore, move, doctor):
        app.command()(command)
    app.add_typer(audit.app, name="audit")
    app.add_typer(keys.app, name="key")

    @app.command()
    def flow(
        page: Annotated[bool, typer.Option(help="The whole review page around it.")] = False,
        fhir: Annotated[bool, typer.Option("--fhir", help="A Questionnaire of FHIR R4.")] = False,
    ) -> None:
        """Print the triage flow as a Mermaid diagram."""
        if page and fhir:
            raise Refusal("--page --fhir: both given; allowed: one of them")
        typer.echo(draw(page, fhir).encode(), nl=False)

    @app.command()
    def version() -> None:
        """Print the version, the rule set and its hash."""
        from bot.guidance.ruleset import say_version

        typer.echo(say_version())

    return app


def call(app: typer.Typer) -> object:
    """Run the command that the arguments name.

    Raises Refusal if they name none, KeyboardInterrupt if somebody breaks off a question.
    """
    try:
        return app(prog_name="cordcall", standalone_mode=False)
    except TyperException as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        raise Refusal(said) from None
    except typer.Abort:
        raise KeyboardInterrupt from None
