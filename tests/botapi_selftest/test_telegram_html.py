"""The HTML parse mode: what it accepts, how it reads, and each of its errors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.botapi import Refusal
from tests.botapi.formatting import finish_text
from tests.botapi.telegram_html import parse_html


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("no markup", "no markup", []),
        ("<b>a</b><strong>b</strong>", "ab", [entity("bold", 0, 1), entity("bold", 1, 1)]),
        ("<i>a</i> <em>b</em>", "a b", [entity("italic", 0, 1), entity("italic", 2, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<del>a</del>", "a", [entity("strikethrough", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<code>x &lt; y</code>", "x < y", [entity("code", 0, 5)]),
        ("<pre>a\nb</pre>", "a\nb", [entity("pre", 0, 3)]),
        (
            '<pre><code class="language-python">a</code></pre>',
            "a",
            [entity("pre", 0, 1, language="python")],
        ),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        (
            "<blockquote expandable>a</blockquote>",
            "a",
            [entity("expandable_blockquote", 0, 1)],
        ),
        (
            '<a href="https://example.org?a=1&amp;b=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://example.org/?a=1&b=2")],
        ),
        (
            '<a href="tg://user?id=5">x</a>',
            "x",
            [entity("text_mention", 0, 1, user={"id": 5})],
        ),
        ('<a href="no address">x</a>', "x", []),
        (
            '<tg-time unix="1790000000" format="tdW">soon</tg-time>',
            "soon",
            [entity("date_time", 0, 4, unix_time=1790000000, date_time_format="wdt")],
        ),
        (
            "<tg-time unix=1790000000 format=r>soon</tg-time>",
            "soon",
            [entity("date_time", 0, 4, unix_time=1790000000, date_time_format="r")],
        ),
        ("<tg-time>soon</tg-time>", "soon", []),
        (
            '<tg-emoji emoji-id="53">🙂</tg-emoji>!',
            "🙂!",
            [entity("custom_emoji", 0, 2, custom_emoji_id="53")],
        ),
        ("🙂<b>a</b>", "🙂a", [entity("bold", 2, 1)]),
        ("<B>a</b >", "a", [entity("bold", 0, 1)]),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("&lt;&gt;&amp;&quot;&#65;&#x42;&lt", '<>&"AB<', []),
        ("&nbsp; &copy; & &; &#0; &#99999999;", "&nbsp; &copy; & &; &#0; &#99999999;", []),
    ],
)
def test_reads(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<b", "Unclosed start tag at byte offset 2"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<table>x</table>", 'Unsupported start tag "table" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a "x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<tg-time unix='1' format='x'>x</tg-time>", "Invalid date format used"),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            "Nested blockquote at byte offset 13",
        ),
        (
            "&#xd800;",
            "Text contains invalid Unicode characters after decoding HTML entities,"
            " check for unmatched surrogate code units",
        ),
    ],
)
def test_refuses(source: str, error: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_html(source)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {error}"


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("  <b>a</b>  \n", "a", ["bold 0 1"]),
        ("\n <b> a</b>", " a", ["bold 0 2"]),
        ("a\tb\r\nc", "a b\nc", []),
        ("\u202e<b>a</b>", "a", ["bold 0 1"]),
        ("<b>a</b><b>b</b>", "ab", ["bold 0 2"]),
        ("<b>a<b>b</b></b>", "ab", ["bold 0 2"]),
        ("<b>a<code>b</code>c</b>", "abc", ["bold 0 1", "code 1 1", "bold 2 1"]),
        ("<code><b>a</b></code>", "a", ["code 0 1"]),
        (
            "<b>a<blockquote>b</blockquote></b>",
            "ab",
            ["bold 0 1", "blockquote 1 1", "bold 1 1"],
        ),
        (
            "<blockquote><i>a</i> <code>b</code></blockquote>",
            "a b",
            ["blockquote 0 3", "italic 0 1", "code 2 1"],
        ),
        (
            "<a href='https://a.example/'>x<code>y</code></a>",
            "xy",
            ["text_link 0 2"],
        ),
    ],
)
def test_finished_as_clients_show_it(source: str, text: str, kinds: list[str]) -> None:
    shown, entities = finish_text(parse_html(source))
    assert shown == text
    assert [f"{e['type']} {e['offset']} {e['length']}" for e in entities] == kinds


@pytest.mark.parametrize("source", [" ", "\n\n", "<b> </b>", "\u200b\u2060", "\t"])
def test_nothing_to_read_is_refused(source: str) -> None:
    with pytest.raises(Refusal, match="text must be non-empty"):
        finish_text(parse_html(source))


def test_length_is_measured_in_utf16_after_parsing() -> None:
    assert finish_text(parse_html("<b>" + "🙂" * 2048 + "</b>"))[0] == "🙂" * 2048
    assert finish_text(parse_html("&lt;" * 4096))[0] == "<" * 4096
    for long in ("🙂" * 2048 + "x", "x" * 4097):
        with pytest.raises(Refusal, match="message is too long"):
            finish_text(parse_html(long))
    with pytest.raises(Refusal, match="message caption is too long"):
        finish_text(("x" * 1025, []), limit=1024)


def test_entities_past_the_hundredth_are_dropped() -> None:
    assert len(finish_text(parse_html("<b>a</b> " * 120))[1]) == 100
