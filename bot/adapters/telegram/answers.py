"""Which answers are Telegram's: its JSON in its words; any other is from something in between."""

import json
import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, Final

from bot.adapters.telegram.errors import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    NotSent,
    RetryAfter,
    TelegramError,
    Unclear,
)

REDIRECTS: Final = range(300, 400)
ERROR_CODES: Final = range(300, 600)
MOST_SECONDS_TO_WAIT: Final = 86_400
MOST_BYTES: Final = 16 * 1024 * 1024  # a hundred updates, the most Telegram sends, are far less
REFUSALS: Final[Mapping[int, type[TelegramError]]] = {
    400: BadRequest, 401: InvalidToken, 403: Forbidden, 404: InvalidToken, 409: Conflict,
}  # fmt: skip
WORDS: Final = {401: "Unauthorized", 403: "Forbidden: ", 404: "Not Found"}

_ABOUT_THE_CHAT: Final = re.compile(
    r"Forbidden: (bot (was|is not|can't)|user is deactivated|the \w+ chat was deleted)"
)


class Answer(bytes):
    """The body of an answer of Telegram's, and what it says: it is parsed once."""

    says: Any


def read_answer(host: str, status: int, body: bytes) -> tuple[int, bytes]:
    """Return the status and the body of an answer of Telegram's.

    Telegram redirects nobody. Raises NotSent if something in between refused the call, Unclear if
    the answer is no answer of Telegram's and the call may have reached it all the same.
    """
    says, cause = _open(body)
    if isinstance(says, dict):
        done = says.get("ok") is True and "result" in says and 200 <= status < REDIRECTS.start
        if done or (says.get("ok") is False and _is_refusal(says)):
            answer = Answer(body)
            answer.says = says
            return status if done else says["error_code"], answer
    kind = NotSent if 300 <= status < 500 else Unclear
    raise kind(host, f"{'redirect' if status in REDIRECTS else cause}, status {status}")


def result_in(status: int, answer: bytes) -> Any:
    """Return the result of an answer of Telegram's.

    Raises what it refuses as one of `REFUSALS`, ChatMigrated, RetryAfter or NetworkError.
    """
    says = parse(answer)
    if says["ok"]:
        return says["result"]
    given = says.get("parameters") or {}
    if moved_to := given.get("migrate_to_chat_id"):
        raise ChatMigrated(moved_to)
    if seconds := given.get("retry_after"):
        raise RetryAfter(seconds)
    raise REFUSALS.get(status, NetworkError)(says["description"])


def _open(body: bytes) -> tuple[Any, str]:
    """Return what a body says, None if nothing, and what it is if it is not Telegram's."""
    if len(body) > MOST_BYTES:
        return None, "too long"
    try:
        return _parse(body), "other JSON"
    except ValueError:
        return None, "HTML" if body.lstrip()[:1] == b"<" else "no JSON"


def is_about_the_chat(description: str) -> bool:
    """Return whether a refusal says that a person or a group cannot be reached."""
    return _ABOUT_THE_CHAT.match(description) is not None


def parse(payload: bytes) -> Any:
    """Parse JSON; characters that cannot be stored are left to whoever reads them.

    Raises ValueError.
    """
    return payload.says if isinstance(payload, Answer) else _parse(payload)


def _parse(body: bytes) -> Any:
    try:
        return _parse_fast(body)
    except ValueError:
        try:
            return json.loads(body.decode("utf-8", "replace"))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _is_refusal(answer: dict[str, Any]) -> bool:
    code, said = answer.get("error_code"), answer.get("description")
    if type(code) is not int or code not in ERROR_CODES or not isinstance(said, str) or not said:
        return False
    given = answer.get("parameters") or {}
    if not isinstance(given, dict):
        return False
    wait, moved_to = given.get("retry_after", 1), given.get("migrate_to_chat_id", 0)
    sound = type(moved_to) is int and type(wait) is int and 0 <= wait <= MOST_SECONDS_TO_WAIT
    return sound and said.startswith(WORDS.get(code, ""))


def _fastest() -> Callable[[bytes], Any]:
    if find_spec("orjson") is None:
        return json.loads
    import orjson

    return orjson.loads


_parse_fast: Final = _fastest()
