"""The start: the wiring of settings, store, flow, service and adapter, and how a run ends."""

import gc
import io
import os
import resource
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, NoReturn

from bot.masks import mask
from bot.refusal import Refusal

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from typer import Typer

    from bot.adapters.telegram.api import Api
    from bot.adapters.telegram.opening import Opening
    from bot.service.service import Service
    from bot.settings import Settings
    from state.store import Store

WRONG: Final = 2
INTERRUPTED: Final = 130


def app() -> "Typer":
    """Return the whole command line; typer takes long to load, and the bot does without."""
    from bot.command_line.commands import build

    return build(run, chat, draw, _serve)


def run() -> None:
    """Start CordCall: Telegram when a token is set, else the terminal."""
    from bot.settings import read_token

    settings = _settings()
    token = read_token(settings)
    if token is None:
        chat()
    else:
        _run_telegram(settings, token)


def _run_telegram(settings: "Settings", token: str) -> None:
    import asyncio

    from bot import logs
    from bot.adapters.telegram.api import Api
    from bot.database_address import say_place
    from bot.settings import read_health, read_owners, read_webhook, require_encryption
    from state.engines import open_as
    from state.key import read_key
    from state.lock import BOT

    for check in (read_owners, read_webhook, read_health, require_encryption):
        check(settings)
    key = read_key(settings.key_file, settings.database)
    logs.set_up(settings.log_level)
    if settings.access == "open":
        logs.log.warning("open to everybody: for a demonstration only")
    today = datetime.now(settings.zone).date()
    opened = open_as(BOT, settings.database, key)
    if opened.is_new:
        logs.log.warning("a new database was begun", path=say_place(settings.database))
    try:
        talking = _talk(settings, opened.store, Api(token, settings.api_url), today)
        with asyncio.Runner(loop_factory=_new_loop()) as runner:
            runner.run(talking)
    finally:
        opened.close()


async def _talk(settings: "Settings", store: "Store", api: "Api", today: date) -> None:
    """Ask Telegram for updates, load the rest meanwhile, and answer."""
    from bot.adapters.telegram.opening import Opening
    from bot.loading import load_beside

    polls = settings.webhook_url is None and store.workers.leads
    opening = Opening(api, store, _now, polls=polls)
    try:
        await load_beside(opening.updates or opening.opened)
        await _answer(settings, store, api, opening, today)
    finally:
        await opening.close()
        await api.close()


async def _answer(
    settings: "Settings", store: "Store", api: "Api", opening: "Opening", today: date
) -> None:
    """Put the bot together, and answer until told to stop."""
    import asyncio
    from dataclasses import replace

    from bot.access import Access, Right
    from bot.adapters.telegram.app import run_bot
    from bot.loading import load_words
    from bot.settings import NOBODY, read_health, read_owners, read_webhook

    _warn_of_age(today)
    everybody = Right.CLINICIAN if settings.access == "open" else Right.NOBODY
    owners = read_owners(settings) - {NOBODY}
    access = Access(store.members, owners, everybody, store.groups)
    service = replace(_serve(store, settings), touch=True, access=access)
    words = asyncio.create_task(load_words())
    words.add_done_callback(lambda _: _started())
    await run_bot(
        api, service, read_webhook(settings), opening=opening,
        tap_guard=settings.tap_guard_ms / 1000, taps_per_minute=settings.taps_per_minute,
        health=read_health(settings), version=_version_of(settings),
    )  # fmt: skip


def _version_of(settings: "Settings") -> str:
    """Name what must be the same in all workers on one database; a file has only one."""
    from pathlib import Path

    if isinstance(settings.database, Path):
        return ""
    from bot.guidance.ruleset import ruleset_hash

    return f"{ruleset_hash()} {settings.policy}"


def _new_loop() -> "Callable[[], AbstractEventLoop] | None":
    """Return what makes a faster event loop if the extra `fast` is installed, else None."""
    from importlib.util import find_spec

    if find_spec("uvloop") is None:
        return None
    from uvloop import new_event_loop

    return new_event_loop


