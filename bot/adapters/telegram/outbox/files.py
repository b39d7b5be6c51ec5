"""Files that go with a message: each is made for its sending, and none is stored."""

import io
import json
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

import structlog

from bot.access import Access
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.attached import Attached
from bot.adapters.telegram.errors import BadRequest
from bot.adapters.telegram.outbox.calls import Calls
from bot.adapters.telegram.outbox.drawing import REPEAT, Message, without
from bot.adapters.telegram.outbox.drawn_beside import DrawnBeside
from bot.commands.forgetting import MY_DATA
from bot.commands.invitations import INVITATION, renew
from bot.export.asked import is_export
from bot.export.message import say_of
from bot.screens.people import about
from state.store import Store

DOTS_A_MODULE: Final = 10
LONGEST_CAPTION: Final = 1024
LEFT_OUT: Final = "…"
PICTURE: Final = "image/png"
METHODS: Final = {"photo": "sendPhoto", "document": "sendDocument"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Made:
    """A file, the method that sends it and its parameter, and the lines below its message."""

    method: str
    field: str
    file: Attached
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Files:
    """Makes the files that screens name."""

    api: Api
    store: Store
    access: Access
    drawn: DrawnBeside

    async def send(self, calls: Calls, message: Message, thread: int | None) -> tuple[Any, Message]:
        """Send a message with its file; None, and a message to send instead, if that fails.

        Raises what `calls.call` raises, except BadRequest.
        """
        if is_export(message.file):
            return await self._send_export(calls, message, thread)
        made = self._make(message.file)
        if made is None:
            lost = about("invite")["lost"]
            return None, replace(message, html=escape(lost), say=lambda: lost, file="")
        html = "\n".join((message.html, *map(escape, made.below)))
        plain = "\n".join((message.plain, *made.below))
        whole = replace(message, html=html, say=lambda: plain, file="")
        how: dict[str, object] = {"message_thread_id": thread, "parse_mode": "HTML"}
        try:
            sent = await calls.call(made.method, caption=html, **how, **{made.field: made.file})
        except BadRequest as error:
            log.error("a file was refused", reason=error.message)
            return None, whole
        self.access.let_go(message.file.removeprefix(INVITATION).strip())
        return sent, whole

    async def _send_export(
        self, calls: Calls, message: Message, thread: int | None
    ) -> tuple[Any, Message]:
        """Send a case as a file; if that fails, say so in its place, above the same buttons."""
        drawn = self.drawn.get(message.file)
        if drawn is None:
            return None, _instead(message, say_of("failed", message.file))
        kind = "photo" if drawn.media == PICTURE else "document"
        caption = _caption(message, drawn.in_words, self.api.unknown_tags)
        file = Attached(drawn.name, drawn.content, drawn.media)
        how: dict[str, object] = {"message_thread_id": thread, "parse_mode": "HTML"}
        how["reply_markup"] = message.keyboard
        try:
            sent = await calls.call(METHODS[kind], caption=caption, **how, **{kind: file})
        except BadRequest as error:
            log.error("a file was refused", reason=error.message)
            return None, _instead(message, say_of("refused", message.file))
        calls.just_changed.note(calls.chat, int(sent["message_id"]), message.keyboard)
        return sent, replace(message, file="")

    def _make(self, named: str) -> Made | None:
        """Make a file; None for an invitation whose token is lost, which is withdrawn.

        A token that another worker may hold is replaced: it is told to nobody but whom it is for.
        """
        kind, _, hashed = named.partition(" ")
        if kind == MY_DATA:
            file = Attached("mydata.json", _data_of(self.store, hashed))
            return Made("sendDocument", "document", file)
        token = self.access.held(hashed)
        if token is None and self.store.workers.count > 1 and (token := renew(self.store, hashed)):
            self.access.hold(hashed, token)
        if token is None:
            with self.store.turn() as store:
                store.invitations.withdraw(hashed)
            return None
        link = f"https://t.me/{self.api.username}?start={token}"
        return Made("sendPhoto", "photo", Attached("invitation.png", _picture(link)), (link,))


def _instead(message: Message, said: str) -> Message:
    """Return what is said in place of a file; its buttons stay."""
    return replace(message, html=escape(said, quote=False), say=lambda: said, file="")


def _caption(message: Message, in_words: str, unknown_tags: set[str]) -> str:
    """Return what stands below a file: its message; below a picture what it shows, in words."""
    if not in_words:
        return without(unknown_tags, message.html)
    lines = [escape(line, quote=False) for line in in_words.split("\n")]
    repeats = message.html.split("\n")[:1] if message.plain.startswith(REPEAT) else []
    shown = len(in_words.encode("utf-16-le")) // 2
    if repeats and shown + len(REPEAT) + 1 > LONGEST_CAPTION:
        lines[-1] = LEFT_OUT
    return "\n".join((*repeats, *lines))


def _data_of(store: Store, who: str) -> bytes:
    """Write down everything that is stored of a person, as it is stored."""
    return json.dumps(store.people.stored_of(who), indent=1, ensure_ascii=False).encode()


def _picture(link: str) -> bytes:
    """Draw a link as a QR code that a phone scans from another one's screen."""
    import segno

    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=DOTS_A_MODULE, border=4)
    return drawn.getvalue()
