"""Structured logs on standard error, with one filter that masks secrets; they stop nothing."""

import io
import logging
import sys
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from bot.masks import mask

log = structlog.get_logger()


def set_up(level: str) -> None:
    """Send every log through the filter; libraries log from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for library in ("httpx", "httpcore", "telegram", "transitions", "asyncio", "aiohttp"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Unstopping(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _excepthook


class _Unstopping(io.TextIOBase):
    """Writes to a stream as far as it can: the disk that holds the log may be full."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, said: str) -> int:
        with suppress(OSError):
            self._stream.write(said)
        return len(said)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def _redact_event(_: object, __: str, event: Any) -> Any:
    return {
        name: mask(value)
        if isinstance(value, str)
        else mask(repr(value))
        if not isinstance(value, int | float | bool | None)
        else value
        for name, value in event.items()
    }


def _excepthook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.stderr.write(mask("".join(traceback.format_exception(kind, error, trace))))