def chat(as_whom: str | None = None) -> None:
    """Talk in the terminal, in a group as somebody."""
    from bot.adapters.terminal import Terminal
    from bot.adapters.terminal_people import People, database_of
    from bot.setting_forms import require_file
    from state.engines import open_as
    from state.key import read_key
    from state.lock import TERMINAL

    settings = _settings()
    if as_whom is not None:
        file = require_file(settings.database, "but a group is tried in a file of its own")
        settings = settings.model_copy(update={"database": database_of(file)})
    opened = open_as(TERMINAL, settings.database, read_key(settings.key_file, settings.database))
    service = _serve(opened.store, settings)
    _started()
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        people = None if as_whom is None else People(service, as_whom)
        Terminal(people.service if people else service, sys.stdin, sys.stdout, people).run()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        opened.close()


def draw(page: bool, fhir: bool = False) -> str:
    """Draw the triage flow as a Mermaid diagram, its review page, or a Questionnaire of FHIR."""
    from bot.export.fhir.questionnaire import questionnaire_text
    from bot.flows.triage import FLOW
    from bot.review.flow_page import mermaid
    from bot.review.flow_page import page as whole_page

    drawn = questionnaire_text if fhir else whole_page if page else mermaid
    return drawn(FLOW)


def main() -> NoReturn:
    """Run a command; any refusal ends in one line and exit status 2.

    It leaves no core dump, which would hold cases and the key in the clear.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # imports make no garbage, and collecting it costs a tenth of the start-up
    if sys.stderr is None:  # else a database could be opened in its place, and written to
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stdin is None or sys.stdout is None:
        sys.exit(_refuse("input and output: one is closed; allowed: both open"))
    sys.exit(_guarded(_call))


def _call() -> object:
    if sys.argv[1:] == ["run"]:
        run()
        return 0
    from bot.command_line.commands import call

    return call(app())


def _guarded(call: Callable[[], object]) -> int:
    try:
        result = call()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG
    except SystemExit:
        return WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _refuse(f"input or output: {error.strerror or type(error).__name__}")
    except Refusal as error:
        return _refuse(str(error))
    except Exception as error:
        if os.environ.get("CORDCALL_LOG_LEVEL") == "DEBUG":
            import traceback

            sys.stderr.write(mask(traceback.format_exc()))
        kind = type(error).__name__
        return _refuse(f"internal error: {kind}; set CORDCALL_LOG_LEVEL=DEBUG to see where")
    return result if isinstance(result, int) else 0


def _refuse(sentence: str) -> int:
    line = mask(" ".join(sentence.split()))
    sys.stderr.write(f"cordcall: {line}\n")
    return WRONG


def _settings() -> "Settings":
    from bot.settings import read_settings

    return read_settings()


def _started() -> None:
    """Turn garbage collection back on; what is already loaded is left out of it."""
    gc.set_threshold(50_000, 20, 100)
    gc.freeze()
    gc.enable()


def _serve(store: "Store", settings: "Settings") -> "Service":
    """Put the core together, once what it shows was checked."""
    from bot.conversation.engine import Engine
    from bot.conversation.machine import FlowMachine
    from bot.flows.lint import check
    from bot.flows.triage import FLOW
    from bot.guidance import texts
    from bot.installation import Setting
    from bot.service.service import Service

    check(FLOW)
    texts.check()
    engine = Engine(FlowMachine(FLOW), settings.policy, settings.zone)
    setting = Setting(
        engine, settings.call, settings.retention_days, settings.audit_days, settings.out_of_use
    )
    return Service(store, setting, _now)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _warn_of_age(today: date) -> None:
    """Warn in the log if the review of the rules has expired."""
    from bot.logic.assessment import REVIEWED_UNTIL, past_review
    from bot.logs import log

    if past_review(today):
        log.warning("rules past their review", reviewed_until=REVIEWED_UNTIL.isoformat())


if __name__ == "__main__":
    main()
