"""What the reader says beside the fields: doubts, spans, words not read; how long it takes."""

import subprocess
import sys
from time import thread_time

import pytest

from bot.reading.line import cut_into_parts
from bot.reading.reader import LONGEST, read
from tests.reading.test_lines_form import LINES

MOST_MS_A_LINE = 3.0
MOST_MS_LONGEST = 50.0
MOST_MS_AT_FIRST = 60.0
LINE = (
    "67M prostate, legs weak 2/7, numb bum, HD MWF via line, apixaban, no fever, K 6.1, CRP 140, "
)
ATTACKS = (
    LINE, "no weakness or numbness, ", "qwert zxcvb asdfg poiuy ", "not pu, ", "?", "T9 ", "l ",
    "weak legs and ", "1/7 ", "no ", ", ", "pain ", "foot drop 3/7 ", "K 6.1 ", "no no or ",
    "Mr A. ", "any weakness? ", "legs ", "T9 lytic ESCC 2 ", "normal power, ", "1", "-", "+",
    "a b c ", "previous ", "father had ", "if ", "or ", "(", "MRI ", "HD ", "numb ", "prostate ca ",
    "e\u0301", "\u00ad", "no weakness, ", "weak or ", "RT to T8 ", "apixaban ", "on Monday ",
    "wife ", "mother and ", "\u2191", "\u00bd", "bladder ", "saddle ", "power ", "a ", "weak ",
    "chronic numb ", "worse ",
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "doubts"),
    [
        ("R leg weak", ("weak_limb",)),
        ("both legs weak", ()),
        ("foot drop", ("trend",)),
        ("foot drop, getting worse", ()),
        ("numbness 3/7", ("place", "trend")),
        ("?leg weakness", ("asked",)),
        ("weakness of both legs in 2015", ("past",)),
        ("father has weak legs", ("others",)),
        ("no weakness", ()),
        ("T8 SINS 14, back pain", ("sins_total",)),
        ("SINS items at L3: lytic, kyphosis", ()),
    ],
)
def test_doubts_are_said(line: str, doubts: tuple[str, ...]) -> None:
    assert read(line).doubts == doubts


def test_a_value_says_its_words() -> None:
    reading = read("67M, Legs WEAK 2/7, K\u00ad 6.4")
    assert {found.field: found.words for found in reading.found} == {
        "potassium": "K\u00ad 6.4",
        "cord_signs": "WEAK",
    }


def test_a_denial_that_is_used_up_is_found_no_more() -> None:
    line = cut_into_parts("no power in legs")
    (no,) = line.marks_of("neg")
    assert line.has("neg", "no")
    no.kind = "neg_used"
    assert line.marks_of("neg") == [] and not line.has("neg", "no")


def test_words_not_read_are_counted() -> None:
    reading = read("legs weak, Sampleton zzyzx, PD")
    assert reading.unread == 3
    assert reading.unread_words == ("sampleton", "zzyzx", "pd")


def test_what_is_longer_than_a_message_counts_as_unread() -> None:
    reading = read("a" * LONGEST + " legs weak")
    assert reading.fields == {} and reading.unread == 3


def test_a_line_is_read_at_once() -> None:
    lines = [line["text"][:200] for line in LINES]
    for line in lines:
        read(line)
    begin = thread_time()
    for line in lines:
        read(line)
    assert (thread_time() - begin) * 1000 / len(lines) < MOST_MS_A_LINE


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_line_takes_long(attack: str) -> None:
    line = (attack * 4000)[:4000]
    read(line)
    assert _ms(line) < MOST_MS_LONGEST


def _ms(line: str) -> float:
    """Return the shortest of three readings, in ms of this thread."""
    took = []
    for _ in range(3):
        begin = thread_time()
        read(line)
        took.append(thread_time() - begin)
    return min(took) * 1000


def test_the_vocabulary_is_loaded_at_first_use_and_fast() -> None:
    code = (
        "import sys, importlib.resources, tomllib; import bot.__main__\n"
        "assert not any(name.startswith('bot.reading') for name in sys.modules)\n"
        "from time import thread_time\n"
        "from bot.reading.vocabulary import vocabulary\n"
        "begin = thread_time(); vocabulary(); print((thread_time() - begin) * 1000)\n"
    )
    took = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(took) < MOST_MS_AT_FIRST
