"""Why a call got no answer, in one word: refused, name, TLS, unreachable, closed, too slow."""

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Final

_UNREACHABLE: Final = (errno.ENETUNREACH, errno.EHOSTUNREACH)


def cause_of(error: BaseException) -> str:
    """Name the cause of an error; its type if none is known."""
    for each in _chain(error):
        match each:
            case ssl.SSLError():
                return "TLS"
            case socket.gaierror():
                return "name"
            case ConnectionRefusedError():
                return "refused"
            case OSError(errno=number) if number in _UNREACHABLE:
                return "unreachable"
            case ConnectionError() | EOFError():
                return "closed"
    if any(isinstance(each, TimeoutError) for each in _chain(error)):
        return "too slow"
    return type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Return an error, what caused it, and the parts of a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _chain(each)
    before = error.__cause__ or error.__context__
    if before is not None:
        yield from _chain(before)
