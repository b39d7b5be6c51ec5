"""Structured logs on standard error; whatever is written there passes one point that masks secrets.

That includes the logs of libraries, warnings, and errors that nobody caught: in the program, in a
thread, in the event loop, or while an object is deleted. What cannot be written stops nothing.
"""

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

from bot.masks import mask


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Hide a package, unless it is loaded already, from what would load it if it is installed."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


with _without("rich"):  # 40 ms and 5 MB, for logs in colour: these are JSON
    import structlog

log = structlog.get_logger()


def set_up(level: str) -> None:
    """Send everything through the one point; libraries log from WARNING on."""
    handler = _Handler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for library in ("httpx", "httpcore", "telegram", "transitions", "asyncio", "aiohttp"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=lambda *_: _Lines(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _excepthook
    sys.unraisablehook = lambda failed: _log_type(failed.exc_value, failed.exc_type)
    threading.excepthook = lambda failed: _log_type(failed.exc_value, failed.exc_type)


def note_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an error that nobody in the event loop caught, without what it says: it may quote."""
    error = context.get("exception")
    _log_type(error, type(error))


def _write(text: str) -> None:
    """Write a text with its secrets masked, if the disk has room: nothing else here writes."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(mask(text))


class _Handler(logging.Handler):
    """Writes what libraries log, and warnings."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _write(f"{self.format(record)}\n")
        except Exception as error:
            _log_type(error, type(error))


class _Lines:
    """Writes the lines of structlog."""

    def msg(self, line: str) -> None:
        _write(f"{line}\n")

    log = debug = info = warning = error = critical = exception = msg


def _log_type(error: BaseException | None, kind: type) -> None:
    log.error("an error that nobody caught", error=kind.__name__, where=_where(error))


def _where(error: BaseException | None) -> str:
    """Return the file and line of an error; "" if not known."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _excepthook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _write("".join(traceback.format_exception(kind, error, trace)))
