"""python-telegram-bot, loaded when it is needed: for files, for all without the extra `fast`."""

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from telegram import Bot, InputFile
from telegram import error as library
from telegram.request import BaseRequest, RequestData
from telegram.warnings import PTBUserWarning

from bot.adapters.telegram.answers import parse, result_in
from bot.adapters.telegram.attached import Attached
from bot.adapters.telegram.errors import NetworkError, TelegramError

if TYPE_CHECKING:
    from aiohttp import FormData

    from bot.adapters.telegram.aiohttp_client import FastRequest


class Library:
    """Makes calls through connections, for sending and for polling, that others open and close."""

    def __init__(self, token: str, base: str, *connections: "FastRequest | BaseRequest") -> None:
        warnings.filterwarnings("ignore", message="Please use 'Bot", category=PTBUserWarning)
        sending, polling = (
            each if isinstance(each, BaseRequest) else _Through(each) for each in connections
        )
        self._bot = Bot(token, base_url=base, request=sending, get_updates_request=polling)

    async def call(self, method: str, given: Mapping[str, object], seconds: float | None) -> Any:
        """Make one call and return its result; it waits for seconds, None for as long as usual.

        Raises what the connections raise, which the library wraps into errors of its own.
        """
        waits = BaseRequest.DEFAULT_NONE if seconds is None else seconds
        params = {
            name: _input(value) if isinstance(value, Attached) else value
            for name, value in given.items()
        }
        try:
            return await self._bot.do_api_request(method, api_kwargs=params, read_timeout=waits)
        except library.TelegramError as error:
            if isinstance(error.__cause__, TelegramError):
                raise error.__cause__ from None
            raise NetworkError(error.message) from error


class _Through(BaseRequest):
    """Makes requests of the library through the fast connections."""

    __slots__ = ("_connections",)

    def __init__(self, connections: "FastRequest") -> None:
        self._connections = connections

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        seconds = None if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        form = _form_of(request_data)
        status, answer = await self._connections.do_request(url, method, form, seconds)
        result_in(status, answer)
        return status, answer

    parse_json_payload = staticmethod(parse)


def _input(file: Attached) -> InputFile:
    given = InputFile(file.content, file.name)
    given.mimetype = file.media or given.mimetype
    return given


def _form_of(sent: RequestData | None) -> "FormData":
    """Draw the form of a file, which names its own type."""
    from aiohttp import FormData

    form = FormData()
    if sent is not None:
        for name, value in sent.json_parameters.items():
            form.add_field(name, value)
        for name, (filename, content, kind) in (sent.multipart_data or {}).items():
            form.add_field(name, content, filename=filename, content_type=kind)
    return form
