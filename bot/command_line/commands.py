"""Every command of `cordcall` with its options, as typer reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from bot.command_line import audit, keys
from bot.command_line.assess import assess
from bot.command_line.copies import backup, restore
from bot.command_line.doctor import doctor
from bot.command_line.moves import move
from bot.command_line.read import read
from bot.refusal import Refusal

if TYPE_CHECKING:
    from bot.command_line.opened import Serve


def build(
    run: Callable[[], None],
    talk: Callable[[str | None], None],
    draw: Callable[[bool, bool], str],
    serve: "Serve",
) -> typer.Typer:
    """Put the command line together; `run` starts the bot, `talk` the terminal, as whom in a group.

    `draw` draws the flow, with its whole page or without, or as a Questionnaire of FHIR. `serve`
    puts the core together on a store.
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
    def export(
        code: Annotated[str, typer.Argument(help="The code of a case, such as KES-42.")],
        text: Annotated[bool, typer.Option("--text", help="The hand-over text.")] = False,
        pdf: Annotated[
            bool, typer.Option("--pdf", help="The hand-over as a page, to print.")
        ] = False,
        png: Annotated[bool, typer.Option("--png", help="The time line as a picture.")] = False,
        dark: Annotated[bool, typer.Option("--dark", help="The same for a dark screen.")] = False,
        fhir: Annotated[bool, typer.Option("--fhir", help="FHIR R4, as JSON.")] = False,
        ics: Annotated[bool, typer.Option("--ics", help="Its deadlines, for a calendar.")] = False,
        folder: Annotated[Path, typer.Option(help="Where to write.")] = Path(),
        paper: Annotated[str | None, typer.Option(help="A4 or Letter; else by the zone.")] = None,
    ) -> None:
        """Write a case into a folder as files, even beside a running bot."""
        from bot.command_line.exports import export_case

        asked = {
            "text": text,
            "page": pdf,
            "picture": png,
            "dark": dark,
            "data": fhir,
            "calendar": ics,
        }
        kinds = [name for name, wanted in asked.items() if wanted]
        export_case(serve, code, kinds, folder, paper)

    @app.command("import")
    def bring_in(
        file: Annotated[Path, typer.Argument(help="A file that export --fhir has written.")],
        to: Annotated[
            str | None, typer.Option("--as", metavar="WHO", help="Whose it becomes, by their id.")
        ] = None,
    ) -> None:
        """Store a case that was exported elsewhere, while no bot runs on the database."""
        from bot.command_line.imports import import_case

        import_case(serve, file, to)

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
