"""From the text a bot sends to the text a person reads: parsed, cleaned, trimmed, measured."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from .chats import Json
from .errors import bad_request
from .params import Params
from .telegram_html import parse_html, utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
_SOURCE_BYTES = 1 << 15

_SPACED = re.compile(r"[\0-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_INVISIBLE = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff]*")
_SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_PRE = ("code", "pre")
_QUOTES = ("blockquote", "expandable_blockquote")
_CONTINUOUS = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
    "text_link", "text_mention", "custom_emoji", "date_time", *_PRE,
}  # fmt: skip

Formatted = tuple[str, list[Json]]


def read_text(params: Params, name: str = "text", entities: str = "entities") -> Formatted:
    """Parsed but not yet measured: Telegram parses before it looks at the chat."""
    source = params.text(name)
    if len(source) * 4 > _SOURCE_BYTES and len(source.encode()) > _SOURCE_BYTES:
        raise bad_request("Text is too long")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        return parse_html(source)
    if mode not in ("", "none"):
        raise bad_request("Unsupported parse_mode")
    try:
        given = params.json(entities)
    except ValueError:
        given = None
    return source, _given_entities(given) if isinstance(given, list) else []


def _given_entities(given: Iterable[object]) -> list[Json]:
    read = []
    for entity in given:
        if not isinstance(entity, dict):
            raise bad_request("Can't parse MessageEntity: expected an Object")
        for name in ("offset", "length"):
            if not isinstance(entity.get(name), int):
                raise bad_request(f"Can't parse MessageEntity: Can't find field \"{name}\"")
        if entity.get("type") in (*_SPLITTABLE, *_QUOTES, *_CONTINUOUS):
            read.append(dict(entity))
    return sorted(read, key=lambda entity: (entity["offset"], -entity["length"]))


def finish_text(formatted: Formatted, limit: int = TEXT_LIMIT) -> Formatted:
    """Cleaned, trimmed and within the limit, with entities as clients show them. Raises Refusal.

    A caption (a lower limit) may be empty.
    """
    text, entities = formatted
    text = _SPACED.sub(" ", text)
    if _REMOVED.search(text):
        text, entities = _without_removed(text, entities)
    entities = [entity for entity in entities if entity["length"] > 0]
    text, entities = _trimmed(text, entities)
    if _INVISIBLE.fullmatch(text):
        if limit == TEXT_LIMIT:
            raise bad_request("Text must be non-empty")
        return "", []
    if utf16_length(text) > limit:
        raise bad_request(f"Message {'' if limit == TEXT_LIMIT else 'caption '}is too long")
    return text, _untangled(entities)[:ENTITY_LIMIT] if entities else []


def _without_removed(text: str, entities: list[Json]) -> Formatted:
    removed_at = [utf16_length(text[: found.start()]) for found in _REMOVED.finditer(text)]

    def moved(offset: int) -> int:
        return offset - sum(position < offset for position in removed_at)

    shifted = []
    for entity in entities:
        start = moved(entity["offset"])
        length = moved(entity["offset"] + entity["length"]) - start
        shifted.append(entity | {"offset": start, "length": length})
    return _REMOVED.sub("", text), shifted


def _trimmed(text: str, entities: list[Json]) -> Formatted:
    """Trailing space always goes; leading space only as far as the first entity begins."""
    text = text.rstrip(" \n")
    if not entities:
        return text.lstrip(" \n"), []
    end = utf16_length(text)
    entities = [entity for entity in entities if entity["offset"] < end]
    lead = len(text) - len(text.lstrip(" \n"))
    if entities:
        lead = min(lead, entities[0]["offset"])
    kept = []
    for entity in entities:
        length = min(entity["length"], end - entity["offset"])
        kept.append(entity | {"offset": entity["offset"] - lead, "length": length})
    return text[lead:], kept


def _untangled(entities: list[Json]) -> list[Json]:
    """Links, code and quotes never overlap their like; styles split around them, never in code."""
    if len(entities) == 1:
        return entities
    whole = _not_overlapping([e for e in entities if e["type"] in _CONTINUOUS])
    quotes = _not_overlapping([e for e in entities if e["type"] in _QUOTES])
    whole = [e for e in whole if not any(_contains(e, q) for q in quotes)]
    blocks = whole + quotes
    borders = sorted({edge for e in blocks for edge in (e["offset"], e["offset"] + e["length"])})
    closed = [e for e in whole if e["type"] in _PRE]
    pieces: list[Json] = []
    for kind in _SPLITTABLE:
        for start, end in _merged([e for e in entities if e["type"] == kind]):
            edges = [start, *(edge for edge in borders if start < edge < end), end]
            for left, right in pairwise(edges):
                piece = {"type": kind, "offset": left, "length": right - left}
                if not any(_contains(block, piece) for block in closed):
                    pieces.append(piece)
    ranks = {kind: rank for rank, kind in enumerate((*_QUOTES, *sorted(_CONTINUOUS)))}
    return sorted(
        blocks + pieces, key=lambda e: (e["offset"], -e["length"], ranks.get(e["type"], 99))
    )


def _not_overlapping(entities: list[Json]) -> list[Json]:
    kept: list[Json] = []
    for entity in entities:
        if not kept or entity["offset"] >= kept[-1]["offset"] + kept[-1]["length"]:
            kept.append(entity)
    return kept


def _contains(outer: Json, inner: Json) -> bool:
    same = outer["offset"] == inner["offset"] and outer["length"] == inner["length"]
    if same and inner["type"] in _QUOTES:
        return False
    return bool(
        outer["offset"] <= inner["offset"]
        and outer["offset"] + outer["length"] >= inner["offset"] + inner["length"]
    )


def _merged(entities: list[Json]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges
